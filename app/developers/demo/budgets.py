"""Pots with projects from accepted proposals, fixed before the vote; and the ballots that were cast in them."""

import random
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.developers.demo.moments import Calendar
from app.developers.demo.people import People, resident
from app.features.budgets.commands import FreezePot, ReviewProposal, WritePot, WriteProject
from app.features.budgets.models import Feasibility, Pot, Project
from app.features.budgets.queries import Choices, check_choices, in_order
from app.features.budgets.use_cases import freeze_pot, review_proposal, write_pot, write_project
from app.features.committee.commands import Propose
from app.features.committee.models import DecisionKind
from app.features.committee.use_cases import propose, sign
from app.features.proposals.models import Proposal
from app.features.spaces.models import Area, Process
from app.features.voting import sealing
from app.features.voting.box.contents import pack
from app.features.voting.box.envelopes import receipt_of, seal
from app.features.voting.commands import CastAtDesk, CastBallot, DecidePublication, Identify
from app.features.voting.exporting import form_of
from app.features.voting.keys.keyring import Keyring
from app.features.voting.models import Envelope, Published, VotingParticipation
from app.features.voting.publication import read_as
from app.features.voting.rules import slot_of, voter_key
from app.features.voting.use_cases import (
    cast_at_desk,
    cast_ballot,
    close_box,
    confirm_publication,
    count_pot,
    decide_publication,
    identify,
    kept_key,
    open_with_the_servers_key,
    seal_boxes,
)
from app.features.voting.use_cases.casting import ready_box
from app.kernel import clock
from app.kernel.permissions import Channel

CERTIFIED = {
    "en": "Every participation has a ballot, and the count came to the same result twice.",
    "de": "Zu jeder Teilnahme gibt es einen Stimmzettel, und die Auszählung kam zweimal zum selben Ergebnis.",
    "fi": "Jokaista osallistumista vastaa äänestyslippu, ja laskenta antoi kahdesti saman tuloksen.",
    "ar": "لكل مشاركة ورقة اقتراع واحدة، وأعطى العدّ النتيجة نفسها مرتين.",
}
WHOLE = "Most ballots have equals, so nobody is known by one. Whoever wants to can count again at home."
CHANNELS = {Channel.WEB: 0.71, Channel.DESK: 0.19, Channel.KIOSK: 0.10}
REVIEWED = {
    "en": "The ground belongs to the city, and the cost was estimated by the department that would build it.",
    "de": "Der Grund gehört der Stadt, und die Kosten hat das Amt geschätzt, das es bauen würde.",
    "fi": "Maa on kaupungin, ja kustannukset on arvioinut se toimiala, joka hankkeen rakentaisi.",
    "ar": "الأرض ملك المدينة، وقد قدّر التكلفةَ القسمُ الذي سيتولى البناء.",
}


def set_up(
    session: Session,
    people: People,
    calendar: Calendar,
    process: Process,
    areas: dict[str, Area],
    proposals: dict[str, Proposal],
    words: dict[str, Any],
) -> Pot:
    """Write one pot and its projects as the committee does, and fix the ballot."""
    actor = people.actor("committee")
    with clock.pinned(calendar.midnight(words["fixed"]) + timedelta(hours=14)):
        pot = write_pot(
            session,
            actor,
            WritePot(
                process_id=process.id,
                title=words["title"],
                description=words["description"],
                amount=words["amount"] * 100,
                currency="EUR",
                area_id=areas[words["area"]].id,
                limit_by_cost=words.get("by_cost", False),
                max_projects=words.get("most"),
            ),
        )
        for project in words["projects"]:
            for key in project["from"]:
                cost = project["cost"] * 100 // len(project["from"])
                outcome = Feasibility.WITH_CHANGES if "changes" in project else Feasibility.FEASIBLE
                review = ReviewProposal(proposals[key].id, outcome, project.get("changes", REVIEWED), "EUR", cost)
                review_proposal(session, actor, review)
            write_project(
                session,
                actor,
                WriteProject(
                    pot_id=pot.id,
                    title=project["title"],
                    description=project["description"],
                    cost=project["cost"] * 100,
                    proposal_ids=tuple(proposals[key].id for key in project["from"]),
                ),
            )
        for key, refused in words.get("refused", {}).items():
            cost = refused["cost"] * 100 if "cost" in refused else None
            review = ReviewProposal(proposals[key].id, Feasibility.NOT_FEASIBLE, refused["reason"], "EUR", cost)
            review_proposal(session, actor, review)
        freeze_pot(session, actor, FreezePot(pot.id))
    session.refresh(pot, ["projects"])
    return pot


