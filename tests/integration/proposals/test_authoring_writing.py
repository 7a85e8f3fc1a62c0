"""The page for writing a proposal: what it says before the click, and what it keeps whatever is typed."""

import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.proposals.models import PlaceKind, Proposal, ProposalState
from app.features.spaces.models import Action, Participation
from tests.factories import kiosk, proposals, spaces

PIN = '{"type":"Point","coordinates":[24.944,60.17]}'
GOOD = {"title": "A bench in the shade", "text": "There is nowhere to sit.", "where": "map", "drawing": PIN}


@pytest.fixture
def process(session, clock):
    """An open process for people with an account, with one category; its area has a district."""
    area = spaces.area("Old town")
    spaces.area("North", parent=area, box=(24.90, 60.175, 25.00, 60.20))
    found = spaces.process(area=area, slug="parks", open_for=None)
    # Five more days: shorter than a signed-in browser lasts.
    spaces.phase(found, starts_at=clock.now - timedelta(days=1), ends_at=clock.now + timedelta(days=5))
    return found


@pytest.fixture
def category(process):
    return spaces.category(process, "Green")


def keep():
    """Commit what the factories added: signing in has closed the session that the test began with."""
    database.session.commit()


def answers(category=None, **changes):
    return {**GOOD, **({"category_id": str(category.id)} if category else {}), **changes}


def stored(session):
    database.session.remove()
    return database.session.scalars(select(Proposal)).all()


def draft_id_on(page: str) -> str:
    return re.search(r'name="draft"[^>]*value="([0-9a-f-]{36})"', page)[1]


def test_signing_in_is_asked_for_before_the_form_and_not_after(client, process) -> None:
    page = client.get("/proposals/new?process=parks").text
    assert "Sign in to make a proposal" in page
    assert "<textarea" not in page
    assert "next=/proposals/new?process%3Dparks" in page or "next=%2Fproposals%2Fnew%3Fprocess%3Dparks" in page


def test_a_closed_phase_says_why_before_anything_is_typed(client, session) -> None:
    spaces.process(slug="quiet", open_for=[Action.SUPPORT])
    page = client.get("/proposals/new?process=quiet").text
    assert "This process does not ask for proposals." in page
    assert "<textarea" not in page


def test_a_process_that_nobody_may_see_yet_has_no_form(as_role, session) -> None:
    spaces.process(slug="secret", state="draft")
    assert as_role("resident").get("/proposals/new?process=secret").status_code == 404
    assert as_role("resident").get("/proposals/new?process=nothing-like-this").status_code == 404


def test_the_only_open_process_is_chosen_without_asking(as_role, process) -> None:
    answer = as_role("resident").get("/proposals/new")
    assert answer.headers["Location"] == "/proposals/new?process=parks"
    spaces.process("Streets of tomorrow", slug="streets")
    page = as_role("resident").get("/proposals/new").text
    assert "Streets of tomorrow" in page
    assert "Parks for everybody" in page


def test_a_finished_proposal_is_a_draft_until_it_was_looked_over(as_role, session, process, category) -> None:
    client = as_role("resident")
    answer = client.post("/proposals/new?process=parks", data=answers(category))
    assert answer.status_code == 302
    (draft,) = stored(session)
    assert answer.headers["Location"] == f"/proposals/{draft.id}/review"
    assert draft.state is ProposalState.DRAFT
    assert draft.author_id == client.person.id
    review = client.get(answer.headers["Location"]).text
    assert "Publish proposal" in review
    assert "A bench in the shade" in review


def test_a_second_click_makes_no_second_draft(as_role, session, process, category) -> None:
    client = as_role("resident")
    draft_id = draft_id_on(client.get("/proposals/new?process=parks").text)
    for _click in range(2):
        client.post("/proposals/new?process=parks", data=answers(category, draft=draft_id))
    (draft,) = stored(session)
    assert str(draft.id) == draft_id


