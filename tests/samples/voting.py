"""Sample data for voting, the desk, the committee, and setting up budgets."""

from uuid import uuid4

from app.extensions import db
from app.features.budgets.choices import Choices
from app.features.budgets.models import Pot, PotState
from app.features.spaces.models import Process
from app.features.voting.commands import CastBallot, WriteSetup
from app.features.voting.keys.keyring import Keyring
from app.features.voting.letters.spool import Spool
from app.features.voting.models import BoxState, ContestState, Custody
from app.features.voting.queries import box_of
from app.features.voting.use_cases import cast_ballot, seal_boxes, write_setup
from app.kernel.permissions import SYSTEM, Actor, Role
from tests.factories import accounts, voting
from tests.samples.world import Visit, World


def build(world: World) -> None:
    """A pot that people vote on, a draft, one that is over and one that is counted."""
    world.open_pot = voting.pot(world.process)
    keyring = Keyring(world.app.config["SETTINGS"].keys)
    people = [Actor(person_id=person.id) for person in voting.voters(world.open_pot, 41)]
    receipts = [cast_ballot(db.session(), actor, CastBallot(world.open_pot.id, Choices(("1",))), keyring) for actor in people]
    seal_boxes(db.session(), world.process.id)
    world.receipt = receipts[0]
    world.contest = voting.contest(world.open_pot)
    world.asked = voting.contest(world.open_pot, **voting.ANSWER, proposed="upheld", first_hand=uuid4(), asked_slot="one+1")
    world.decided = voting.contest(world.open_pot, state=ContestState.UPHELD)
    world.print = voting.print_file(world.process, Spool(world.app.config["SETTINGS"].var / "letters"))
    world.closed_pot = voting.closed_pot()
    voting.ballots(world.closed_pot, ["1", "1,2", ""])
    world.tied_pot = voting.closed_pot(state=PotState.COUNTED)
    accounts.grant(world.person("committee"), Role.COMMITTEE, db.session.get(Process, world.tied_pot.process_id))
    world.tied_pot.result = {"supported": False, "missing": "draw", "rule": "greedy", "voters": 2, "channels": {}}
    world.tied_pot.result |= {"draw_among": [["1", "2"]]}
    world.opened_pot = voting.opened_pot(keyring)
    accounts.grant(world.person("committee"), Role.COMMITTEE, db.session.get(Process, world.opened_pot.process_id))
    world.published_pot = voting.published_pot(keyring)
    world.before = voting.process_with_roll("AB12345", "CD98765", opens_in=3)
    for viewer, role in (("committee", Role.COMMITTEE), ("administrator", Role.ADMINISTRATOR)):
        accounts.grant(world.person(viewer), role, world.before)
    ways = {"by_code": True, "by_card": True, "by_account": True}
    write_setup(db.session(), SYSTEM, WriteSetup(world.before.id, "all", **ways, custody="committee"))
    world.disputed_pot = _disputed(world, keyring)


def _disputed(world: World, keyring: Keyring) -> Pot:
    """A pot whose box was opened three times, and the second did not find what the first had found."""
    pot = voting.opened_pot(keyring)
    accounts.grant(world.person("committee"), Role.COMMITTEE, db.session.get(Process, pot.process_id))
    box = box_of(db.session(), pot.process_id)
    box.custody, box.key = Custody.COMMITTEE, voting.committee_key(pot.process_id)[1].as_json()
    box.state, box.rehearsed_on = BoxState.DISPUTED, "2026-05-01"
    box.statements = [
        {"by": name, "day": "2026-05-11", "ballots_sha256": f"{found:064x}", "signature": name, "pots": {"one": _found(found)}}
        for name, found in (("Olga", 1), ("Arto", 2), ("Zoe", 1))
    ]
    box.brought = [{"name": one["by"], "at": "2026-05-11"} for one in box.statements]
    db.session.flush()
    return pot


def _found(ballots: int) -> dict[str, object]:
    return {"ballots": ballots, "unreadable": []}


