"""Sample data for the committee: a vote that is over, with decisions, a certificate, stations and an objection."""

from app.extensions import db
from app.features.committee.commands import EnterTotals, Object
from app.features.committee.models import Decision, DecisionKind, DecisionState
from app.features.committee.use_cases import enter_totals, object_to, record_objection
from app.features.spaces.models import Process
from app.features.voting.use_cases import count_pot
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, committee, spaces, voting
from tests.factories.tools import add
from tests.samples.world import Visit, World


def build(world: World) -> None:
    """Decisions in the open process; beside it a process whose vote was counted and certified."""
    first = committee.member(world.process.id)
    session = db.session()
    world.decision = committee.proposed(DecisionKind.ANNULMENT, world.process.id, first, pot_id=world.open_pot.id)
    committee.decided(DecisionKind.INTERRUPTION, world.process.id)
    committee.decided(DecisionKind.RESUMPTION, world.process.id)
    committee.decided(DecisionKind.WITHDRAWAL, world.process.id, pot_id=world.open_pot.id, project="3")
    object_to(session, Actor(accounts.person().id), Object(world.process.id, "I was on a journey"))
    clerk = Actor(accounts.person().id, roles=frozenset({(Role.CLERK, world.process.id)}))
    brought = Object(world.process.id, "The desk was closed", "Olga Objector", "Harbour street 3")
    world.objection = record_objection(session, clerk, brought)
    world.station = committee.station(world.process.id)
    world.paper_pot = voting.closed_pot()
    accounts.grant(world.person("committee"), Role.COMMITTEE, session.get_one(Process, world.paper_pot.process_id))
    voting.ballots(world.paper_pot, ["1"])
    world.paper_station = committee.station(world.paper_pot.process_id)
    for person, ballots in zip(committee.two(world.paper_pot.process_id), (2, 3), strict=True):
        enter_totals(session, person, EnterTotals(world.paper_station.id, world.paper_pot.id, 2, ballots, 0, 0, {"1": ballots}))
    world.certified_pot = committee.certified_pot()
    _reopened(world)
    world.quiet_process = spaces.process()


def _reopened(world: World) -> None:
    """A certified pot whose totals were typed again, and whose only draw can be reopened."""
    pot = voting.closed_pot(costs=(600_00, 600_00, 600_00), options={"tie_rules": ["drawn"]})
    voting.ballots(pot, ["1", "3"])
    place = committee.station(pot.process_id)
    committee.typed(pot, place, {"2": 1})
    first = committee.member(pot.process_id)
    count_pot(db.session(), first, pot.id)
    voting.drawn(pot, (("3", "1", "2"),))
    committee.decided(DecisionKind.CERTIFICATION, pot.process_id, pot_id=pot.id)
    committee.typed_again(pot, place, {"2": 1})
    accounts.grant(world.person("committee"), Role.COMMITTEE, db.session.get_one(Process, pot.process_id))
    world.reopened_pot, world.reopened_station = pot, place


def _one_more(world: World) -> None:
    """A decision in force."""
    process_id = world.process.id
    people = [accounts.person().id for _ in range(2)]
    add(
        Decision(
            process_id=process_id,
            kind=DecisionKind.RECOUNT,
            state=DecisionState.IN_FORCE,
            subject="recount:",
            reason=committee.REASON,
            proposed_by=people[0],
            proposed_name="A",
            decided_by=people[1],
            first_hand=people[0],
            second_hand=people[1],
            decided_name="B",
            decided_at=db.session.get_one(Decision, world.decision.id).created_at,
            outcome={"same": True},
        )
    )


KINDS = [kind for kind in DecisionKind if not kind.about_a_pot]
SAMPLES = {
    "committee.decisions": lambda world: [
        f"/committee/{world.process.id}",
        f"/committee/{world.certified_pot.process_id}",
        f"/committee/{world.quiet_process.id}",
    ],
    "committee.object_": lambda world: [
        f"/committee/{world.process.id}/object",
        Visit(f"/committee/{world.process.id}/object", viewer="resident"),
    ],
    "committee.objection": lambda world: f"/committee/objection/{world.objection.reference}",
    "committee_objections.at_desk": lambda world: f"/staff/objections/desk/{world.process.id}",
    "committee_objections.record": lambda world: f"/staff/objections/{world.process.id}",
    "committee.certificate": lambda world: [
        f"/committee/certificate/{world.certified_pot.id}",
        Visit(f"/committee/certificate/{world.open_pot.id}", status=404),
    ],
    "committee.paper": lambda world: f"/committee/certificate/{world.certified_pot.id}/paper.json",
    "committee.protocol_json": lambda world: [
        f"/committee/{world.certified_pot.process_id}/protocol.json",
        Visit(f"/committee/{world.process.id}/protocol.json", viewer="auditor"),
        Visit(f"/committee/{world.process.id}/protocol.json", viewer="nobody", status=404),
    ],
    "committee.protocol_pdf": lambda world: f"/committee/{world.certified_pot.process_id}/protocol.pdf",
    "committee_staff.index": lambda world: [
        f"/staff/decisions/{world.process.id}",
        Visit(f"/staff/decisions/{world.process.id}", viewer="auditor"),
    ],
    "committee_staff.new": lambda world: [
        *[f"/staff/decisions/{world.process.id}/propose/{kind.value}" for kind in KINDS],
        Visit(f"/staff/decisions/{world.disputed_pot.process_id}/propose/opening_anew", viewer="committee"),
        f"/staff/decisions/{world.process.id}/propose/certification?pot={world.open_pot.id}",
        f"/staff/decisions/{world.process.id}/propose/withdrawal?pot={world.open_pot.id}",
        *[
            Visit(
                f"/staff/decisions/{world.reopened_pot.process_id}/propose/{kind}?pot={world.reopened_pot.id}",
                viewer="committee",
            )
            for kind in ("totals_again", "draw_again")
        ],
    ],
    "committee_staff.show_one": lambda world: [
        f"/staff/decisions/one/{world.decision.id}",
        Visit(f"/staff/decisions/one/{world.decision.id}", viewer="auditor"),
    ],
    "committee_paper.index": lambda world: [
        f"/staff/reconciliation/{world.process.id}",
        Visit(f"/staff/reconciliation/{world.process.id}", viewer="auditor"),
        Visit(f"/staff/reconciliation/{world.paper_pot.process_id}", viewer="committee"),
    ],
    "committee_paper.totals": lambda world: [
        f"/staff/reconciliation/stations/{world.station.id}/{world.open_pot.id}",
        Visit(f"/staff/reconciliation/stations/{world.paper_station.id}/{world.paper_pot.id}", viewer="committee"),
        Visit(f"/staff/reconciliation/stations/{world.reopened_station.id}/{world.reopened_pot.id}", viewer="committee"),
    ],
    "committee_paper.why": lambda world: [
        f"/staff/reconciliation/explain/{world.open_pot.id}",
        f"/staff/reconciliation/explain/{world.open_pot.id}/{world.station.id}",
    ],
}
GROW = {
    "committee.decisions": _one_more,
    "committee_staff.index": _one_more,
}
UNIQUE = {
    "certificate": ("pot_id", "version"),
    "paper_station": ("process_id", "name"),
    "objection": ("reference",),
    "paper_entry": ("station_id", "pot_id", "turn"),
    "voting_retention": ("process_id",),
}