def test_an_empty_form_says_everything_that_is_missing_and_is_kept_as_a_draft(as_role, session, process, category) -> None:
    client = as_role("resident")
    answer = client.post("/proposals/new?process=parks", data={"title": "", "text": ""})
    assert answer.status_code == 422
    for words in (
        "Give your proposal a title",
        "Describe your proposal",
        "Choose what your proposal is about",
        "Say where it is",
    ):
        assert words in answer.text
    assert len(stored(session)) == 1


def test_a_mistake_loses_nothing_and_the_rest_is_stored(as_role, session, process, category) -> None:
    client = as_role("resident")
    answer = client.post("/proposals/new?process=parks", data=answers(category, where="coordinates", coordinates="somewhere"))
    assert answer.status_code == 422
    assert "We cannot read these coordinates" in answer.text
    assert 'value="somewhere"' in answer.text
    assert "There is nowhere to sit." in answer.text
    (draft,) = stored(session)
    assert draft.title == "A bench in the shade"
    assert draft.category_id == category.id
    assert f'action="/proposals/{draft.id}/edit"' in answer.text


def test_several_drafts_can_be_begun_and_finished_later(as_role, session, process, clock) -> None:
    client = as_role("resident")
    for title in ("A bench", "A tree"):
        clock.advance(minutes=1)
        answer = client.post("/proposals/new?process=parks", data={"title": title, "action": "later", "where": "city"})
        assert answer.headers["Location"] == "/proposals/drafts"
    page = client.get("/proposals/drafts").text
    assert "A bench" in page
    assert "A tree" in page
    assert page.index("A tree") < page.index("A bench")


def test_a_draft_opens_with_everything_that_was_written(as_role, session, process, category) -> None:
    client = as_role("resident")
    client.post("/proposals/new?process=parks", data=answers(category, name_hidden="y"))
    (draft,) = stored(session)
    page = client.get(f"/proposals/{draft.id}/edit").text
    assert 'value="A bench in the shade"' in page
    assert "There is nowhere to sit." in page
    assert f'<option selected value="{category.id}">' in page
    assert "24.944" in page
    assert re.search(r'<input[^>]*checked[^>]*name="name_hidden"', page)


def test_the_drafts_of_others_do_not_exist(as_role, client, session, process) -> None:
    draft = proposals.draft(process)
    keep()
    for visitor in (as_role("resident"), as_role("administrator"), as_role("moderator", process), client):
        for path in ("edit", "review", "sent", "mine", "withdraw"):
            assert visitor.get(f"/proposals/{draft.id}/{path}").status_code == 404
        for path in ("edit", "publish", "discard", "withdraw", "restore", "name"):
            assert visitor.post(f"/proposals/{draft.id}/{path}", data=answers()).status_code == 404
    assert [one.state for one in stored(session)] == [ProposalState.DRAFT]


def test_an_id_that_was_never_given_out_answers_like_one_of_somebody_else(as_role, process) -> None:
    client = as_role("resident")
    for path in ("edit", "review", "sent", "mine", "withdraw"):
        assert client.get(f"/proposals/{uuid.uuid4()}/{path}").status_code == 404


def test_a_form_with_the_id_of_somebody_elses_draft_changes_nothing(as_role, session, process) -> None:
    draft = proposals.draft(process, title="Mine")
    keep()
    answer = as_role("resident").post("/proposals/new?process=parks", data=answers(draft=str(draft.id)))
    assert answer.status_code == 404
    assert [one.title for one in stored(session)] == ["Mine"]


def test_a_draft_that_was_thrown_away_can_be_brought_back(as_role, session, process) -> None:
    client = as_role("resident")
    draft = proposals.draft(process, author=client.person, title="Keep me")
    keep()
    gone = client.post(f"/proposals/{draft.id}/discard")
    page = client.get(gone.headers["Location"]).text
    assert "Your draft “Keep me” is deleted" in page
    assert "Keep me" not in client.get("/proposals/drafts").text
    assert client.post(f"/proposals/{draft.id}/restore").headers["Location"] == "/proposals/drafts"
    assert "Keep me" in client.get("/proposals/drafts").text


