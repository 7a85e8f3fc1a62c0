"""Ballots of every kind on scans become what a clerk would type from the paper: valid, too much, a page missing, in doubt."""

import pytest

from app.features.scans.models import PageTray
from app.features.scans.queries import Layouts
from app.features.scans.use_cases import page_data, read_scans
from app.features.stations.commands import TypeBallot
from app.features.stations.counted import counted_of_batch, rows_on_paper
from app.features.stations.queries import unsettled_in
from app.features.stations.scanned import uploads_waiting
from app.features.stations.use_cases import draw_sample, finish_batch, settle
from app.features.voting.use_cases import count_pot
from tests.factories import committee, scans, stations
from tests.support.paper import Hand

FREE = {"limit_by_cost": False}
KINDS = {
    "approval": {"max_projects": 2, **FREE},
    "choose one": {"vote_type": "choose-1", "max_projects": 1, **FREE},
    "points": {"vote_type": "cumulative", "max_points": 10, **FREE},
    "many points": {"vote_type": "cumulative", "max_points": 120, **FREE},
    "ranking": {"vote_type": "ordinal", "max_projects": 3},
    "long ranking": {"vote_type": "ordinal", "costs": (10_00,) * 12, **FREE},
}
SET = {"code": "7KXMAB2C", "pages": 2}


def taken(kind, marks, more=None, **attributes):
    """A batch with one ballot, all pages of it, and what was read."""
    box = stations.OpenBox(**KINDS[kind], **attributes)
    file = box.file()
    box.sheet(file, marks, **(more or {}))
    batch = box.taken(file, 1)
    return box, batch, box.firsts(batch)


def counts(session, box, batch):
    """What each ballot counts as, as text; with the reason where it does not."""
    found = []
    for _read, counted in counted_of_batch(session, box.pot, [batch.id]):
        choices = counted.choices
        if choices is None:
            found.append(str(counted.void))
        elif choices.points:
            found.append(",".join(f"{number}:{given}" for number, given in zip(choices.numbers, choices.points, strict=True)))
        else:
            found.append(",".join(choices.numbers) or "blank")
    return sorted(found)


VALID = [
    ("approval", {"1": "yes", "3": "yes"}, "1,3"),
    ("approval", {}, "0"),
    ("choose one", {"choice": "2"}, "2"),
    ("choose one", {}, "0"),
    ("points", {"3": "7", "1": "3"}, "1:3,3:7"),
    ("points", {"2": "10"}, "2:10"),
    ("points", {}, "0"),
    ("many points", {"1×10": "1", "1×1": "2", "3×1": "5"}, "1:12,3:5"),
    ("many points", {"1×100": "1", "1×10": "2", "1×1": "0"}, "1:120"),
    ("many points", {"2×10": "3", "3×1": "0"}, "2:30"),
    ("many points", {}, "0"),
    ("ranking", {"3": "1", "1": "2"}, "3,1"),
    ("ranking", {"2": "1"}, "2"),
    ("ranking", {}, "0"),
    ("long ranking", {"12×1": "1", "3×1": "2", "7×1": "3"}, "12,3,7"),
    (
        "long ranking",
        {f"{at}×1": str(at) for at in range(1, 10)}
        | {"12×10": "1", "12×1": "0", "11×10": "1", "11×1": "1", "10×10": "1", "10×1": "2"},
        "1,2,3,4,5,6,7,8,9,12,11,10",
    ),
]


@pytest.mark.parametrize(("kind", "marks", "stored"), VALID)
def test_what_is_marked_is_the_ballot(session, kind, marks, stored):
    box, batch, firsts = taken(kind, marks)
    assert firsts == [stored]
    assert counts(session, box, batch) == [stored if stored != "0" else "blank"]


TOO_MUCH = [
    ("approval", {"1": "yes", "2": "yes", "3": "yes"}, "1,2,3", {}),
    ("points", {"1": "6", "2": "5"}, "1:6,2:5", {}),
    ("many points", {"1×100": "1", "2×10": "2", "2×1": "1"}, "1:100,2:21", {}),
    ("many points", {"1×100": "1", "1×10": "2", "1×1": "1"}, "1:121", {}),
    ("ranking", {"1": "1", "2": "2", "3": "3"}, "1,2,3", {"costs": (600_00,) * 3}),
]