def choices(pot: Pot, liked: Sequence[float], chance: random.Random) -> tuple[str, ...]:
    """What one voter marks: likes by weight, up to the limit; a few hand in a blank ballot."""
    if chance.random() < 0.012:
        return ()
    order = sorted(pot.projects, key=lambda one: -chance.gauss(liked[one.position - 1], 0.3))
    most = chance.choices((1, 2, 3, 4), (3, 4, 6, 2))[0]
    taken: list[Project] = []
    for project in order:
        if len(taken) == min(most, pot.max_projects or most):
            break
        if not pot.limit_by_cost or sum(one.cost for one in taken) + project.cost <= pot.amount:
            taken.append(project)
    return tuple(project.number for project in sorted(taken, key=lambda one: one.position))


def vote(
    session: Session, people: People, calendar: Calendar, pots: Sequence[tuple[Pot, dict[str, Any]]], keyring: Keyring
) -> None:
    """The vote that runs: residents on the web and at a public screen, and some at the desk, through the use cases."""
    chance = random.Random("a vote that runs")
    process_id = pots[0][0].process_id
    secret = kept_key(session, keyring, process_id, "voters")
    clerk = people.actor("clerk")
    cast = {person.id for person in people.cast.values()}
    voters = chance.sample([person for person in people.residents if person.id not in cast], 64)
    for number, person in enumerate(voters):
        with clock.pinned(calendar.past(chance.randint(0, 8), chance)):
            channel = Channel.KIOSK if chance.random() < 0.12 else Channel.WEB
            actor = resident(person, channel)
            identify(session, actor, Identify(process_id, f"DEMO W {number:05}"), secret)
            for pot, words in pots:
                if chance.random() < 0.8:
                    cast_ballot(session, actor, CastBallot(pot.id, Choices(choices(pot, words["liked"], chance))), keyring)
    for number in range(17):
        with clock.pinned(calendar.past(chance.randint(1, 8), chance)):
            for pot, words in pots:
                if chance.random() < 0.7:
                    chosen = choices(pot, words["liked"], chance)
                    cast_at_desk(session, clerk, CastAtDesk(pot.id, f"DEMO D {number:05}", Choices(chosen)), secret, keyring)
    seal_boxes(session, process_id)


def vote_of_many(session: Session, calendar: Calendar, pot: Pot, words: dict[str, Any], keyring: Keyring) -> None:
    """A vote that is over: as many ballots as the words say, valid by the same rule, written together day by day.

    What casting writes is written here in bulk, with the same functions: a participation and a sealed envelope each; every
    evening envelopes go to the board and its head is signed.
    """
    chance = random.Random(f"ballots {words['ballots']}")
    secret, box = kept_key(session, keyring, pot.process_id, "voters"), ready_box(session, pot.process_id, keyring)
    public, form = bytes.fromhex(box.key["public_key"]), form_of(pot)
    days: dict[date, list[tuple[dict[str, Any], dict[str, Any]]]] = {}
    for number in range(words["ballots"]):
        chosen = choices(pot, words["liked"], chance)
        check_choices(pot, Choices(chosen))
        key = voter_key(secret, pot.process_id, f"DEMO M {number:05}")
        day = calendar.midnight(chance.randint(*words["voted"])).date()
        channel = chance.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        who = {"process_id": pot.process_id, "pot_id": pot.id, "slot": slot_of(pot.id), "voter_key": key}
        ciphertext = seal(public, pack(form, in_order(pot, Choices(chosen)).numbers))
        taken_part = {"id": _id(chance), **who, "channel": channel, "station": "", "day": day}
        envelope = {"id": _id(chance), "pot_id": pot.id, "ciphertext": ciphertext, "receipt": receipt_of(pot.id, ciphertext)}
        days.setdefault(day, []).append((taken_part, envelope))
    for day, cast in sorted(days.items()):
        session.execute(insert(VotingParticipation), [taken_part for taken_part, _envelope in cast])
        session.execute(insert(Envelope), [envelope for _taken_part, envelope in cast])
        sealing.seal_waiting(session, pot.id)
        sealing.sign_head(session, box, day, keyring.key(pot.process_id, "board"))


def _id(chance: random.Random) -> uuid.UUID:
    return uuid.UUID(int=chance.getrandbits(128), version=4)


def close(session: Session, people: People, pot: Pot, counted_at: datetime, keyring: Keyring) -> None:
    """Close and open the box, decide what is published, count, propose to certify and sign second, as a committee does."""
    first, second = people.actor("committee"), people.actor("second")
    with clock.pinned(counted_at - timedelta(hours=3)):
        close_box(session, first, pot.process_id, keyring)
        open_with_the_servers_key(session, first, pot.process_id, keyring)
    with clock.pinned(counted_at):
        count_pot(session, first, pot.id)
        choice = decide_publication(session, first, DecidePublication(pot.id, Published.ROWS, WHOLE))
        confirm_publication(session, second, pot.id, read_as(choice))
    with clock.pinned(counted_at + timedelta(days=1, hours=3)):
        wanted = Propose(pot.process_id, DecisionKind.CERTIFICATION, CERTIFIED, pot_id=pot.id)
        decision = propose(session, first, wanted)
    with clock.pinned(counted_at + timedelta(days=1, hours=5)):
        sign(session, second, decision.id)
