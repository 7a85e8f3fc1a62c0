"""Staff set up processes through pages; whatever is typed wrongly is said beside its field and kept."""

import re
import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.features.spaces import queries
from app.features.spaces.models import Area, Category, Participation, Phase, Process, ProcessState, Publication
from app.kernel.permissions import Role
from tests.factories import budgets, spaces


@pytest.fixture
def staff(as_role):
    """A client signed in as an administrator."""
    return as_role(Role.ADMINISTRATOR)


@pytest.fixture
def process(db):
    """A process in two languages."""
    return spaces.process({"en": "Parks", "fi": "Puistot"}, slug="parks", area=spaces.area(code="centre"))


def hidden(client, url, name):
    """The value of a hidden field of a form."""
    page = client.get(url).get_data(as_text=True)
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]


def text_of(response):
    """The page as one line."""
    return " ".join(response.get_data(as_text=True).split())


def the(db, model, **values):
    """The one row with these values, read anew."""
    return db.session.scalars(select(model).filter_by(**values), execution_options={"populate_existing": True}).one()


def process_data(area, **changes):
    """A filled form of a process."""
    return {
        "new_id": str(uuid.uuid4()),
        "title_en": "Parks for everybody",
        "area_id": str(area.id),
        "publication": "at_once",
        "participation": "account",
        **changes,
    }


def phase_data(**changes):
    """A filled form of a phase."""
    return {
        "new_id": str(uuid.uuid4()),
        "title_en": "Propose",
        "starts_at": "2026-06-01T00:00",
        "ends_at": "2026-07-01T00:00",
    } | changes


def test_staff_create_a_process_in_several_languages(staff, db):
    area = spaces.area()
    db.session.commit()
    data = process_data(
        area,
        title_fi="Puistoja kaikille",
        title_ar="  حدائق   للجميع ",
        summary_en="What should\r\nchange?",
        publication="after_approval",
        participation="anybody",
        contact="parks@example.org",
    )
    response = staff.post("/staff/processes/new", data=data)
    made = the(db, Process)
    assert response.location == f"/staff/processes/{made.id}"
    assert made.title == {"en": "Parks for everybody", "fi": "Puistoja kaikille", "ar": "حدائق للجميع"}
    assert made.summary == {"en": "What should\nchange?"}
    assert (made.slug, made.state) == ("parks-for-everybody", ProcessState.DRAFT)
    assert (made.publication, made.participation) == (Publication.AFTER_APPROVAL, Participation.ANYBODY)
    assert staff.post("/staff/processes/new", data=data).status_code == 302  # a second click
    assert len(db.session.scalars(select(Process)).all()) == 1


def test_a_process_with_a_title_in_another_language_alone_is_fine(staff, db):
    area = spaces.area()
    db.session.commit()
    staff.post("/staff/processes/new", data=process_data(area, title_en="", title_de="Parks"))
    assert the(db, Process).title == {"de": "Parks"}


BAD_PROCESS = [
    ({"title_en": ""}, "Write the title in at least one language.", "title_en"),
    ({"title_en": "\x00\u202e "}, "Write the title in at least one language.", "title_en"),
    ({"title_en": "x" * 121}, "121 characters; at most 120", "title_en"),
    ({"summary_fi": "x" * 401}, "401 characters; at most 400", "summary_fi"),
    ({"description_en": "x" * 10_001}, "at most 10000", "description_en"),
    ({"slug": "Not An Address"}, "Use small letters", "slug"),
    ({"slug": "taken"}, "Another process has this address", "slug"),
    ({"area_id": ""}, "Choose an area", "area_id"),
    ({"area_id": "7"}, "Choose an area", "area_id"),
    ({"area_id": str(uuid.uuid4())}, "Choose an area", "area_id"),
    ({"publication": "whenever"}, "Not a valid choice", "publication"),
    ({"participation": None}, "Choose who may make proposals", "participation"),
    ({"contact": "c" * 201}, "at most 200", "contact"),
]