def test_a_page_that_was_overtaken_by_another_window_does_not_overwrite_it_silently(
    as_role, session, process, category, clock
) -> None:
    client = as_role("resident")
    draft = proposals.draft(process, author=client.person, category_id=category.id)
    keep()
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', client.get(f"/proposals/{draft.id}/edit").text)[1]
    clock.advance(minutes=1)
    assert (
        client.post(f"/proposals/{draft.id}/edit", data=answers(category, title="From one window", seen=seen)).status_code
        == 302
    )
    late = client.post(f"/proposals/{draft.id}/edit", data=answers(category, title="From the other", seen=seen))
    assert late.status_code == 409
    assert "changed this draft in another window" in late.text
    assert "From the other" in late.text
    assert stored(session)[0].title == "From one window"
    newer = re.search(r'name="seen"[^>]*value="([^"]+)"', late.text)[1]
    again = client.post(f"/proposals/{draft.id}/edit", data=answers(category, title="From the other", seen=newer))
    assert again.status_code == 302
    assert stored(session)[0].title == "From the other"


def test_a_form_that_was_open_when_the_phase_ended_says_so_and_keeps_the_text(
    as_role, session, process, category, clock
) -> None:
    client = as_role("resident")
    page = client.get("/proposals/new?process=parks").text
    clock.advance(days=6)
    answer = client.post("/proposals/new?process=parks", data=answers(category, draft=draft_id_on(page)))
    assert answer.status_code == 409
    assert "The time for making proposals ended on" in answer.text
    assert "There is nowhere to sit." in answer.text
    assert stored(session) == []


def test_a_draft_can_still_be_written_down_after_the_phase_but_not_published(
    as_role, session, process, category, clock
) -> None:
    client = as_role("resident")
    client.post("/proposals/new?process=parks", data=answers(category))
    (draft,) = stored(session)
    clock.advance(days=6)
    saved = client.post(f"/proposals/{draft.id}/edit", data=answers(category, title="A later thought"))
    assert saved.status_code == 302
    review = client.get(saved.headers["Location"]).text
    assert "The time for making proposals ended on" in review
    assert "Publish proposal" not in review
    answer = client.post(f"/proposals/{draft.id}/publish")
    assert answer.status_code == 409
    assert "The time for making proposals ended on" in answer.text
    assert stored(session)[0].state is ProposalState.DRAFT


def test_a_page_that_was_open_for_too_long_keeps_what_was_typed(app, as_role, session, process, category, monkeypatch) -> None:
    client = as_role("resident")
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    answer = client.post("/proposals/new?process=parks", data=answers(category, csrf_token="from-last-year"))
    assert answer.status_code == 400
    assert "This page had been open for a long time" in answer.text
    assert "There is nowhere to sit." in answer.text
    assert stored(session) == []
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.text)[1]
    assert client.post("/proposals/new?process=parks", data=answers(category, csrf_token=token)).status_code == 302


def test_whoever_was_signed_out_meanwhile_keeps_the_text_and_is_told_to_sign_in(client, session, process, category) -> None:
    answer = client.post("/proposals/new?process=parks", data=answers(category))
    assert answer.status_code == 401
    assert "Sign in to make a proposal in this process" in answer.text
    assert "There is nowhere to sit." in answer.text
    assert stored(session) == []


TITLES = {
    "overlong": ("x" * 500, "at most 120 fit"),
    "only white space": ("   \t ", "Give your proposal a title"),
    "only null bytes": ("\0\0", "Give your proposal a title"),
    "only direction marks": ("\u202e\u2066", "Give your proposal a title"),
}


@pytest.mark.parametrize("name", TITLES)
def test_a_title_that_cannot_be_is_explained_beside_it(as_role, session, process, category, name) -> None:
    typed, words = TITLES[name]
    answer = as_role("resident").post("/proposals/new?process=parks", data=answers(category, title=typed))
    assert answer.status_code == 422
    assert words in answer.text
    assert "There is nowhere to sit." in answer.text


