"""Pages that everybody sees: the home of the city, the processes, one process."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from app.features.spaces import queries, use_cases
from app.features.spaces.commands import ChangeProcess, ProcessDetails
from app.features.spaces.models import Action, Participation, ProcessState
from app.features.spaces.shown import PAGES
from app.kernel.permissions import SYSTEM, Role
from tests.factories import budgets, spaces

MIDNIGHT = datetime(2026, 5, 31, 21, 0, tzinfo=UTC)  # in Helsinki the first moment of June


def text_of(response):
    """The page as one line."""
    return " ".join(response.get_data(as_text=True).split())


def test_a_city_without_anything_greets_its_residents_kindly(client):
    for page in ("/", "/processes"):
        response = client.get(page)
        assert response.status_code == 200
        assert "the first" in text_of(response).lower()
        assert "Set up a process" not in text_of(response)


def test_an_administrator_of_an_empty_city_is_shown_where_to_begin(as_role):
    assert "Set up a process" in text_of(as_role(Role.ADMINISTRATOR).get("/"))


def test_home_says_what_is_open_until_when_and_what_can_be_done(client, clock):
    process = spaces.process("Parks for everybody", open_for=None, summary={"en": "What should change?"})
    spaces.phase(process, "Collect proposals", ends_at=MIDNIGHT, starts_at=clock.now, actions=[Action.PROPOSE])
    page = text_of(client.get("/"))
    for words in ("Parks for everybody", "What should change?", "Collect proposals", "May 31, 2026", "20 days left", "Centre"):
        assert words in page
    assert "June" not in page  # what ends at midnight has its last day the day before


def test_processes_are_grouped_by_where_they_stand(client, clock, db):
    spaces.process("Runs now")
    later = spaces.process("Comes later", open_for=None)
    spaces.phase(later, starts_at=clock.now + timedelta(days=3))
    over = spaces.process("Is over", open_for=None)
    spaces.phase(over, ends_at=clock.now - timedelta(days=3))
    spaces.process("In the archive", state=ProcessState.ARCHIVED)
    spaces.process("A secret draft", state=ProcessState.DRAFT)
    db.session.commit()
    page = text_of(client.get("/processes"))
    order = ["Open now</h2>", "Runs now", "Coming next", "Comes later", "Finished</h2>", "Is over"]
    assert [page.index(words) for words in order] == sorted(page.index(words) for words in order)
    assert "In the archive" in page
    for address in ("/", "/processes"):
        assert "A secret draft" not in text_of(client.get(address))


def test_a_draft_does_not_exist_for_anybody_but_administrators(client, as_role):
    draft = spaces.process("A secret draft", state=ProcessState.DRAFT, slug="secret")
    for who in (client, as_role("resident"), as_role(Role.MODERATOR, draft)):
        assert who.get("/processes/secret").status_code == 404
        assert who.get("/processes/secret/outline.geojson").status_code == 404
    administrator = as_role(Role.ADMINISTRATOR)
    assert "This is a draft" in text_of(administrator.get("/processes/secret"))
    outline = administrator.get("/processes/secret/outline.geojson")
    assert outline.headers["Cache-Control"].startswith("private")
    assert "A secret draft" in text_of(administrator.get("/processes"))


def test_a_former_address_leads_to_the_process(client, db):
    process = spaces.process(slug="parks")
    details = ProcessDetails(process.title, process.area_id, {}, {}, process.publication, process.participation, slug="gardens")
    use_cases.change_process(db.session(), SYSTEM, ChangeProcess(process.id, 1, details))
    db.session.commit()
    response = client.get("/processes/parks")
    assert (response.status_code, response.location) == (301, "/processes/gardens")
    queries.process_by_slug(db.session(), "gardens").state = ProcessState.DRAFT
    db.session.commit()
    assert client.get("/processes/parks").status_code == 404


@pytest.mark.parametrize("slug", ["nothing", "%00", "x" * 5000, "%3Cb%3E", "..", "é"])
def test_an_address_that_names_nothing_is_a_page_that_does_not_exist(client, slug):
    assert client.get(f"/processes/{slug}").status_code == 404


def test_one_page_says_what_is_closed_and_why_before_the_click(client, clock):
    process = spaces.process(slug="parks", open_for=None, participation=Participation.ANYBODY)
    spaces.phase(process, "Propose", actions=[Action.PROPOSE, Action.COMMENT], ends_at=MIDNIGHT, starts_at=clock.now)
    spaces.phase(process, "Vote", actions=[Action.VOTE], starts_at=MIDNIGHT)
    page = text_of(client.get("/processes/parks"))
    assert "Open until May 31, 2026. You do not need an account." in page
    assert "Open until May 31, 2026. You sign in first." in page
    assert "You can vote from June 1, 2026." in page
    assert "Support proposals" not in page  # no phase ever opens it


def test_nobody_who_is_signed_in_is_told_to_sign_in(as_role):
    spaces.process(slug="parks")
    assert "You sign in first" not in text_of(as_role("resident").get("/processes/parks"))


def test_an_archived_process_can_be_read_and_says_so(client):
    spaces.process("Long ago", slug="long-ago", state=ProcessState.ARCHIVED)
    page = text_of(client.get("/processes/long-ago"))
    assert "This process is in the archive" in page
    assert "Open until" not in page


def test_a_phase_that_ends_in_the_afternoon_says_the_hour(client, clock):
    process = spaces.process(slug="parks", open_for=None)
    spaces.phase(process, ends_at=datetime(2026, 5, 31, 15, 0, tzinfo=UTC), starts_at=clock.now)
    assert "May 31, 2026, 6:00" in text_of(client.get("/processes/parks"))


@pytest.mark.parametrize(("hours", "words"), [(3, "Ends today at"), (27, "Ends tomorrow"), (24 * 3, "3 days left")])
def test_the_time_that_is_left_is_counted_in_the_days_of_the_city(client, clock, hours, words):
    process = spaces.process(slug="parks", open_for=None)
    spaces.phase(process, starts_at=clock.now - timedelta(days=1), ends_at=clock.now + timedelta(hours=hours))
    assert words in text_of(client.get("/processes/parks"))


def test_a_text_that_is_not_translated_says_so(client, db):
    spaces.process({"fi": "Puistot", "en": "Parks"}, slug="parks", description={"fi": "Kuvaus\n\nToinen kappale"})
    db.session.commit()
    finnish = text_of(client.get("/processes/parks?lang=fi"))
    assert "<h1>Puistot</h1>" in finnish
    english = text_of(client.get("/processes/parks?lang=en"))
    assert "<h1>Parks</h1>" in english
    assert '<div class="flow" lang="fi" dir="ltr"><p dir="auto">Kuvaus</p>' in english
    arabic = text_of(client.get("/processes/parks?lang=ar"))
    assert '<h1><span lang="en" dir="ltr">Parks</span></h1>' in arabic
    assert 'class="fallback-note"' in arabic


def test_markup_in_texts_is_shown_and_never_obeyed(client, db):
    evil = '<script>alert("x")</script>'
    spaces.process(evil, slug="parks", summary={"en": evil}, description={"en": evil}, contact=f"a@example.org {evil}")
    db.session.commit()
    for page in ("/", "/processes", "/processes/parks"):
        assert '<script>alert("x")' not in client.get(page).get_data(as_text=True)


def test_the_outline_is_geojson_that_browsers_keep(client, db):
    spaces.process(slug="parks", area=spaces.area({"en": "Centre", "fi": "Keskusta"}, code="centre"))
    db.session.commit()
    first = client.get("/processes/parks/outline.geojson")
    assert first.mimetype == "application/geo+json"
    feature = json.loads(first.data)
    assert (feature["type"], feature["geometry"]["type"]) == ("Feature", "Polygon")
    assert feature["properties"] == {"area": "centre", "name": {"en": "Centre", "fi": "Keskusta"}}
    again = client.get("/processes/parks/outline.geojson", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_drawing_of_the_city_is_kept_until_an_area_changes(client, db):
    assert client.get("/city.svg").status_code == 404
    area = spaces.area()
    area_id = area.id
    db.session.commit()
    picture = client.get("/city.svg")
    assert picture.mimetype == "image/svg+xml"
    assert f"area-{area.id.hex}" in picture.get_data(as_text=True)
    again = client.get("/city.svg", headers={"If-None-Match": picture.headers["ETag"]})
    assert again.status_code == 304
    other = spaces.area(parent=queries.area(db.session(), area_id))
    db.session.commit()
    assert f"area-{other.id.hex}" in client.get("/city.svg").get_data(as_text=True)


def test_a_process_without_phases_promises_dates(client, db):
    spaces.process("Soon", slug="soon", open_for=None)
    db.session.commit()
    assert "The dates will follow" in text_of(client.get("/processes/soon"))
    assert "Soon" in text_of(client.get("/"))


def test_a_pause_between_two_phases_is_called_one(client, clock):
    process = spaces.process("Pause", slug="pause", open_for=None)
    spaces.phase(process, ends_at=clock.now - timedelta(days=1), starts_at=clock.now - timedelta(days=9))
    spaces.phase(process, starts_at=clock.now + timedelta(days=1))
    assert "Pause between two phases" in text_of(client.get("/processes/pause"))


@pytest.mark.parametrize("address", ["/", "/processes"])
def test_lists_ask_equally_often_however_many_processes_there_are(client, constant_queries, address):
    area = spaces.area()
    constant_queries(client, address, more=lambda: spaces.category(spaces.process(area=spaces.area(parent=area))))


def test_one_process_asks_equally_often_however_much_it_has(client, constant_queries, db):
    spaces.process(slug="parks")

    def more():
        found = queries.process_by_slug(db.session(), "parks")
        spaces.phase(found)
        spaces.category(found)

    constant_queries(client, "/processes/parks", more=more)


def test_every_action_leads_to_a_page_that_exists(app, client, db):
    assert set(PAGES.values()) <= set(app.view_functions)
    parks = spaces.process(slug="parks")
    budgets.pot(parks)
    db.session.commit()
    page = client.get("/processes/parks").get_data(as_text=True)
    for address in ("/proposals/new?process=parks", "/proposals?process=parks", "/budgets?process=parks"):
        assert f'href="{address}"' in page


def test_a_vote_without_a_pot_is_not_offered(client, db):
    spaces.process(slug="parks")
    db.session.commit()
    for address in ("/processes/parks", "/processes", "/"):
        assert 'href="/budgets?process=parks"' not in text_of(client.get(address))
    assert "There is nothing to vote on yet." in text_of(client.get("/processes/parks"))