@pytest.mark.parametrize(("changes", "says", "field"), BAD_PROCESS)
def test_a_wrong_answer_about_a_process_is_said_beside_its_field_and_kept(staff, db, changes, says, field):
    area = spaces.area()
    spaces.process(slug="taken", area=area)
    db.session.commit()
    data = {
        key: value
        for key, value in process_data(area, **({"contact": "Ann <b>", "summary_ar": "ما"} | changes)).items()
        if value is not None
    }
    response = staff.post("/staff/processes/new", data=data)
    page = text_of(response)
    assert response.status_code == 422
    assert says in page
    assert f'id="{field}-error"' in page
    assert "error-summary" in page
    if "contact" not in changes:
        assert 'value="Ann &lt;b&gt;"' in page
    assert "ما" in page
    assert len(db.session.scalars(select(Process)).all()) == 1


def test_repeated_fields_and_strange_versions_do_no_harm(staff, process, db):
    url = f"/staff/processes/{process.id}/change"
    filled = process_data(process.area)
    db.session.commit()
    for version in ("", "x", "-1", "9" * 40, "1\x00", "²"):
        data = filled | {"version": version, "area_id": [filled["area_id"], "x"], "title_en": ["One", "Two"]}
        assert staff.post(url, data=data).status_code == 409
    data = filled | {"version": "1", "title_en": ["One", "Two"], "slug": ["parks", "x"], "new_id": "nonsense"}
    assert staff.post(url, data=data).status_code == 302
    assert the(db, Process).title["en"] == "One"


def test_who_saves_after_somebody_else_sees_both_versions_and_loses_nothing(staff, process, db):
    url = f"/staff/processes/{process.id}/change"
    area = process.area
    db.session.commit()
    version = hidden(staff, url, "version")
    theirs = process_data(area, version=version, slug="parks", title_en="Theirs", title_fi="Puistot")
    assert staff.post(url, data=theirs).status_code == 302
    mine = process_data(
        process.area, version=version, slug="parks", title_en="Mine", title_fi="Puistot", participation="anybody"
    )
    response = staff.post(url, data=mine)
    page = text_of(response)
    assert response.status_code == 409
    assert "Somebody else saved changes while you were writing" in page
    assert re.search(r"<dt>Title \(English\)</dt>.*?Theirs.*?Mine", page)
    assert re.search(r"Who may make proposals\?</dt>.*?People with an account.*?Anybody", page)
    assert "Title (Finnish)</dt>" not in page  # the same in both
    assert 'value="Mine"' in page
    assert the(db, Process).title["en"] == "Theirs"
    again = staff.post(url, data=mine | {"version": re.search(r'name="version"[^>]*value="(\d+)"', page)[1]})
    assert again.status_code == 302
    assert the(db, Process).title["en"] == "Mine"


def test_publishing_says_first_what_will_happen(staff, db):
    draft = spaces.process("Parks", slug="parks", state=ProcessState.DRAFT, publication=Publication.AFTER_APPROVAL)
    url = f"/staff/processes/{draft.id}/state"
    db.session.commit()
    page = text_of(staff.get(url))
    for words in (
        "Everybody sees its page: /processes/parks",
        "People can do this at once: Make a proposal",
        "after a moderator",
        "archive",
    ):
        assert words in page
    assert staff.post(f"{url}/published").status_code == 302
    assert staff.post(f"{url}/published").status_code == 302
    assert the(db, Process).state is ProcessState.PUBLISHED
    assert "Everybody can still read it" in text_of(staff.get(url))
    staff.post(f"{url}/archived")
    assert "out of the archive" in text_of(staff.get(url))
    staff.post(f"{url}/published")
    assert the(db, Process).state is ProcessState.PUBLISHED


def test_a_process_without_phases_is_not_published_and_the_page_says_why(staff, db):
    draft = spaces.process(state=ProcessState.DRAFT, open_for=None)
    draft_id = draft.id
    db.session.commit()
    response = staff.post(f"/staff/processes/{draft_id}/state/published")
    assert response.status_code == 422
    assert "Add at least one phase first" in text_of(response)
    assert the(db, Process).state is ProcessState.DRAFT
    assert staff.post(f"/staff/processes/{draft_id}/state/draft").status_code == 404
    assert staff.post(f"/staff/processes/{uuid.uuid4()}/state/published").status_code == 404