@pytest.mark.parametrize("overvote", ["invalid", "blank"])
@pytest.mark.parametrize(("kind", "marks", "stored", "more"), TOO_MUCH)
def test_too_much_is_read_as_it_stands_there_and_counts_as_was_announced(session, kind, marks, stored, more, overvote):
    box, batch, firsts = taken(kind, marks, **more)
    paper = {"overvote": overvote, "incomplete_set": "counts", "postal_until": None}
    box.pot.options = {**box.pot.options, "voters": {"paper": paper}}
    assert firsts == [stored]
    assert counts(session, box, batch) == ["overvote" if overvote == "invalid" else "blank"]


DOUBTS = [
    ("choose one", {"choice": "2"}, ("choice", "3"), "0?"),
    ("points", {"1": "3", "2": "4"}, ("2", "5"), "1:3?"),
    ("many points", {"1×10": "1", "1×1": "2", "2×1": "4"}, ("1×1", "9"), "1:10,2:4?"),
    ("ranking", {"1": "1", "2": "2"}, ("3", "3"), "1,2?"),
    ("ranking", {"1": "1", "2": "1"}, None, "1,2?"),
    ("ranking", {"1": "1", "2": "3"}, None, "1,2?"),
    ("ranking", {"2": "2"}, None, "2?"),
    ("long ranking", {"1×10": "1", "1×1": "5"}, None, "1?"),
    ("long ranking", {"1×1": "1", "2×1": "1"}, None, "1,2?"),
]


@pytest.mark.parametrize(("kind", "marks", "struck", "stored"), DOUBTS)
def test_what_cannot_be_told_is_in_doubt_and_two_people_decide(session, kind, marks, struck, stored):
    box = stations.OpenBox(**KINDS[kind])
    doubtful = scans.circles(box.layout, dict([struck])) if struck else ()
    file = box.file()
    box.sheet(file, marks, **({"doubtful": doubtful} if doubtful else {}))
    batch = box.taken(file, 1)
    assert box.firsts(batch) == [stored]
    finish_batch(session, box.first, batch.id)
    if not batch.read_whole and batch.state == "entered":
        draw_sample(session, box.first, stations.DrawSample(box.pot.id, "6"))
    stations.read_second(box.second, batch, ["0"])
    assert [one.number for one in unsettled_in(session, batch.id)] == [1]
    for who in (box.second, box.third):  # with the paper in hand
        settle(session, who, TypeBallot(batch.id, 1, "0"))
    assert counts(session, box, batch) == ["blank"]


SETS = [
    ("approval", {"1": "yes"}, "1!", "1"),
    ("choose one", {"choice": "2"}, "2!", "2"),
    ("points", {"1": "3", "2": "4"}, "1:3,2:4!", "1:3,2:4"),
    ("many points", {"1×10": "1", "2×1": "4"}, "1:10,2:4!", "1:10,2:4"),
    ("ranking", {"2": "1", "1": "2"}, "2,1!", "2,1"),
    ("ranking", {"2": "1", "1": "3"}, "2,1!?", "2,1"),
    ("long ranking", {"2×1": "1"}, "2!", "2"),  # the second page of the form itself
]


@pytest.mark.parametrize("rule", ["counts", "invalid"])
@pytest.mark.parametrize(("kind", "marks", "stored", "counted"), SETS)
def test_a_set_of_which_a_page_is_missing_says_so_and_counts_as_was_announced(session, kind, marks, stored, counted, rule):
    box = stations.OpenBox(**KINDS[kind])
    batch = box.taken(box.upload({"marks": marks, **SET}), 1)
    firsts = box.firsts(batch)
    paper = {"overvote": "invalid", "incomplete_set": rule, "postal_until": None}
    box.pot.options = {**box.pot.options, "voters": {"paper": paper}}
    assert firsts == [stored]
    assert counts(session, box, batch) == [counted if rule == "counts" else "incomplete"]


