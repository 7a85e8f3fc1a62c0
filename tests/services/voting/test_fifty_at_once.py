"""Fifty ballots of one voter at once over every channel, on a real web server with several workers: each slot counts once."""

import re
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.accounts.models import Person, RoleAssignment, SignInSession
from app.features.budgets.models import Pot, PotState, Project
from app.features.budgets.rules import ballot_digest
from app.features.kiosk.models import KioskDevice, KioskToken
from app.features.spaces.models import Action, Area, Phase, Process, ProcessState
from app.features.voting.commands import IssueCodes
from app.features.voting.keys.keyring import Keyring
from app.features.voting.letters.spool import Spool
from app.features.voting.models import Envelope, RollEntry, SlotMode, VotingParticipation, VotingSetup
from app.features.voting.rules import birth_hash, voter_key
from app.features.voting.use_cases import issue_codes
from app.kernel import clock
from app.kernel.permissions import SYSTEM, Channel, Role
from app.kernel.references import new_reference, new_token, token_hash
from app.web.kiosk import TOKEN
from benchmarks.crowd import Answer, Visit, is_acknowledged
from tests.services.voting.test_killed_workers import address
from tests.support.election import PollingPlace

NUMBER, BORN = "AB12345", "1951-06-30"
TIMES = 50
ALLOWED = {SlotMode.ALL: 4, SlotMode.ONE: 1, SlotMode.OWN: 2, SlotMode.OWN_PLUS_ONE: 3}
"""Of four pots: one for the whole city, one of the own area, two elsewhere."""
pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.timeout(600)]