def test_a_phase_is_typed_in_the_time_of_the_city(staff, process, db):
    url = f"/staff/processes/{process.id}/phases/new"
    db.session.commit()
    data = phase_data(title_fi="Ehdota", description_en="Tell us.", actions=["propose", "comment"])
    assert staff.post(url, data=data).status_code == 302
    assert staff.post(url, data=data).status_code == 302  # a second click
    phase = the(db, Phase, id=uuid.UUID(data["new_id"]))
    assert phase.starts_at == datetime(2026, 5, 31, 21, 0, tzinfo=UTC)
    assert phase.actions == ["propose", "comment"]
    assert len(queries.process_by_slug(db.session(), "parks").phases) == 2


BAD_PHASE = [
    ({"title_en": "", "title_fi": ""}, "Write the title in at least one language.", "title_en"),
    ({"starts_at": ""}, "Say when the phase begins.", "starts_at"),
    ({"ends_at": ""}, "Say when the phase ends.", "ends_at"),
    ({"ends_at": "2026-06-01T00:00"}, "The end must be after the beginning.", "ends_at"),
    ({"ends_at": "2025-06-01T00:00"}, "The end must be after the beginning.", "ends_at"),
    ({"starts_at": "tomorrow"}, "Write day and time like this", "starts_at"),
    ({"starts_at": "2026-02-30T10:00"}, "Write day and time like this", "starts_at"),
    ({"starts_at": "0001-01-01T00:00"}, "Choose a year from 1990 to 2200.", "starts_at"),
    ({"ends_at": "9999-12-31T23:59"}, "Choose a year from 1990 to 2200.", "ends_at"),
    ({"starts_at": "2026-05-01\x00"}, "Write day and time like this", "starts_at"),
    ({"starts_at": "2026-03-29T03:30"}, "This time does not exist", "starts_at"),
    ({"actions": ["propose", "dance"]}, "not a valid choice", "actions"),
    ({"description_ar": "ن" * 2001}, "at most 2000", "description_ar"),
]


@pytest.mark.parametrize(("changes", "says", "field"), BAD_PHASE)
def test_a_wrong_answer_about_a_phase_is_said_beside_its_field_and_kept(staff, process, db, changes, says, field):
    url = f"/staff/processes/{process.id}/phases/new"
    db.session.commit()
    response = staff.post(url, data=phase_data(**({"title_fi": "Säilyy <i>"} | changes)))
    page = text_of(response)
    assert response.status_code == 422
    assert says.lower() in page.lower()
    assert f'id="{field}-error"' in page
    assert "Säilyy &lt;i&gt;" in page or "title_fi" in changes
    if changes.get(field) and isinstance(changes[field], str):
        assert changes[field].replace("\x00", "") in page
    assert len(queries.process_by_slug(db.session(), "parks").phases) == 1


def test_a_phase_that_is_saved_untouched_keeps_its_exact_times(staff, process, db):
    phase = spaces.phase(
        process,
        starts_at=datetime(2026, 10, 25, 1, 30, 12, tzinfo=UTC),  # the second 3:30 of that night in Helsinki
        ends_at=datetime(2026, 11, 1, 12, 0, tzinfo=UTC),
    )
    url = f"/staff/processes/{process.id}/phases/{phase.id}/change"
    phase_id = phase.id
    db.session.commit()
    page = staff.get(url).get_data(as_text=True)
    assert 'value="2026-10-25T03:30"' in page
    staff.post(
        url, data=phase_data(version="1", title_en="New title", starts_at="2026-10-25T03:30", ends_at="2026-11-01T14:00")
    )
    changed = the(db, Phase, id=phase_id)
    assert changed.title == {"en": "New title"}
    assert changed.starts_at == datetime(2026, 10, 25, 1, 30, 12, tzinfo=UTC)


def test_a_stale_form_of_a_phase_shows_both_versions(staff, process, db):
    phase = process.phases[0]
    url = f"/staff/processes/{process.id}/phases/{phase.id}/change"
    db.session.commit()
    assert staff.post(url, data=phase_data(version="1", title_en="Theirs", actions=["vote"])).status_code == 302
    response = staff.post(url, data=phase_data(version="1", title_en="Mine", actions=["propose"]))
    page = text_of(response)
    assert response.status_code == 409
    assert re.search(r"Title \(English\)</dt>.*?Theirs.*?Mine", page)
    assert re.search(r"What can people do in this phase\?</dt>.*?Vote on the budget.*?Make proposals", page)
    assert 'name="version" type="hidden" value="2"' in page
    assert 'value="Mine"' in page


