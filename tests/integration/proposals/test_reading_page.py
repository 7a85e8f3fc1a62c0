"""The page of one proposal: what it says, to whom, and what it never says."""

import pytest

from app.extensions import db as database
from app.features.proposals.models import PlaceKind, ProposalState
from app.features.spaces.models import Action
from app.kernel.permissions import Channel, Role
from tests.factories import accounts, proposals, spaces

MARKUP = '<script>alert("x")</script><img src=x onerror=alert(1)>'


@pytest.fixture
def process(session):
    return spaces.process()


def page(client, proposal, query=""):
    response = client.get(f"/proposals/{proposal.reference}{query}")
    assert response.status_code == 200
    return response.text


def test_the_page_says_what_where_who_and_when(client, session, process, clock):
    area = spaces.area("Harbour", parent=process.area)
    green = spaces.category(process, "Green")
    proposal = proposals.proposal(
        process,
        title="A bench",
        author=accounts.person(display_name="Aino"),
        area_id=area.id,
        category_id=green.id,
        place_label="Pier 3",
    )
    proposals.photo(proposal, alternative_text="The empty corner")
    database.session.commit()
    text = page(client, proposal)
    for words in ("A bench", "Aino", "Harbour", "Green", "Pier 3", "May 11, 2026", "The empty corner", proposal.reference):
        assert words in text, words


def test_a_reference_works_however_it_is_typed(client, session, process):
    proposal = proposals.proposal(process)
    database.session.commit()
    for typed in (proposal.reference.lower(), f"%20{proposal.reference} ", proposal.reference.replace("-", "-%20")):
        answer = client.get(f"/proposals/{typed}?order=oldest")
        assert answer.status_code == 301, typed
        assert answer.location == f"/proposals/{proposal.reference}?order=oldest"


@pytest.mark.parametrize(
    "typed", ["P-", "P-22222", "x", "P-%00", "P-%F0%9F%99%82", "P-" + "2" * 400, "..%2f..", "' OR 1=1", "%ff"]
)
def test_what_is_no_reference_is_not_found(client, session, typed):
    assert client.get(f"/proposals/{typed}").status_code == 404


def test_a_name_that_is_hidden_is_shown_nowhere(client, session, process):
    proposal = proposals.proposal(process, author=accounts.person(display_name="Aino Secret"), name_hidden=True)
    database.session.commit()
    for path in (
        f"/proposals/{proposal.reference}",
        f"/proposals/{proposal.reference}/print",
        f"/api/v1/proposals/{proposal.reference}",
    ):
        text = client.get(path).text
        assert "Aino" not in text
        assert "A resident" in text or path.startswith("/api")


@pytest.mark.parametrize(
    ("channel", "words"), [(Channel.PAPER, "on paper"), (Channel.PHONE, "by phone"), (Channel.DESK, "at the counter")]
)
def test_what_came_without_a_screen_says_so_beside_the_name(client, session, process, channel, words):
    proposal = proposals.proposal(process, author=None, author_name="Helmi", channel=channel)
    database.session.commit()
    assert f"Helmi</bdi>, {words}" in page(client, proposal)


def test_markup_is_shown_as_it_was_typed(client, session, process):
    person = accounts.person(display_name=MARKUP)
    proposal = proposals.proposal(process, title=MARKUP, text=MARKUP, place_label=MARKUP, author=person)
    proposals.photo(proposal, alternative_text=MARKUP)
    proposals.comment(proposal, text=MARKUP, author=person)
    database.session.commit()
    for path in (
        f"/proposals/{proposal.reference}",
        f"/proposals/{proposal.reference}/print",
        "/proposals",
        "/proposals/feed.atom",
        f"/proposals?q={MARKUP}",
    ):
        text = client.get(path).text
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path
    features = client.get("/proposals/features.geojson")
    assert features.mimetype == "application/geo+json"
    assert features.json["features"][0]["properties"]["title"] == MARKUP