def test_what_is_too_long_stays_whole_on_the_page(as_role, session, process, category) -> None:
    long_text = "A sentence. " * 600 + "THE VERY END"
    answer = as_role("resident").post("/proposals/new?process=parks", data=answers(category, text=long_text))
    assert answer.status_code == 422
    assert "at most 5000 fit" in answer.text
    assert "THE VERY END" in answer.text
    assert len(stored(session)[0].text) <= 5000


ODD = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "a template": "{{ 7*7 }} ${7*7} {% raw %}",
    "right to left": "\u200fمقعد في الظل\u200f",
    "overrides": "safe \u202e gnp.exe",
    "emoji": "🌳👩‍👩‍👧‍👦🇫🇮",
    "null bytes": "A bench\0 in\0 the shade",
    "control characters": "A\x01 bench\x1b[31m",
    "lone surrogate look-alike": "A bench \ufffd",
    "quotes": "\"'`´”",
    "formula": '=HYPERLINK("http://example.org")',
    "one hundred and twenty": "ü" * 120,
}


@pytest.mark.parametrize("name", ODD)
def test_whatever_people_type_is_kept_and_shown_as_text(as_role, session, process, category, name) -> None:
    client = as_role("resident")
    answer = client.post("/proposals/new?process=parks", data=answers(category, title=ODD[name], text=ODD[name]))
    assert answer.status_code == 302, answer.text
    (draft,) = stored(session)
    review = client.get(f"/proposals/{draft.id}/review").text
    edit = client.get(f"/proposals/{draft.id}/edit").text
    for page in (review, edit):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "\0" not in page
        assert "\u202e" not in page
        assert ">49<" not in page
    client.post(f"/proposals/{draft.id}/publish")
    assert stored(session)[0].state is ProposalState.PUBLISHED


STRANGE = {
    "repeated fields": {"title": ["One", "Two"], "text": ["a", "b"], "where": ["city", "map"], "drawing": [PIN, "x"]},
    "fields nobody asked for": {
        "state": "published",
        "author_id": str(uuid.uuid4()),
        "reference": "P-AAAAA",
        "published_at": "1",
    },
    "a file for a title": {"title": "x", "draft": "not-an-id", "seen": "yesterday"},
    "an unknown button": {"action": "explode"},
    "an id with null bytes": {"draft": "\0", "category_id": "\0", "area": "\0", "seen": "\0"},
}


@pytest.mark.parametrize("name", STRANGE)
def test_strange_forms_do_no_harm(as_role, session, process, category, name) -> None:
    answer = as_role("resident").post("/proposals/new?process=parks", data=answers(category, **STRANGE[name]))
    assert answer.status_code in (302, 422)
    (draft,) = stored(session)
    assert draft.state is ProposalState.DRAFT
    assert draft.reference != "P-AAAAA"
    assert draft.published_at is None


@pytest.mark.parametrize("wrong", ["not-an-id", "7b0c8a0e-6f2d-4a53-9d55-0d6b1f3c2a11", "", "\0", "1 OR 1=1"])
def test_a_category_of_nowhere_is_no_answer(as_role, session, process, category, wrong) -> None:
    answer = as_role("resident").post("/proposals/new?process=parks", data=answers(category, category_id=wrong))
    assert answer.status_code == 422
    assert "Choose what your proposal is about" in answer.text


def test_a_category_that_staff_removed_meanwhile_has_to_be_chosen_again(as_role, session, process, category) -> None:
    category.archived = True
    keep()
    spaces.category(process, "Play")
    answer = as_role("resident").post("/proposals/new?process=parks", data=answers(category))
    assert answer.status_code == 422
    assert "Choose what your proposal is about" in answer.text


def test_nobody_has_more_drafts_than_can_be_kept_in_mind(as_role, session, process) -> None:
    client = as_role("resident")
    for _draft in range(30):
        proposals.draft(process, author=client.person)
    keep()
    answer = client.post("/proposals/new?process=parks", data=answers())
    assert answer.status_code == 422
    assert "You have 30 drafts" in answer.text
    assert "There is nowhere to sit." in answer.text