def test_phases_are_ordered_removed_and_restored_with_buttons(staff, process, db):
    first, second = process.phases[0], spaces.phase(process, "Vote")
    base, first_id, second_id = f"/staff/processes/{process.id}", first.id, second.id
    db.session.commit()
    staff.post(f"{base}/phases/{second_id}/move/earlier")
    assert [p.id for p in queries.process_by_slug(db.session(), "parks").phases] == [second_id, first_id]
    staff.post(f"{base}/phases/{second_id}/move/later")
    assert [p.id for p in queries.process_by_slug(db.session(), "parks").phases] == [first_id, second_id]
    staff.post(f"{base}/phases/{second_id}/remove")
    page = text_of(staff.get(base))
    assert "1 removed phase" in page
    assert "Restore" in page
    staff.post(f"{base}/phases/{second_id}/restore")
    assert "removed phase" not in text_of(staff.get(base))
    assert staff.post(f"{base}/phases/{uuid.uuid4()}/remove").status_code == 404
    assert staff.post(f"{base}/phases/{second_id}/move/sideways").status_code == 404


def test_overlapping_phases_are_allowed_and_pointed_out(staff, process, db):
    spaces.phase(process, "Second thoughts")
    db.session.commit()
    assert "run at the same time" in text_of(staff.get(f"/staff/processes/{process.id}"))


def test_categories_are_added_renamed_archived_and_restored(staff, process, db):
    base = f"/staff/processes/{process.id}"
    db.session.commit()
    data = {"new_id": str(uuid.uuid4()), "name_en": "Trees", "name_ar": "أشجار"}
    staff.post(f"{base}/categories/new", data=data)
    staff.post(f"{base}/categories/new", data=data)
    category = the(db, Category)
    one = f"{base}/categories/{category.id}"
    staff.post(f"{one}/change", data={"name_en": "Trees and plants", "name_ar": "", "version": "1"})
    assert the(db, Category).name == {"en": "Trees and plants"}
    stale = staff.post(f"{one}/change", data={"name_en": "Plants", "version": "1"})
    assert stale.status_code == 409
    assert re.search(r"Name \(English\)</dt>.*?Trees and plants.*?Plants", text_of(stale))
    staff.post(f"{one}/archive")
    assert "1 archived category" in text_of(staff.get(base))
    staff.post(f"{one}/restore")
    assert not the(db, Category).archived
    assert staff.post(f"{one}/move/earlier").status_code == 302


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "Write the name in at least one language."),
        ({"name_en": "x" * 81}, "at most 80"),
        ({"name_en": "green", "name_fi": "Säilyy"}, "There is a category called “green” already."),
    ],
)
def test_a_wrong_name_of_a_category_is_said_beside_the_field(staff, process, db, data, says):
    spaces.category(process, "Green")
    url = f"/staff/processes/{process.id}/categories/new"
    db.session.commit()
    response = staff.post(url, data=data)
    assert response.status_code == 422
    assert says in text_of(response)
    assert 'id="name_en-error"' in text_of(response)
    for typed in data.values():
        assert typed in text_of(response)


def test_every_id_that_is_not_there_answers_like_a_page_that_does_not_exist(staff, process, db):
    other = spaces.process(slug="other")
    phase_id, category_id = other.phases[0].id, spaces.category(other).id
    base = f"/staff/processes/{process.id}"
    db.session.commit()
    for path in (
        f"/staff/processes/{uuid.uuid4()}",
        f"/staff/processes/{uuid.uuid4()}/change",
        f"{base}/phases/{phase_id}/change",
        f"{base}/categories/{category_id}/change",
        f"/staff/areas/import/{uuid.uuid4()}",
    ):
        assert staff.get(path).status_code == 404, path
    for path in (f"{base}/phases/{phase_id}/change", f"{base}/categories/{category_id}/change"):
        assert staff.post(path, data={"version": "1"}).status_code == 404, path


def test_only_administrators_get_in(client, as_role, process, db):
    db.session.commit()
    url = f"/staff/processes/{process.id}"
    assert client.get(url).status_code == 302
    assert as_role("resident").get(url).status_code == 404
    assert as_role(Role.MODERATOR, process).get(url).status_code == 403
    assert as_role(Role.MODERATOR, process).get("/staff/").status_code == 200