class Vote:
    """A vote in one mode, beside others on the same server, with one voter on the list and a clerk at the desk."""

    def __init__(self, session: Session, place: PollingPlace, var: Path, mode: SlotMode) -> None:
        self.place, self.mode = place, mode
        city_id = session.get_one(Process, place.found.process_id).area_id
        areas = [
            Area(name={"en": name}, code=f"{name}-{mode}", parent_id=city_id, **_shape(session, city_id)) for name in "NSW"
        ]
        process = Process(slug=f"vote-{mode}", title={"en": "A vote"}, area_id=city_id, state=ProcessState.PUBLISHED)
        session.add_all([*areas, process])
        session.flush()
        self.process_id = process.id
        now = clock.now()
        phase = {"starts_at": now.replace(year=now.year - 1), "ends_at": now.replace(year=now.year + 1)}
        session.add(Phase(process_id=process.id, title={"en": "Vote"}, actions=[Action.VOTE], **phase))
        session.add(VotingSetup(process_id=process.id, slots=mode, by_code=True, by_card=True, by_account=True))
        self.pots = [self._pot(session, area_id) for area_id in (city_id, *(area.id for area in areas))]
        secret = Keyring(var / "keys").key(process.id, "voters", make=True)
        key, born = voter_key(secret, process.id, NUMBER), birth_hash(secret, process.id, NUMBER, BORN)
        session.add(RollEntry(process_id=process.id, voter_key=key, birth_hash=born, area_id=areas[0].id))
        self.clerk = place.found.voters[1]
        session.add(RoleAssignment(person_id=self.clerk.person_id, process_id=process.id, role=Role.CLERK))
        self.screen = new_token()
        device = KioskDevice(name="Library", place="Ground floor")
        session.add(device)
        session.flush()
        session.add(KioskToken(device_id=device.id, token_hash=token_hash(self.screen), given_at=now))
        session.flush()
        spool = Spool(var / "letters")
        printed = issue_codes(session, SYSTEM, IssueCodes(process.id, (NUMBER,)), secret, spool)
        assert printed is not None
        (letter,) = spool.letters(printed.id)
        self.code = letter.code

    def _pot(self, session: Session, area_id: UUID | None) -> tuple[UUID, str]:
        details: dict[str, Any] = {"amount": 1_000_00, "currency": "EUR", "state": PotState.READY, "area_id": area_id}
        pot = Pot(process_id=self.process_id, title={"en": "A pot"}, options={"tie_rules": ["listed_first"]}, **details)
        reference = new_reference("B")
        pot.projects = [Project(number="1", reference=reference, title={"en": "A project"}, cost=100_00, position=1)]
        session.add(pot)
        session.flush()
        pot.options = {**pot.options, "digest": ballot_digest(pot)}
        return pot.id, pot.options["digest"]

    def _browser(self, cookies: dict[str, str] | None = None) -> Visit:
        """A browser of somebody without an account; at a public screen it shows the screen's token."""
        visit = Visit(self.place.port, self.place.found, self.place.found.voters[0])
        visit.cookies = dict(cookies or {})
        if cookies:
            visit.ask("GET", "/kiosk")
        page = visit.ask("GET", "/voting/code").text
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
        assert token is not None
        visit.voter = replace(visit.voter, form_token=token[1])
        return visit

    def by_code(self) -> Visit:
        visit = self._browser()
        assert visit.ask("POST", "/voting/code", [("code", self.code)]).status == 303
        return visit

    def by_card(self) -> Visit:
        visit = self._browser()
        answer = visit.ask("POST", f"/voting/card/{self.process_id}", [("number", NUMBER), ("born", BORN)])
        assert answer.status == 303, answer.text
        return visit

    def at_a_screen(self) -> Visit:
        visit = self._browser({TOKEN: self.screen})
        assert visit.ask("POST", "/voting/code", [("code", self.code)]).status == 303
        return visit

    def by_account(self) -> Visit:
        return Visit(self.place.port, self.place.found, self.place.found.voters[0])

    def say_who(self) -> None:
        """The account says once which number is its own."""
        visit = self.by_account()
        assert visit.ask("POST", f"/voting/{self.pots[0][0]}/who", [("number", NUMBER), ("born", BORN)]).status == 302
        visit.close()

    def at_the_desk(self) -> Visit:
        return Visit(self.place.port, self.place.found, self.clerk)

    def go(self) -> Counter[str]:
        """Fifty ballots, each from a browser of its own, sent in the same moment. Returns how many of each kind were taken."""
        ways = [self.by_code, self.by_card, self.at_a_screen, self.by_account, self.at_the_desk]
        turns = [(self.pots[at % 4], ways[at // 4 % len(ways)]) for at in range(TIMES)]
        self.say_who()
        ready = [(pot, way.__name__, way()) for pot, way in turns]
        barrier = threading.Barrier(TIMES)

        def press(turn: tuple[tuple[UUID, str], str, Visit]) -> tuple[str, Answer]:
            (pot_id, digest), way, visit = turn
            sent = [("envelope", str(uuid4()))]
            barrier.wait(60)
            if way == "at_the_desk":
                sent += [("number", NUMBER), ("born", BORN), ("choices", "1"), ("ballot", digest), ("step", "cast")]
                return way, visit.ask("POST", f"/staff/desk/{pot_id}", sent)
            return way, visit.ask("POST", f"/voting/{pot_id}/review", [*sent, ("choice", "1")])

        with ThreadPoolExecutor(TIMES) as pool:
            answers = list(pool.map(press, ready))
        for _pot, _way, visit in ready:
            visit.close()
        assert [answer for _way, answer in answers if answer.status not in (302, 303, 409, 422)] == []
        return Counter(way for way, answer in answers if is_acknowledged(answer) or "/staff/desk/" in answer.location)


def _shape(session: Session, area_id: UUID | None) -> dict[str, Any]:
    city = session.get_one(Area, area_id)
    return {name: getattr(city, name) for name in ("geojson", "lon", "lat", "west", "south", "east", "north")}


def with_a_second_factor(session: Session, person_id: UUID) -> None:
    session.get_one(Person, person_id).totp_confirmed_at = clock.now()
    for one in session.scalars(select(SignInSession).where(SignInSession.person_id == person_id)):
        one.second_factor_at = clock.now()


@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_of_fifty_ballots_sent_at_once_one_for_each_slot_is_taken_whatever_the_channel(
    polling_place: Callable[..., PollingPlace], tmp_path: Path, database: str
) -> None:
    with address(database, tmp_path) as url:
        place = polling_place(url, voters=2, workers=3)
        with place.database() as other, other.transaction() as session:
            with_a_second_factor(session, place.found.voters[1].person_id)
            votes = [Vote(session, place, tmp_path / "var", mode) for mode in SlotMode]
        for vote in votes:
            taken = vote.go()
            with place.database() as other, other.transaction() as session:
                mine = VotingParticipation.process_id == vote.process_id
                rows = session.execute(select(VotingParticipation.slot, VotingParticipation.channel).where(mine)).all()
                pots = [pot_id for pot_id, _digest in vote.pots]
                envelopes = session.scalars(select(Envelope.id).where(Envelope.pot_id.in_(pots))).all()
            assert len(rows) == len({slot for slot, _channel in rows}) == len(envelopes) == ALLOWED[vote.mode], vote.mode
            assert sum(taken.values()) == ALLOWED[vote.mode], (vote.mode, taken)
            screens = sum(channel is Channel.KIOSK for _slot, channel in rows)
            desks = sum(channel is Channel.DESK for _slot, channel in rows)
            assert (screens, desks) == (taken["at_a_screen"], taken["at_the_desk"])
