"""Bad input: whatever stands in an address, the answer is a page, never an accident."""

from urllib.parse import quote
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.extensions import db as database
from app.features.proposals.models import CommentState, ProposalState
from tests.factories import proposals, spaces

PARAMETERS = (
    "q",
    "process",
    "category",
    "area",
    "answer",
    "place",
    "sort",
    "day",
    "page",
    "view",
    "lang",
    "order",
    "comments",
    "reply",
)
NASTY = (
    "",
    "\0",
    "a\0b",
    "x" * 10_000,
    "-1",
    "0",
    "99999999999999999999",
    "1e9",
    "١٢",
    "٣",
    "²",
    "🙂",
    "\u202e",
    "\ufeff",
    "%",
    "' OR 1=1 --",
    '"',
    "<script>",
    "../../etc/passwd",
    "2026-02-30",
    "0000-00-00",
    "2026-05-11T00",
    "none",
    "None",
    "null",
    "{}",
    "[]",
    "é" * 200,
)
LIST, FEATURES, FEED = PAGES = ("/proposals", "/proposals/features.geojson", "/proposals/feed.atom")
# What a page reads by itself: everything else in its address reaches only what all pages share.
READ = {
    LIST: PARAMETERS[:11],
    "/proposals/{reference}": ("lang", "order", "comments", "reply"),
}


@pytest.fixture
def proposal(session):
    proposal = proposals.proposal(spaces.process(slug="district"))
    proposals.comment(proposal)
    database.session.commit()
    return proposal


@pytest.mark.one_database("postgresql")
@pytest.mark.parametrize(("page", "name"), [(page, name) for page, names in READ.items() for name in names])
def test_no_value_of_any_parameter_breaks_a_page(client, proposal, page, name):
    """Alone, where it is read: nothing else in the address keeps it from being used."""
    page = page.format(reference=proposal.reference)
    for value in NASTY:
        answer = client.get(f"{page}?{name}={quote(value)}")
        assert answer.status_code == 200, (page, name, value)


@pytest.mark.parametrize("page", [*PAGES, "/proposals/{reference}", "/proposals/{reference}/print"])
def test_every_value_in_every_parameter_breaks_no_page(client, proposal, page):
    """Every page with every value of every parameter, as many in one address as there are parameters, each another one."""
    page = page.format(reference=proposal.reference)
    for turn in range(len(NASTY)):
        values = [NASTY[(turn + place) % len(NASTY)] for place in range(len(PARAMETERS))]
        query = "&".join(f"{name}={quote(value)}" for name, value in zip(PARAMETERS, values, strict=True))
        assert client.get(f"{page}?{query}").status_code == 200, (page, query)
    for name in PARAMETERS:
        assert client.get(f"{page}?{name}=%ff%fe&{name}=b&{name}[]=c&{name}").status_code == 200, (page, name)


@pytest.mark.parametrize("name", ["q", "process", "category", "area", "answer", "place", "sort", "page", "page_size", "order"])
def test_the_api_answers_bad_values_with_a_reason(client, proposal, name):
    for page in ("/api/v1/proposals", f"/api/v1/proposals/{proposal.reference}/comments"):
        for value in NASTY:
            answer = client.get(f"{page}?{name}={quote(value)}")
            assert answer.status_code in (200, 422), (page, name, value)
            if answer.status_code == 422:
                assert name in answer.json["error"]["fields"], (page, name, value)
        assert client.get(f"{page}?{name}=%ff&{name}=b").status_code in (200, 422)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(PARAMETERS), st.text(max_size=60), max_size=5))
def test_no_mixture_of_values_breaks_the_list(client, proposal, values):
    query = "&".join(f"{name}={quote(value, errors='surrogatepass')}" for name, value in values.items())
    for page in PAGES:
        assert client.get(f"{page}?{query}").status_code == 200


def test_what_was_searched_for_is_shown_as_text(client, proposal):
    text = client.get('/proposals?q="><script>alert(1)</script>').text
    assert "<script>alert" not in text
    assert 'value="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in text


ADDRESSES = (
    "/proposals/{reference}/support",
    "/proposals/{reference}/support/withdraw",
    "/proposals/{reference}/follow",
    "/proposals/{reference}/unfollow",
    "/proposals/{reference}/comments",
    "/proposals/{reference}/comments/{comment}/reply",
    "/proposals/comments/{comment}/withdraw",
    "/proposals/comments/{comment}/restore",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_one_may_not_see_answers_like_what_does_not_exist(as_role, session, address):
    resident = as_role("resident")
    process = spaces.process()
    hidden = [proposals.proposal(process, state=state) for state in ProposalState if state is not ProposalState.PUBLISHED]
    comments = [proposals.comment(one, state=CommentState.HIDDEN) for one in hidden]
    places = [(one.reference, comment.id) for one, comment in zip(hidden, comments, strict=True)] + [("P-22222", uuid4())]
    database.session.commit()
    answers = []
    for reference, comment in places:
        answer = resident.post(
            address.format(reference=reference, comment=comment), data={"text": "Hello", "stance": "neutral"}
        )
        answers.append((answer.status_code, answer.text.replace(answer.headers["X-Request-Id"], "")))
    assert {status for status, _ in answers} == {404}
    assert len({text.split("<main")[1].split("</main>")[0] for _, text in answers}) == 1


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_get_at_what_changes_something_changes_nothing(as_role, session, address):
    proposal = proposals.proposal()
    comment = proposals.comment(proposal)
    database.session.commit()
    answer = as_role("resident").get(address.format(reference=proposal.reference, comment=comment.id))
    assert answer.status_code in (404, 405)
