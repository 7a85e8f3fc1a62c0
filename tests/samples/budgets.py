"""Sample data for the public pages of budgets: a vote that runs, one that comes, one that is counted, a result."""

from datetime import timedelta

from app.extensions import db
from app.features.budgets.models import ElectionImport, Feasibility, Pot, PotState
from app.features.spaces.models import Action, Process, ProcessState
from app.kernel import clock
from tests.factories import budgets, proposals, spaces
from tests.factories.tools import add, number
from tests.samples.world import Visit, World


def build(world: World) -> None:
    """Pots in every state; a project made from a published and a hidden proposal."""
    world.pot = budgets.pot(world.process, title={"en": "Money for the parks", "ar": "أموال للحدائق"})
    source = proposals.proposal(world.process, title="A fountain under the lime tree")
    hidden = proposals.proposal(world.process, title="Nobody may read this", state=proposals.ProposalState.HIDDEN)
    world.project = budgets.project(
        world.pot,
        title={"en": "A fountain"},
        description={"en": "It runs from May to October."},
        categories=[world.category],
        made_from=[source, hidden],
        area_id=world.district.id,
    )
    for _ in range(9):
        budgets.project(world.pot)
    world.draft_pot = budgets.pot(world.process, state=PotState.DRAFT)
    world.draft_project = budgets.project(world.draft_pot)
    world.exclusive_pot = budgets.pot(world.process, state=PotState.DRAFT, rule="greedy-exclusive", area_id=world.district.id)
    pair = [budgets.project(world.exclusive_pot).number for _ in range(2)]
    world.exclusive_pot.options = {"tie_rules": ["drawn"], "conflicts": [pair], "conflict_names": [{"en": "The square"}]}
    for n, outcome in enumerate(Feasibility):
        found = proposals.proposal(world.process, title=f"A roof for stop {n}", answer_status="accepted")
        budgets.review(found, outcome)
    world.reviewed = found
    world.to_review = proposals.proposal(world.process, title="A roof for the last stop")

    coming = spaces.process("Next year", area=world.area, open_for=None)
    spaces.phase(coming, "Vote", actions=[Action.VOTE], starts_at=clock.now() + timedelta(days=9))
    world.coming_pot = budgets.pot(coming)
    world.counted_pot = budgets.finished_pot(budgets.finished_process(area=world.area), state=PotState.COUNTED)
    budgets.project(world.counted_pot)

    world.certified_pot = budgets.finished_pot(budgets.finished_process(area=world.area))
    world.certified_process = spaces_of(world.certified_pot)
    winners = [budgets.project(world.certified_pot), budgets.project(world.certified_pot, area_id=world.district.id)]
    budgets.project(world.certified_pot, lon=None, lat=None)
    budgets.certified(
        world.certified_pot,
        winners,
        ties=[{"projects": [one.number for one in winners], "score": "9", "decided_by": ["listed_first"], "decisive": False}],
    )
    world.imported_pot = _imported()
    world.imported_process = spaces_of(world.imported_pot)
    world.empty_process = spaces.process("No money here", area=world.area)
    world.uncounted_pot = _imported(supported=False)


def spaces_of(pot: Pot) -> Process:
    """The process of a pot."""
    return db.session.get_one(Process, pot.process_id)


def _imported(*, supported: bool = True) -> object:
    process = budgets.finished_process(state=ProcessState.ARCHIVED, imported=True)
    options = {
        "imported": True,
        "has_official": True,
        "meta": [["unit", "Wieliczka"]],
        "decimals": 2,
        "tie_rules": ["listed_first"],
    }
    pot = budgets.finished_pot(process, currency="PLN", rule="greedy" if supported else "greedy-custom", options=options)
    one = budgets.project(pot, official_selected=True, title={"pl": "Więcej drzew"}, extra={"votes": 7})
    other = budgets.project(pot, official_selected=False, title={"pl": "Siłownia"}, extra={"target": ["seniors"]})
    if supported:
        budgets.certified(pot, [other, one], imported=True)
    else:
        budgets.certified(pot, [], imported=True)
        pot.result = {"supported": False, "rule": pot.rule, "voters": 7, "channels": {"unknown": 7}, "missing": None}
    notice = {
        "code": "no_cost",
        "field": "cost",
        "text": "Projects without a cost always fit.",
        "params": {},
        "count": 1,
        "lines": [9],
    }
    add(
        ElectionImport(
            pot_id=pot.id,
            identity=f"sample-{number()}",
            content_digest="0" * 64,
            file_name="election.pb",
            meta={"unit": "Wieliczka"},
            summary={"complete": True, "notices": [notice]},
        )
    )
    return add(pot)


def _of(name: str, path: str = "") -> object:
    return lambda world: f"/budgets/{getattr(world, name).id}{path}"


