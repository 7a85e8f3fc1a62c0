"""What is decided or sorted by a program is on the public register: no function can do it and be forgotten.

A function that draws, ranks, measures likeness, compares with a threshold or runs by the clock is marked with a step
(`@decides`), or stands here with the reason why it decides nothing about anybody.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.features.counting.use_cases import RULES
from app.kernel import automated
from tests.support.automated import deciders, declared, loose_ends, unmarked
from tests.support.furniture import HOUSE

SmallHouse = Callable[[dict[str, str]], Path]

STAFF_READ = "shows staff what a setting means"
DECIDE_NOTHING = {
    "app.features.budgets.announcing._ranking": "words about rankings",
    "app.features.budgets.holding._keep": "size of a memory",
    "app.features.budgets.manage_routes.pots._steps": STAFF_READ,
    "app.features.consents.shown.few": "words for a number that is blurred already",
    "app.features.consents.use_cases.objections.decide_objection": "people decide: it asks them for a reason",
    "app.features.consents.shown.compared": "shows a reviewer what changed between two revisions",
    "app.features.committee.printed._few": "words for a number that is withheld already",
    "app.features.counting.pb.voters.VoterIds.suspicious": "tells whoever checks a file that ids in it look like names",
    "app.features.intake.batch_pages.moderators_look_first": "says which setting the process has",
    "app.features.intake.rules.compared": "shows a clerk what two people read differently",
    "app.features.intake.use_cases.opening.open_batch": "refuses at once what a setting of the process rules out",
    "app.features.interfaces.helsinki.provider.Provider._refresh_when_old": "how long another system's keys are remembered",
    "app.features.kiosk.use_cases.wishes.wish_for_print": "a number to be called by; everybody gets one and all are printed",
    "app.features.maps.routes._render_map": "size of a memory",
    "app.features.proposals.authoring_routes.reviewing._page": "says which setting the process has",
    "app.features.proposals.authoring_routes.writing_parts.page": "says which setting the process has",
    "app.features.rehearsals.rules.draw_choices": "ballots of test voters, who are nobody",
    "app.features.rehearsals.rules.draw_points": "ballots of test voters, who are nobody",
    "app.features.rehearsals.use_cases.trying._cast_some": "ballots of test voters, who are nobody",
    "app.features.spaces.city_picture.city_picture": "size of a memory",
    "app.features.spaces.use_cases.areas.upload_areas": "clears away files that staff sent and left",
    "app.features.voting.ballot.marks._ranked": "reads what a voter has ranked",
    "app.features.voting.package.verify.Vote.rank": "counts again what was counted, on somebody else's computer",
    "app.features.voting.package.verify.Checks._few": "counts again what was counted, on somebody else's computer",
    "app.kernel.contact.is_phone": "whether something is a telephone number",
}


def test_whoever_decides_is_marked_with_a_step() -> None:
    found = {place: why for place, why in unmarked(HOUSE).items() if place not in DECIDE_NOTHING}
    assert found == {}, "mark them with @decides and say in the room's automated.py what they do"


def test_every_exception_is_still_needed() -> None:
    assert set(DECIDE_NOTHING) - set(unmarked(HOUSE)) == set()


def test_marks_and_declarations_belong_together() -> None:
    assert loose_ends(HOUSE) == []


def test_what_the_source_declares_is_what_the_register_shows(app: Flask) -> None:
    assert set(declared(HOUSE)) == {step.name for step in automated.steps()}
    marked = {one.place for one in deciders(HOUSE) if one.steps}
    assert {place for step in automated.steps() for place in automated.places_of(step.name)} == marked
    rooms = {step.name: f"app/features/{step.room}/automated.py" for step in automated.steps()}
    assert declared(HOUSE) == rooms


def test_every_step_is_on_the_page(client: FlaskClient) -> None:
    page = client.get("/my-data/automated").get_data(as_text=True)
    assert [step.name for step in automated.steps() if f'id="{step.name}"' not in page] == []


def test_the_register_stands_beside_that_of_agreements_and_at_the_foot_of_every_page(client: FlaskClient) -> None:
    page = client.get("/my-data/agreements").get_data(as_text=True)
    assert page.count('href="/my-data/automated"') == 2
    assert 'href="/my-data/automated"' in client.get("/").get_data(as_text=True)


def test_every_counting_rule_is_on_the_page_in_words(client: FlaskClient) -> None:
    page = client.get("/my-data/automated").get_data(as_text=True)
    step = next(step for step in automated.steps() if step.name == "counting")
    assert step.parts is not None
    shown = dict(step.parts())
    assert set(shown) == set(RULES)
    assert [name for name, words in shown.items() if words == name] == [], "a rule needs words in budgets/outcomes.py"
    assert [words for words in shown.values() if words not in page] == []


@pytest.mark.parametrize(
    ("planted", "why"),
    [
        ("import random\ndef lucky(found):\n    return random.choice(found), random.shuffle(found)", "draws by chance"),
        ("def in_order(query, func):\n    return query.order_by(func.random())", "draws by chance"),
        (
            "import hashlib\ndef by_lot(found):\n    return sorted(found, key=lambda one: hashlib.sha256(one).digest())",
            "sorts by a hash",
        ),
        ("from rapidfuzz import fuzz\ndef near(a, b):\n    return fuzz.ratio(a, b)", "measures likeness"),
        ("FEWEST = 5\ndef hidden(people):\n    return people < FEWEST", "compares with a threshold"),
        ("def suspicious(text):\n    return 'http' in text", "is called so"),
        ("class A:\n    def ranked(self, found):\n        return found", "is called so"),
        (
            "@celery.task(name='a.hide')\ndef hide():\n    pass\ncelery.conf.beat_schedule = {'a': {'task': 'a.hide'}}",
            "runs by the clock",
        ),
    ],
)
def test_a_planted_function_that_decides_is_found(small_house: SmallHouse, planted: str, why: str) -> None:
    found = unmarked(small_house({"app/features/a/queries.py": planted}))
    assert [why in reasons for reasons in found.values()] == [True]


def test_a_planted_mark_without_words_and_words_without_a_mark_are_found(small_house: SmallHouse) -> None:
    house = small_house(
        {
            "app/features/a/rules.py": "@decides('unsaid')\ndef f():\n    pass",
            "app/features/a/automated.py": "automated_step('undone', room='a')",
        }
    )
    assert loose_ends(house) == ["marked, never declared: unsaid", "declared, no function is marked: undone"]


def test_a_marked_function_is_no_violation(small_house: SmallHouse) -> None:
    source = "import random\n@decides('drawn')\ndef lucky(found):\n    return random.choice(found)"
    assert unmarked(small_house({"app/features/a/queries.py": source})) == {}