def test_the_list_of_drafts_asks_the_database_equally_often_for_one_and_for_many(as_role, process, constant_queries) -> None:
    client = as_role("resident")
    constant_queries(client, "/proposals/drafts", more=lambda: proposals.draft(process, author_id=client.person.id))


def test_a_writer_without_an_account_finds_the_draft_in_the_same_browser_only(app, session) -> None:
    spaces.process(slug="open", participation=Participation.ANYBODY)
    keep()
    ann, eve = app.test_client(), app.test_client()
    draft_id = draft_id_on(ann.get("/proposals/new?process=open").text)
    answer = ann.post("/proposals/new?process=open", data=answers(draft=draft_id, author_name="Ann"))
    assert answer.headers["Location"] == f"/proposals/{draft_id}/review"
    assert "A bench in the shade" in ann.get("/proposals/drafts").text
    assert ann.get(f"/proposals/{draft_id}/edit").status_code == 200
    assert "A bench in the shade" not in eve.get("/proposals/drafts").text
    assert eve.get(f"/proposals/{draft_id}/edit").status_code == 404
    assert eve.post(f"/proposals/{draft_id}/publish").status_code == 404


def test_the_session_of_a_browser_cannot_be_forged(app, session) -> None:
    process = spaces.process(slug="open", participation=Participation.ANYBODY)
    draft, _token = proposals.guest_proposal(process, state=ProposalState.DRAFT)
    keep()
    draft_id = draft.id
    eve = app.test_client()
    eve.set_cookie("plaza", f'{{"own_proposals":["{draft_id.hex}"]}}')
    assert eve.get(f"/proposals/{draft_id}/edit").status_code == 404
    with eve.session_transaction() as cookie:
        cookie["own_proposals"] = ["nonsense", 7, None, draft_id.hex[:10]]
    assert eve.get("/proposals/drafts").status_code == 200


def test_a_guest_is_asked_for_a_name_and_a_person_with_an_account_is_not(app, as_role, session) -> None:
    spaces.process(slug="open", participation=Participation.ANYBODY)
    keep()
    assert 'name="author_name"' in app.test_client().get("/proposals/new?process=open").text
    page = as_role("resident").get("/proposals/new?process=open").text
    assert 'name="author_name"' not in page
    assert 'name="name_hidden"' in page


def test_a_public_screen_keeps_nothing_in_the_browser_and_asks_for_no_photos(app, session) -> None:
    spaces.process(slug="open", participation=Participation.ANYBODY)
    keep()
    screen = kiosk.become(app.test_client())
    page = screen.get("/proposals/new?process=open").text
    assert 'id="proposal-form"' in page
    assert 'data-module="autosave"' not in page
    assert 'name="photo_1"' not in page
    screen.post("/proposals/new?process=open", data=answers(draft=draft_id_on(page)))
    assert stored(session)[0].channel == "kiosk"
    screen.post("/kiosk/reset")
    assert "A bench in the shade" not in screen.get("/proposals/drafts").text


def test_places_are_said_with_or_without_a_map(as_role, session, process) -> None:
    client = as_role("resident")
    north = next(area for area in process_areas(session) if area.name["en"] == "North")
    ways = {
        PlaceKind.POINT: {"where": "map", "drawing": PIN},
        PlaceKind.LINE: {"where": "map", "drawing": '{"type":"LineString","coordinates":[[24.94,60.17],[24.95,60.171]]}'},
        PlaceKind.POLYGON: {
            "where": "map",
            "drawing": '{"type":"Polygon","coordinates":[[[24.94,60.17],[24.95,60.17],[24.95,60.18],[24.94,60.17]]]}',
        },
        PlaceKind.AREA: {"where": "area", "area": str(north.id)},
        PlaceKind.WHOLE_CITY: {"where": "city"},
    }
    for kind, said in ways.items():
        answer = client.post("/proposals/new?process=parks", data={"title": kind.value, "text": "x", **said})
        assert answer.status_code == 302, answer.text
        assert next(one for one in stored(session) if one.title == kind.value).place_kind is kind


def process_areas(session):
    from app.features.spaces.models import Area

    return session.scalars(select(Area)).all()