@pytest.mark.parametrize(
    ("kind", "one", "other", "stored", "counted"),
    [
        ("points", {"1": "3"}, {"2": "4"}, "1:3,2:4", "1:3,2:4"),
        ("points", {"1": "6"}, {"2": "5"}, "1:6,2:5", "overvote"),
        ("many points", {"1×10": "1"}, {"3×1": "4"}, "1:10,3:4", "1:10,3:4"),
        ("ranking", {"1": "2"}, {"3": "1"}, "3,1", "3,1"),
        ("ranking", {"1": "1"}, {"3": "1"}, "1,3?", "1,3"),
        ("choose one", {"choice": "1"}, {"choice": "3"}, "1,3", "overvote"),
    ],
)
def test_both_pages_of_a_set_are_one_ballot(session, kind, one, other, stored, counted):
    box = stations.OpenBox(**KINDS[kind])
    file = box.upload({"marks": one, **SET}, {"marks": other, **SET, "page": 2})
    batch = box.taken(file, 1)
    assert box.firsts(batch) == [stored]
    assert counts(session, box, batch) == [counted]


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_ballot_of_an_earlier_form_that_was_let_in_is_in_doubt(session, kind):
    marks = next(marks for name, marks, _stored in VALID if name == kind)
    _box, _batch, (first,) = taken(kind, marks, {"tray": PageTray.OUTDATED})
    assert first.endswith("?")


@pytest.mark.parametrize(
    ("kind", "field", "answer"),
    [
        ("approval", "9", "=yes"),
        ("approval", "1", "=4"),
        ("choose one", "choice", "=9"),
        ("choose one", "2", "=yes"),
        ("points", "9", "=4"),
        ("points", "1", "=yes"),
        ("many points", "9×10", "=4"),
        ("many points", "1×x", "=4"),
        ("ranking", "9", "=1"),
        ("long ranking", "99×1", "=1"),
    ],
)
def test_a_mark_for_what_is_not_on_the_ballot_any_more_makes_it_doubtful(session, kind, field, answer):
    box = stations.OpenBox(**{**KINDS[kind], "costs": (10_00,) * (8 if kind == "long ranking" else 3)})
    file = box.file()
    page = box.page(file)
    page.result = {"fields": {**page.result["fields"], field: answer}, "texts": {}}
    session.flush()
    batch = box.taken(file, 1)
    assert box.firsts(batch)[0].endswith("?")


def test_points_and_rankings_from_scans_are_counted_as_they_stand_there(session, keyring):
    for kind, ballots, rows, scores in (
        (
            "many points",
            [{"1×100": "1", "2×10": "2"}, {"2×1": "7"}, {}],
            [("", "", 1), ("1,2", "100,20", 1), ("2", "7", 1)],
            {"1": "100", "2": "27", "3": "0"},
        ),
        (
            "ranking",
            [{"3": "1", "1": "2"}, {"1": "1"}, {}],
            [("", "", 1), ("1", "", 1), ("3,1", "", 1)],
            {"1": "5", "2": "0", "3": "3"},
        ),
    ):
        box = stations.OpenBox(3, **{**KINDS[kind], **FREE})
        batch = box.taken(box.upload(*({"marks": marks} for marks in ballots)), 3)
        finish_batch(session, box.first, batch.id)
        draw_sample(session, box.first, stations.DrawSample(box.pot.id, "6 3 1"))
        stations.read_second(box.second, batch, [one.replace(",", " ") for one in box.firsts(batch)])
        stations.signed(box.first, box.second, box.place, box.pot)
        assert rows_on_paper(session, box.pot) == rows
        stations.voting.ballots(box.pot, [""] * 30)
        record = count_pot(session, committee.member(box.pot.process_id), box.pot.id).result
        assert {number: why["score"] for number, why in record["why"].items()} == scores, kind


@pytest.mark.slow
@pytest.mark.one_database("sqlite")
@pytest.mark.timeout(300)
def test_digits_that_are_really_filled_in_and_scanned_are_the_points(session):
    box = stations.OpenBox(**KINDS["many points"])
    marks = {"1×10": "1", "1×1": "2", "2×100": "1", "3×1": "5"}
    places = scans.circles(box.layout, marks)
    printed = scans.sheet(box.layout, {1: dict.fromkeys(places, Hand.FULL)})
    (read,) = read_scans(scans.as_pdf(printed[0]), Layouts([box.layout]))
    file = box.file()
    box.page(file, readings=page_data(read))
    ((ballot,),) = [one.ballots for one in uploads_waiting(session, box.pot)]
    assert ballot.read.stored() == "1:12,2:100,3:5"