@pytest.mark.parametrize("state", [ProposalState.PENDING, ProposalState.HIDDEN, ProposalState.WITHDRAWN])
def test_its_author_and_moderators_still_see_what_others_do_not(client, as_role, session, process, state):
    author, somebody = as_role("resident"), as_role("resident")
    moderator, clerk = as_role(Role.MODERATOR, process), as_role(Role.CLERK, process)
    moderator_elsewhere = as_role(Role.MODERATOR, spaces.process())
    proposal = proposals.proposal(process, author=author.person, state=state)
    path = f"/proposals/{proposal.reference}"
    database.session.commit()
    for reader in (client, somebody, clerk, moderator_elsewhere):
        assert reader.get(path).status_code == 404
    for reader in (author, moderator):
        answer = reader.get(path)
        assert answer.status_code == 200
        assert f"{path}/support" not in answer.text


def test_a_draft_is_its_authors_alone(client, as_role, session, process):
    author = as_role("resident")
    draft = proposals.draft(process, author=author.person)
    database.session.commit()
    assert as_role(Role.MODERATOR, process).get(f"/proposals/{draft.reference}").status_code == 404
    assert "Only you see it" in page(author, draft)


def test_people_who_are_not_signed_in_read_that_before_they_click(client, session, process):
    proposal = proposals.proposal(process)
    database.session.commit()
    text = page(client, proposal)
    assert "Sign in to support" in text
    assert f"next=/proposals/{proposal.reference}%23support" in text
    assert "Sign in to comment" in text
    assert 'method="post"' not in text.split("<footer")[0].split("</header>")[1]


def test_a_closed_phase_says_why_before_the_click(as_role, session, clock):
    process = spaces.process(open_for=())
    spaces.phase(process, "Supporting", actions=[Action.SUPPORT], starts_at=clock.now.replace(month=6))
    proposal = proposals.proposal(process)
    database.session.commit()
    text = page(as_role("resident"), proposal)
    assert "You can support proposals from June 11, 2026" in text
    assert "There are no comments in this process." in text
    assert f"/proposals/{proposal.reference}/support" not in text
    assert f"/proposals/{proposal.reference}/comments" not in text


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"at": None}, "The whole city"),
        ({"place_kind": PlaceKind.AREA, "geojson": None, "place_label": ""}, "All of Centre"),
        ({"place_label": "Pier 3"}, "Pier 3, Centre"),
    ],
)
def test_the_place_is_said_in_words(client, session, attributes, words):
    proposal = proposals.proposal(spaces.process(area=spaces.area("Centre")), **attributes)
    database.session.commit()
    assert words in page(client, proposal)


def test_the_sheet_has_a_code_that_leads_back(client, session, process):
    proposal = proposals.proposal(process)
    database.session.commit()
    sheet = client.get(f"/proposals/{proposal.reference}/print").text
    assert "<svg" in sheet
    assert f"/proposals/{proposal.reference}</span>" in sheet


def test_ten_times_as_many_comments_ask_the_database_no_more_often(client, as_role, session, process, query_counter):
    moderator = as_role(Role.MODERATOR, process)

    def counted(reader):
        reader.get(path)
        with query_counter() as queries:
            assert reader.get(path).status_code == 200
        return queries.count

    proposal = proposals.proposal(process)
    path = f"/proposals/{proposal.reference}"

    def talk(times):
        for _ in range(times):
            comment = proposals.comment(proposal)
            proposals.comment(proposal, parent=comment)
        proposals.photo(proposal)
        database.session.commit()

    talk(3)
    few = counted(client), counted(moderator)
    proposal = database.session().get(type(proposal), proposal.id)
    talk(27)
    assert (counted(client), counted(moderator)) == few
    assert few[0] <= 18


def test_a_public_screen_keeps_nothing_that_was_typed(as_role, session, process):
    proposal = proposals.proposal(process)
    database.session.commit()
    resident = as_role("resident")
    assert 'data-module="autosave"' in page(resident, proposal)
    resident.get("/kiosk")
    assert 'data-module="autosave"' not in page(resident, proposal)