def test_the_staff_area_shows_what_each_may_do(staff, as_role, process, db):
    db.session.commit()
    assert 'href="/staff/areas"' in text_of(staff.get("/staff/"))
    moderator = as_role(Role.MODERATOR, process)
    assert 'href="/staff/areas"' not in text_of(moderator.get("/staff/"))


def test_a_city_without_areas_is_told_to_begin_with_them(staff):
    page = text_of(staff.get("/staff/processes"))
    assert "Begin with the areas" in page
    assert "Begin with the districts" in text_of(staff.get("/staff/areas"))


def test_a_city_with_areas_and_no_process_is_told_to_set_one_up(staff, db):
    spaces.area()
    db.session.commit()
    assert "There is no process yet" in text_of(staff.get("/staff/processes"))


@pytest.mark.parametrize("page", ["index", "process", "areas"])
def test_staff_lists_ask_equally_often_however_long_they_are(staff, process, db, constant_queries, page):
    process_id, area_id = process.id, process.area_id
    db.session.commit()

    def more():
        found = queries.process(db.session(), process_id)
        spaces.phase(found)
        spaces.category(found)
        spaces.process(area=spaces.area(parent=queries.area(db.session(), area_id)))

    urls = {"index": "/staff/processes", "process": f"/staff/processes/{process_id}", "areas": "/staff/areas"}
    constant_queries(staff, urls[page], more=more)


def test_the_names_of_an_area_are_changed_and_those_in_other_languages_kept(staff, db):
    area = spaces.area({"en": "Centre", "sv": "Centrum"})
    url, area_id = f"/staff/areas/{area.id}/change", area.id
    db.session.commit()
    assert staff.post(url, data={"name_en": "City Centre", "name_ar": "الوسط", "version": "1"}).status_code == 302
    assert the(db, Area, id=area_id).name == {"sv": "Centrum", "en": "City Centre", "ar": "الوسط"}
    stale = staff.post(url, data={"name_en": "Middle", "version": "1"})
    assert stale.status_code == 409
    assert re.search(r"Name \(English\)</dt>.*?City Centre.*?Middle", text_of(stale))
    empty = staff.post(url, data={"name_en": "", "name_ar": "", "version": "2"})
    assert empty.status_code == 422
    assert 'id="name_en-error"' in text_of(empty)


def test_an_area_is_removed_after_asking_and_one_in_use_is_not(staff, process, db):
    spare = spaces.area("Spare")
    spare_url, used_url = f"/staff/areas/{spare.id}/remove", f"/staff/areas/{process.area_id}/remove"
    db.session.commit()
    assert "What happens when you remove it" in text_of(staff.get(spare_url))
    assert staff.post(spare_url).status_code == 302
    assert staff.post(spare_url).status_code == 302  # a second click
    assert staff.get(spare_url).status_code == 404
    refused = staff.post(used_url)
    assert refused.status_code == 409
    assert "This area cannot be removed" in text_of(refused)
    assert len(db.session.scalars(select(Area)).all()) == 1


def test_a_year_that_nobody_means_gives_one_reason_for_each_field(staff, process, db):
    db.session.commit()
    page = text_of(staff.post(f"/staff/processes/{process.id}/phases/new", data=phase_data(ends_at="9999-12-31T23:59")))
    assert "Say when the phase ends." not in page


def test_before_publishing_staff_read_what_is_missing_and_where_to_add_it(staff, db):
    draft = spaces.process(slug="new", state=ProcessState.DRAFT)
    draft_id = draft.id
    db.session.commit()
    for address in (f"/staff/processes/{draft_id}", f"/staff/processes/{draft_id}/state"):
        page = text_of(staff.get(address))
        assert "there is nothing to vote on yet" in page
        assert 'href="/staff/budgets"' in page
        assert "There is no category yet" in page
    draft = db.session.get(Process, draft_id)
    budgets.pot(draft)
    spaces.category(draft, "Green")
    db.session.commit()
    page = text_of(staff.get(f"/staff/processes/{draft_id}"))
    assert "there is nothing to vote on yet" not in page
    assert "There is no category yet" not in page


def test_areas_of_imported_elections_come_last_in_the_list(staff, db):
    spaces.area("Aachen, imported", code="election-aachen")
    spaces.area("Zoo", code="zoo")
    db.session.commit()
    page = text_of(staff.get("/staff/processes/new"))
    assert page.index("Zoo") < page.index("Aachen, imported")
