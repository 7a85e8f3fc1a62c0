"""Everything about a person streams: first byte at once, in a number of statements that does not grow with what there is."""

import io
import json
import zipfile

import pytest

from app.extensions import files
from app.features.consents.takeout import takeout, tree
from app.kernel.personal_data import collections
from tests.factories import accounts, proposals, spaces
from tests.factories.erasure import EMAIL, busy_person


@pytest.fixture
def busy(session):
    person = accounts.person()
    process = spaces.process()
    for _ in range(3):
        one = proposals.proposal(process, author=person)
        proposals.comment(one, author=person)
    proposals.photo(one, key=files.write(b"\xff\xd8 a picture", ".jpg"))
    proposals.photo(one)  # its file is being deleted
    return person


def whole(session, person) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(takeout(session, person.id, str))))


def test_it_holds_the_tree_the_tables_the_readme_and_the_pictures(session, busy):
    archive = whole(session, busy)

    assert archive.testzip() is None
    assert {f"{kind.name}.csv" for kind in collections()} < set(archive.namelist())
    data = json.loads(archive.read("everything.json"))["data"]
    assert len(data["proposals"]) == 3
    assert len(data["photos"]) == 2
    pictures = [name for name in archive.namelist() if name.startswith("photos/")]
    assert [archive.read(name) for name in pictures] == [b"\xff\xd8 a picture"]
    assert pictures[0].removeprefix("photos/") in {row["file"] for row in data["photos"]}


def test_the_first_piece_leaves_before_anything_is_read(session, busy, query_counter):
    with query_counter() as queries:
        pieces = takeout(session, busy.id, str)
        assert next(pieces).startswith(b"PK")
    assert queries.count == 0
    pieces.close()


def test_ten_times_as_much_takes_as_many_statements(session, busy, query_counter):
    with query_counter() as few:
        whole(session, busy)
    for _ in range(30):
        proposals.follow(proposals.proposal(), busy)
        proposals.comment(proposals.proposal(author=busy), author=busy)
    session.expire_all()
    person_id = busy.id
    with query_counter() as many:
        b"".join(takeout(session, person_id, str))

    assert many.count == few.count


def test_the_tree_has_keys_in_capitals_and_values_as_texts(session, busy):
    found = json.loads("".join(tree(session, busy.id)))

    def check(node):
        assert node["key"] == node["key"].upper()
        assert set(node) <= {"key", "value", "children"}
        assert isinstance(node.get("value", ""), str)
        for child in node.get("children", ()):
            check(child)

    check(found)
    kinds = {node["key"]: node["children"] for node in found["children"]}
    assert len(kinds["PROPOSALS"]) == 3
    assert {"key": "LANGUAGE", "value": "en"} in kinds["PROPOSALS"][0]["children"]


def test_the_page_streams_it_and_writes_down_that_it_was_taken(as_role):
    client = as_role("resident")
    answer = client.post("/my-data/everything.zip")

    assert answer.is_streamed
    assert answer.headers["Cache-Control"] == "no-store"
    assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None


def test_every_room_can_be_read_row_by_row(db, app):
    """Readers that load a single object in between fail on a cursor that stands open; so each has something to read here."""
    with app.app_context():
        person = busy_person()
        db.session().flush()
        data = json.loads(whole(db.session(), person).read("everything.json"))["data"]

    assert [row["iso_27560_jws"].count(".") for row in data["receipts"]] == [2, 2]
    assert len(data["city_profile"]) == 1
    assert [row["identifier"] for row in data["individuals"]] == [EMAIL]
    assert {row["kind"] for row in data["usages"]} == {"release", "newsletter"}
