"""The protocol of a vote: everything that happened, in one record; a file for programs, and what is printed is made from it."""

import json
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.features.budgets.queries import FEW_BALLOTS, Pot, PotState, joined, paper_apart, pot
from app.features.committee.balances import balances_of
from app.features.committee.models import Certificate, Decision, DecisionKind
from app.features.committee.queries import (
    certificates_in,
    certificates_of,
    decisions_of,
    entries_of,
    objection_deadline,
    objections_of,
    retention_of,
    stations_of,
)
from app.features.committee.rules import SUMS, agreed
from app.features.rehearsals.queries import rehearsals_of
from app.features.spaces.queries import Action, Process
from app.features.voting.queries import (
    blocks_of,
    box_of,
    closed,
    fixed_pots,
    heads_of,
    list_of_voters,
    roll_size,
    turnout_by_channel,
    turnout_by_day,
)
from app.features.voting.use_cases import Opening, discarded_openings, figures_of, openings_of, publication_of
from app.kernel.automated import decides
from app.kernel.permissions import Actor, Permission

FORMAT = "plaza-protocol-1"


def may_be_read(session: Session, actor: Actor, process_id: UUID) -> bool:
    """Whether this reader may have it: everybody once each pot is certified or annulled, committee and auditors before."""
    pots = fixed_pots(session, process_id)
    if not pots:
        return False
    if actor.may(Permission.BUDGET_INSPECT, process_id):
        return True
    return all(pot.state is PotState.CERTIFIED or pot.annulled_at is not None for pot in pots)


def record_of(session: Session, space: Process, *, for_staff: bool = False, only: Pot | None = None) -> dict[str, Any]:
    """Everything that is known of a vote, without anything about a voter. No count while people still vote.

    `for_staff`: with counts that are not certified, for the committee and auditors. `only`: about this pot alone, and what
    concerns the whole vote.
    """
    pots = [pot for pot in fixed_pots(session, space.id) if only is None or pot.id == only.id]
    box, kept, about = box_of(session, space.id), retention_of(session, space.id), {pot.id for pot in pots}
    versions = certificates_in(session, [pot.id for pot in pots])
    figures = kept.forgotten.get("figures") or figures_of(session, space.id)
    return {
        "format": FORMAT,
        "process": str(space.id),
        "title": space.title,
        "voting": [
            {"from": _at(phase.starts_at), "until": _at(phase.ends_at)}
            for phase in space.phases
            if Action.VOTE in phase.actions
        ],
        "interrupted_since": _at(space.interrupted_at),
        "voters_on_the_list": kept.forgotten.get("roll_entry") if kept.forgotten_at else roll_size(session, space.id),
        "list_of_voters": list_of_voters(session, space.id),
        "codes": figures["codes"],
        "letters": figures["letters"],
        "turnout": figures["turnout"],
        "rehearsals": [
            {
                "begun_on": one.created_at.date().isoformat(),
                "voters": one.voters,
                "ballots": one.ballots,
                "thrown_away_on": one.thrown_away_at.date().isoformat() if one.thrown_away_at else None,
            }
            for one in reversed(rehearsals_of(session, space.id))
        ],
        "box": {
            "custody": box.custody.value,
            "state": box.state.value,
            "key": box.key,
            "board_key": box.board_key,
            "rehearsed_on": box.rehearsed_on,
            "closing_began": box.closing.get("since"),
            "openings": box.statements,
            "brought": [_brought(one) for one in openings_of(box)],
            "discarded": [
                {
                    "decision": one["decision"],
                    "at": one["at"],
                    "openings": one["statements"],
                    "brought": [_brought(each) for each in discarded_openings(one)],
                }
                for one in box.discarded
            ],
        }
        if box
        else None,
        "heads": [
            {"day": one.day.isoformat(), "pots": one.pots, "signature": one.signature} for one in heads_of(session, space.id)
        ],
        "pots": [
            _pot(session, pot, versions.get(pot.id, []), for_staff=for_staff)
            | {"contested_participations": figures["contests"].get(str(pot.id), {})}
            for pot in pots
        ],
        "paper": [paper_of(session, pot, whole=for_staff) for pot in pots if _counts_shown(session, pot, for_staff=for_staff)],
        "reconciliation": [
            {
                "pot": str(row.pot.id),
                "station": row.station.name if row.station else None,
                "complete": not row.incomplete,
                "participations": row.participations,
                "ballots": row.ballots,
                "reason": row.explanation.reason if row.explanation else None,
                "explained_by": ", ".join(row.explained_by) or None,
            }
            for row in balances_of(session, space.id)
            if row.pot.id in about
        ],
        "decisions": [
            _decision(session, one, whole=for_staff)
            for one in reversed(decisions_of(session, space.id, public=True))
            if one.pot_id is None or one.pot_id in about
        ],
        "objections": [
            {"number": one.number, "filed_on": one.created_at.date().isoformat(), "outcome": one.outcome.value}
            for one in objections_of(session, space.id)
        ],
        "objections_until": _at(objection_deadline(session, space.id)),
        "keys": {
            "destruction_announced": _at(kept.announced_at),
            "destruction_decided": _at(kept.decided_at),
            "destroyed": _at(kept.destroyed_at),
            "voters_forgotten": _at(kept.forgotten_at),
            "forgotten": {name: number for name, number in kept.forgotten.items() if name != "figures"},
        },
    }


def _counts_shown(session: Session, pot: Pot, *, for_staff: bool) -> bool:
    return pot.state is PotState.CERTIFIED or (for_staff and closed(session, pot))