SAMPLES = {
    "budgets.index": lambda world: [
        "/budgets",
        f"/budgets?process={world.process.slug}",
        f"/budgets?process={world.finished_process.slug}",
        "/budgets?page=99&imported=99",
    ],
    "budgets.show": lambda world: [
        *(f"/budgets/{one.id}" for one in (world.pot, world.coming_pot, world.counted_pot, world.certified_pot)),
        *(f"/budgets/{one.id}" for one in (world.imported_pot, world.uncounted_pot)),
        f"/budgets/{world.open_pot.id}",  # with a project that was withdrawn
        f"/budgets/{world.pot.id}?q=fountain&category=benches&sort=dear&page=7",
        f"/budgets/{world.pot.id}?q=nothing-like-this",
        Visit(f"/budgets/{world.draft_pot.id}", viewer="committee"),
    ],
    "budgets.project": lambda world: [
        f"/budgets/{world.pot.id}/projects/{world.project.reference}",
        *(f"/budgets/{one.id}/projects/{one.projects[0].number}" for one in (world.certified_pot, world.imported_pot)),
        f"/budgets/{world.certified_pot.id}/projects/{world.certified_pot.projects[2].reference}",
        f"/budgets/{world.open_pot.id}/projects/3",
    ],
    "budgets.features": lambda world: [
        f"/budgets/{world.pot.id}/features.geojson",
        f"/budgets/{world.certified_pot.id}/features.geojson?view=result",
    ],
    "budgets.features_of_process": lambda world: f"/budgets/of/{world.process.slug}/features.geojson",
    "budgets.result": lambda world: [
        *(f"/budgets/{one.id}/result" for one in (world.pot, world.coming_pot, world.counted_pot, world.certified_pot)),
        *(f"/budgets/{one.id}/result" for one in (world.imported_pot, world.uncounted_pot)),
        f"/budgets/{world.certified_pot.id}/result?show=lost&map=all",
    ],
    "budgets.ballot_json": _of("open_pot", "/ballot.json"),
    "budgets.feasibility": lambda world: [
        f"/budgets/feasibility/{world.process.slug}",
        f"/budgets/feasibility/{world.process.slug}?outcome=not_feasible&page=9",
        f"/budgets/feasibility/{world.finished_process.slug}",
    ],
    "budgets.process_result": lambda world: [
        f"/budgets/of/{world.certified_process.slug}/result",
        f"/budgets/of/{world.process.slug}/result",
        f"/budgets/of/{world.imported_process.slug}/result",
        f"/budgets/of/{world.empty_process.slug}/result",
    ],
    "budgets.process_result_features": lambda world: f"/budgets/of/{world.certified_process.slug}/result.geojson",
    "budgets.process_result_csv": lambda world: f"/budgets/of/{world.certified_process.slug}/result.csv",
    "budgets.result_json": _of("certified_pot", "/result.json"),
    "budgets.result_csv": _of("certified_pot", "/result.csv"),
}

EXTRAS = (
    lambda world: Visit(f"/budgets/{world.draft_pot.id}", viewer="resident", status=404),
    lambda world: Visit(f"/budgets/{world.counted_pot.id}/result.json", status=404),
    lambda world: Visit(f"/budgets/{world.pot.id}/projects/there-is-none", status=404),
    lambda world: Visit("/budgets/00000000-0000-4000-8000-000000000000", status=404),
)

GROW = {
    "budgets.index": lambda world: (
        budgets.pot(spaces.process(area=world.area)),
        budgets.certified(budgets.finished_pot(), []),
    ),
    "budgets.show": lambda world: budgets.project(world.pot, categories=[spaces.category(world.process)]),
    "budgets.project": lambda world: budgets.project(world.pot),
    "budgets.features": lambda world: budgets.project(world.pot),
    "budgets.features_of_process": lambda world: budgets.project(budgets.pot(world.process)),
    "budgets.process_result": lambda world: budgets.certified(
        world.certified_pot, [budgets.project(world.certified_pot), *world.certified_pot.projects[:2]]
    ),
    "budgets.process_result_features": lambda world: budgets.certified(
        world.certified_pot, [budgets.project(world.certified_pot), *world.certified_pot.projects[:2]]
    ),
    "budgets.result": lambda world: budgets.certified(
        world.certified_pot, [budgets.project(world.certified_pot), *world.certified_pot.projects[:2]]
    ),
}

GROW["budgets.feasibility"] = lambda world: budgets.review(proposals.proposal(world.process))

UNIQUE = {
    "project": ("pot_id", "number"),
    "election_import": ("identity",),
    "feasibility_review": ("proposal_id", "number"),
}

# Setting up, by staff.
SAMPLES |= {
    "budgets_manage.index": lambda world: "/staff/budgets",
    "budgets_manage.new": lambda world: f"/staff/budgets/new/{world.process.id}",
    "budgets_manage.show": lambda world: [f"/staff/budgets/{world.draft_pot.id}", f"/staff/budgets/{world.pot.id}"],
    "budgets_manage.change": lambda world: [
        f"/staff/budgets/{world.draft_pot.id}/change",
        *(f"/staff/budgets/{world.draft_pot.id}/change/{part}" for part in ("ballot", "limits", "rule", "details")),
    ],
    "budgets_manage.group": lambda world: [
        f"/staff/budgets/{world.exclusive_pot.id}/groups/new",
        f"/staff/budgets/{world.exclusive_pot.id}/groups/0",
        f"/staff/budgets/{world.exclusive_pot.id}",
    ],
    "budgets_manage.reviews": lambda world: [
        f"/staff/budgets/feasibility/{world.process.id}",
        f"/staff/budgets/feasibility/{world.process.id}?view=done",
    ],
    "budgets_manage.review": lambda world: [
        f"/staff/budgets/review/{world.to_review.reference}",
        f"/staff/budgets/review/{world.reviewed.reference}",
    ],
    "budgets_manage.take_back": lambda world: f"/staff/budgets/review/{world.reviewed.reference}/take-back",
    "budgets_manage.new_project": lambda world: f"/staff/budgets/{world.draft_pot.id}/projects/new",
    "budgets_manage.change_project": lambda world: f"/staff/budgets/{world.draft_pot.id}/projects/{world.draft_project.id}",
    "budgets_manage.fix": lambda world: f"/staff/budgets/{world.draft_pot.id}/fix",
}
GROW["budgets_manage.index"] = lambda world: budgets.pot(world.process)
GROW["budgets_manage.reviews"] = lambda world: proposals.proposal(world.process)
GROW["budgets_manage.show"] = lambda world: budgets.review(proposals.proposal(world.process, answer_status="accepted"))
