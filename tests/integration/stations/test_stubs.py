"""A printed list of numbers that stays at the desk, so that no number ever hangs on a ballot."""

import re

import pytest

from app.features.stations.stubs import StubList
from app.kernel.permissions import Role
from tests.factories import accounts, spaces, stations
from tests.integration.stations.test_pages import signed_in
from tests.support.pdf import words_of_pdf


@pytest.fixture
def url(pot, place):
    return f"/staff/stations/desk/{place.id}/{pot.id}/stubs"


@pytest.mark.parametrize("large", [False, True])
def test_every_number_stands_on_one_page_once(large):
    parts = [list(part) for part in StubList(51, 1000, large=large).parts()]
    assert [number for part in parts for number in part] == list(range(51, 1051))
    assert [list(part) for part in StubList(7, 1, large=large).parts()] == [[7]]


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("large", ["", "y"])
@pytest.mark.parametrize("language", ["en", "de", "fi", "ar"])
def test_the_list_has_a_page_for_each_part_and_says_what_must_not_stand_on_it(app, pot, place, url, paper, large, language):
    clerk = signed_in(app, pot, place=place)
    answer = clerk.get(f"{url}?lang={language}&first=1&number=70&paper={paper}&large={large}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    assert b"/StructTreeRoot" in answer.data
    parts = list(StubList(1, 70, large=bool(large)).parts())
    assert len(re.findall(rb"/Type\s*/Page\b", answer.data)) == len(parts), "a table runs over its page"
    words = words_of_pdf(answer.data)
    if language == "en":
        assert "Write no name, no card number and no time on this list." in " ".join(words.split())
        for part in parts:
            assert f"Numbers {part[0]} to {part[-1]}" in words


def test_the_page_proposes_the_next_number_and_is_found_from_the_desk(app, pot, place, desk, url):
    stations.handed_out(desk, place, pot, "P00001", 41)
    desk_page = url.removesuffix("/stubs")
    clerk = signed_in(app, pot, place=place)
    assert f'href="{url}"' in clerk.get(desk_page).text
    assert f'href="{url}"' in clerk.get("/staff/stations").text
    page = clerk.get(url).text
    assert 'value="42"' in page
    assert 'value="100"' in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("first=0&number=5", "Begin with 1"),
        ("first=9999999&number=5", "Begin with 1"),
        ("first=1&number=0", "Print 1 to 1000 numbers at once."),
        ("first=1&number=1001", "Print 1 to 1000 numbers at once."),
        ("first=one&number=5", "Write a number in digits."),
        ("first=&number=", "Write a number in digits."),
        ("first=1&number=5&paper=wall", "Not a valid choice"),
    ],
)
def test_what_cannot_be_printed_is_said_beside_its_field(app, pot, place, url, typed, said):
    answer = signed_in(app, pot, place=place).get(f"{url}?paper=a4&{typed}" if "paper" not in typed else f"{url}?{typed}")
    assert answer.status_code == 422
    assert said in answer.text


def test_nobody_but_clerks_of_that_process_prints_it(app, pot, place, url, client):
    moderator = signed_in(app, pot, role=Role.MODERATOR, name="Other")
    elsewhere = spaces.process("Other", slug="other")
    far = app.test_client()
    accounts.sign_in(far, accounts.staff(Role.CLERK, elsewhere, display_name="Far"))
    assert [one.get(url).status_code for one in (client, moderator, far)] == [302, 403, 404]
