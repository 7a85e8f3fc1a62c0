"""The JSON API: what its description promises, and no more than pages show."""

import pytest

from app.extensions import db as database
from app.features.proposals.models import Stance
from tests.factories import accounts, proposals, spaces


@pytest.fixture
def process(session):
    return spaces.process(slug="district")


def test_the_description_is_openapi_three_one_and_names_every_address(client):
    description = client.get("/api/v1/openapi.json").json
    assert description["openapi"].startswith("3.1")
    assert set(description["paths"]) >= {
        "/api/v1/proposals",
        "/api/v1/proposals/{reference}",
        "/api/v1/proposals/{reference}/comments",
    }
    for address, path in description["paths"].items():
        if address.startswith("/api/v1/"):
            assert set(path) <= {"get", "parameters"}
            continue
        for name in set(path) - {"parameters"}:
            assert path[name]["security"], f"{name} {address} says nothing about who may"
    assert set(description["components"]["securitySchemes"]) == {"oauth2", "profile"}
    names = {parameter["name"] for parameter in description["paths"]["/api/v1/proposals"]["get"]["parameters"]}
    assert names == {"q", "process", "category", "area", "answer", "place", "sort", "page", "page_size"}


def test_every_field_of_an_answer_is_described(client, session, process):
    green = spaces.category(process)
    proposal = proposals.proposal(process, category_id=green.id, answer_status="accepted")
    proposals.photo(proposal)
    comment = proposals.comment(proposal)
    proposals.comment(proposal, parent=comment)
    database.session.commit()
    schemas = client.get("/api/v1/openapi.json").json["components"]["schemas"]

    def check(value, schema, where):
        if "$ref" in schema:
            schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
        for option in schema.get("anyOf", ()):
            if "$ref" in option and value is not None:
                check(value, option, where)
        if isinstance(value, dict) and "properties" in schema:
            assert set(value) <= set(schema["properties"]), where
            assert set(schema.get("required", ())) <= set(value), where
            for name, inner in value.items():
                check(inner, schema["properties"][name], f"{where}.{name}")
        if isinstance(value, list) and "items" in schema:
            for inner in value:
                check(inner, schema["items"], f"{where}[]")

    check(client.get("/api/v1/proposals").json, schemas["ProposalPage"], "list")
    check(client.get(f"/api/v1/proposals/{proposal.reference}").json, schemas["ProposalDetail"], "one")
    check(client.get(f"/api/v1/proposals/{proposal.reference}/comments").json, schemas["CommentPage"], "comments")


def test_pages_lead_to_each_other_and_have_everything_once(client, session, process):
    for _ in range(7):
        proposals.proposal(process)
    database.session.commit()
    seen, address = [], "/api/v1/proposals?page_size=3&process=district"
    while address:
        page = client.get(address).json
        assert (page["total"], page["pages"], page["page_size"]) == (7, 3, 3)
        seen += [item["reference"] for item in page["items"]]
        address = page["links"]["next"]
    assert len(seen) == len(set(seen)) == 7


def test_names_are_given_where_pages_show_them(client, session, process):
    author = accounts.person(display_name="Aino", email="aino@example.org")
    proposal = proposals.proposal(process, author=author)
    hidden = proposals.proposal(process, author=author, name_hidden=True)
    proposals.comment(proposal, author=author, stance=Stance.IN_FAVOUR)
    database.session.commit()
    assert "Aino" not in client.get("/api/v1/proposals").text
    assert client.get(f"/api/v1/proposals/{proposal.reference}").json["author"] == "Aino"
    assert client.get(f"/api/v1/proposals/{hidden.reference}").json["author"] is None
    assert client.get(f"/api/v1/proposals/{proposal.reference}/comments").json["items"][0]["author"] == "Aino"
    for path in ("", f"/{proposal.reference}", f"/{proposal.reference}/comments"):
        text = client.get(f"/api/v1/proposals{path}").text
        assert "example.org" not in text
        assert str(author.id) not in text


def test_whoever_asks_gets_what_everybody_gets(as_role, session, process):
    author = as_role("resident")
    hidden = proposals.proposal(process, author=author.person, state="hidden")
    database.session.commit()
    assert author.get(f"/proposals/{hidden.reference}").status_code == 200
    assert author.get(f"/api/v1/proposals/{hidden.reference}").status_code == 404


def test_pages_of_other_hosts_may_read_it_without_a_cookie(client, session, process):
    database.session.commit()
    headers = client.get("/api/v1/proposals").headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_changed(as_role, session, process, method):
    proposal = proposals.proposal(process)
    database.session.commit()
    for path in ("", f"/{proposal.reference}", f"/{proposal.reference}/comments"):
        assert getattr(as_role("resident"), method)(f"/api/v1/proposals{path}").status_code == 405


def test_a_name_that_nothing_has_is_told_to_the_program(client, session, process):
    database.session.commit()
    for name in ("process", "category", "area"):
        answer = client.get(f"/api/v1/proposals?{name}=nowhere")
        assert answer.status_code == 422
        assert answer.json["error"]["fields"] == {name: ["There is nothing of this name."]}