SAMPLES = {
    "voting.ballot": lambda world: [
        Visit(f"/voting/{world.open_pot.id}", viewer="nobody"),
        Visit(f"/voting/{world.closed_pot.id}", viewer="resident"),
    ],
    "voting_compare.compare": lambda world: [
        f"/voting/{world.open_pot.id}/compare?project=1&project=3&project=1&project=none",
        f"/voting/{world.pot.id}/compare?" + "&".join(f"project={one.number}" for one in world.pot.projects[:4]),
        Visit(f"/voting/{world.draft_pot.id}/compare", viewer="nobody", status=404),
    ],
    "voting.review": lambda world: [
        Visit(f"/voting/{world.open_pot.id}/review", viewer="nobody"),
        Visit(f"/voting/{world.closed_pot.id}/review", viewer="resident"),
    ],
    "voting.who": lambda world: f"/voting/{world.open_pot.id}/who",
    "voting.thanks": lambda world: Visit(f"/voting/{world.open_pot.id}/thanks", viewer="resident", status=302),
    "voting_code.code": lambda world: "/voting/code",
    "voting_code.card": lambda world: Visit(f"/voting/card/{world.process.id}", status=404),  # without a list of voters
    "voting_code.yours": lambda world: Visit("/voting/yours", status=302),
    "voting_setup.edit": lambda world: [
        f"/staff/how-people-vote/{world.process.id}",
        f"/staff/how-people-vote/{world.before.id}",
    ],
    "voting_setup.turnout": lambda world: f"/staff/how-people-vote/{world.process.id}/turnout",
    "voting_letters.show": lambda world: f"/staff/letters/{world.process.id}",
    "voting_letters.as_csv": lambda world: f"/staff/letters/file/{world.print.id}.csv",
    "voting_letters.as_pdf": lambda world: f"/staff/letters/file/{world.print.id}-1.pdf",
    "voting_lookup.look": lambda world: f"/staff/desk/voter/{world.process.id}",
    "voting_contest_desk.record": lambda world: f"/staff/desk/contests/{world.process.id}",
    "voting_contest_desk.slip": lambda world: f"/staff/desk/contests/slip/{world.contest.id}",
    "voting_contests.index": lambda world: f"/staff/contests/{world.process.id}",
    "voting_contests.outcome": lambda world: f"/staff/contests/slip/{world.decided.id}",
    "voting_contests.proposed": lambda world: Visit(f"/staff/contests/proposed/{world.asked.id}", viewer="committee"),
    "voting_contests.decide": lambda world: Visit(f"/staff/contests/decide/{world.contest.id}", viewer="committee"),
    "voting_roll.roll": lambda world: [f"/staff/voters/{world.process.id}", f"/staff/voters/{world.before.id}"],
    "voting_roll.replace": lambda world: [
        f"/staff/voters/{world.process.id}/replace",
        f"/staff/voters/{world.before.id}/replace",
    ],
    "voting_board.check": lambda world: [
        f"/voting/{world.open_pot.id}/board",
        f"/voting/{world.open_pot.id}/board?begins={world.receipt[:4]}",
        f"/voting/{world.open_pot.id}/board?begins=0000",
        f"/voting/{world.open_pot.id}/board?begins={world.receipt}",
        Visit(f"/voting/{world.open_pot.id}/board?begins=no", status=422),
        f"/voting/{world.disputed_pot.id}/board",
    ],
    "voting_board.download": lambda world: f"/voting/{world.open_pot.id}/board.jsonl",
    "voting_box.show": lambda world: [
        Visit(f"/staff/box/{one}", viewer="committee")
        for one in (world.process.id, world.before.id, world.opened_pot.process_id, world.disputed_pot.process_id)
    ],
    "voting_box.export": lambda world: Visit(f"/staff/box/{world.process.id}/board.jsonl", viewer="committee", status=404),
    "voting_desk.index": lambda world: "/staff/desk",
    "voting_desk.enter": lambda world: f"/staff/desk/{world.open_pot.id}",
    "voting_draw.show": lambda world: Visit(f"/staff/draw/{world.tied_pot.id}", viewer="committee"),
    "voting_committee.pots": lambda world: "/staff/committee",
    "voting_committee.pot_page": lambda world: f"/staff/committee/{world.open_pot.id}",
    "voting_package.whole": lambda world: f"/voting/{world.published_pot.id}/package.zip",
    "voting_package.single": lambda world: [
        f"/voting/{world.published_pot.id}/package/ballots.pb",
        Visit(f"/voting/{world.published_pot.id}/package/nothing.txt", viewer="nobody", status=404),
    ],
    "voting_publication.show": lambda world: Visit(f"/staff/publication/{world.opened_pot.id}", viewer="committee"),
    "voting_rule_compare.show": lambda world: f"/budgets/{world.published_pot.id}/compare",
}
GROW = {
    "voting_committee.pots": lambda world: voting.pot(world.process),
    "voting_contests.index": lambda world: voting.contest(world.open_pot),
    "voting_contest_desk.record": lambda world: voting.contest(world.open_pot),
}
UNIQUE = {
    "voting_participation": ("process_id", "voter_key", "slot"),
    "ballot_box": ("process_id",),
    "board_block": ("pot_id", "number"),
    "board_entry": ("envelope_id",),
    "draw_entry": ("pot_id",),
    "publication_choice": ("pot_id",),
    "rule_comparison": ("pot_id",),
    "roll_entry": ("process_id", "voter_key"),
    "voting_setup": ("process_id",),
    "voting_code": ("process_id", "code_hash"),
}