def _pot(session: Session, pot: Pot, versions: list[Certificate], *, for_staff: bool) -> dict[str, Any]:
    result, by_channel = pot.result or {}, turnout_by_channel(session, pot.id)
    found: dict[str, Any] = {
        "pot": str(pot.id),
        "title": pot.title,
        "frozen_digest": pot.options["digest"],
        "rule": pot.rule,
        "vote_type": pot.vote_type,
        "tie_rules": pot.options.get("tie_rules", []),
        "amount": pot.amount,
        "currency": pot.currency,
        "annulled": _at(pot.annulled_at),
        "participations_by_channel": by_channel if for_staff else joined(by_channel),
        "participations_by_day": turnout_by_day(session, pot.id),
        "blocks": [
            {"number": one.number, "size": one.size, "digest": one.digest} for one in reversed(blocks_of(session, pot.id))
        ],
        "certificates": [
            {"version": one.version, "digest": one.digest, "signatures": signed(one), "body": one.body} for one in versions
        ],
    }
    if result and _counts_shown(session, pot, for_staff=for_staff):
        names = ("supported", "winners", "cost", "left", "voters", "blank", "channels", "ties", "tie_rules")
        found["count"] = {"counted_at": _at(pot.counted_at), **{name: result.get(name) for name in names}}
        found["publication"] = publication_of(session, pot)
    if closed(session, pot):
        found["draws"] = {name: pot.options.get(name, []) for name in ("draws", "drawn_order", "draw_notes")}
    return found


def paper_of(session: Session, pot: Pot, *, whole: bool = False) -> dict[str, Any]:
    """The totals on paper of each station for a pot, as two people typed them. `whole`: for the committee and auditors.

    Everybody else gets what was certified, also while it is typed again for a correction: stations with few ballots as one, and
    no votes on paper at all where these, or those from the box, are few.
    """
    if not whole and (certified := _certified_paper(session, pot)) is not None:
        return certified
    typed, stations = entries_of(session, pot.process_id), []
    for place in stations_of(session, pot.process_id):
        entries = typed.get((place.id, pot.id), [])
        if agreed(entries):
            sums = {name: getattr(entries[0], name) for name in SUMS}
            stations.append({"station": place.name, **sums, "entered_by": [each.person_name for each in entries]})
    found: dict[str, Any] = {"pot": str(pot.id), "stations": stations}
    if whole:
        return found
    if not paper_apart(pot):
        return {"pot": str(pot.id), "stations": [], "with_the_box": sum(one["ballots"] for one in stations)}
    return {**found, "stations": _joined_stations(stations)}


def _certified_paper(session: Session, pot: Pot) -> dict[str, Any] | None:
    """The totals in the newest certificate; None where it is being written, or was before certificates kept a protocol."""
    newest = next(iter(certificates_of(session, pot.id)), None)
    kept = (newest.protocol or {}).get("paper") if newest is not None and pot.state is PotState.CERTIFIED else None
    return next((one for one in kept or [] if one["pot"] == str(pot.id)), None)


@decides("small_groups")
def _joined_stations(stations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Stations with few ballots as one, the next smallest with them until they are not few together."""
    small = [one for one in stations if 0 < one["ballots"] < FEW_BALLOTS]
    if not small or len(stations) == 1:
        return stations
    for one in sorted((one for one in stations if one not in small), key=lambda one: (one["ballots"], one["station"])):
        if sum(each["ballots"] for each in small) >= FEW_BALLOTS:
            break
        small.append(one)
    names = sorted(one["station"] for one in small)
    together: dict[str, Any] = {"station": ", ".join(names), "joined": names}
    for name in SUMS:
        values = [one[name] for one in small]
        together[name] = _added(values) if name in ("votes", "points") else sum(values)
    together["entered_by"] = sorted({name for one in small for name in one["entered_by"]})
    return [*(one for one in stations if one not in small), together]


def _added(sums: list[dict[str, int]]) -> dict[str, int]:
    return {number: sum(one.get(number, 0) for one in sums) for number in dict.fromkeys(chain(*sums))}


def _brought(opening: Opening) -> dict[str, str | None]:
    """Whose account brought an opening; the name in its statement is what somebody typed."""
    return {"name": opening.brought_by or None, "at": opening.brought_at or None}


def _decision(session: Session, one: Decision, *, whole: bool) -> dict[str, Any]:
    outcome = one.outcome
    if one.kind is DecisionKind.TOTALS_AGAIN and not whole and not _told_before(session, one):
        outcome = {}
    return {
        "kind": one.kind.value,
        "pot": str(one.pot_id) if one.pot_id else None,
        "reason": one.reason,
        "details": one.details,
        "outcome": outcome,
        "signatures": [
            {"name": one.proposed_name, "at": _at(one.created_at)},
            {"name": one.decided_name, "at": _at(one.decided_at)},
        ],
    }


@decides("small_groups")
def _told_before(session: Session, one: Decision) -> bool:
    """Whether everybody reads the earlier totals of a station: where the new ones stand by themselves, and neither is small."""
    found = pot(session, one.pot_id) if one.pot_id is not None else None
    if found is None or found.state is not PotState.CERTIFIED or 0 < one.outcome["before"]["ballots"] < FEW_BALLOTS:
        return False
    shown = paper_of(session, found)["stations"]
    return any(each["station"] == one.details["station_name"] and "joined" not in each for each in shown)


def signed(certificate: Certificate) -> list[dict[str, Any]]:
    """Names and moments of those who signed."""
    return [
        {"name": one["name"], "at": datetime.fromisoformat(one["at"]) if one["at"] else None}
        for one in certificate.body["signatures"]
    ]


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def as_bytes(record: Any) -> bytes:
    """JSON, readable, always the same for the same record."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True, indent=1, default=str).encode() + b"\n"
