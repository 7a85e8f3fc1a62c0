"""Areas come in from a file: by page with a preview, or by command; everything or nothing."""

import json
import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.features.spaces import queries, use_cases
from app.features.spaces.area_files import reading
from app.features.spaces.area_files.problems import FileRefused
from app.features.spaces.area_files.reading import MOST_BYTES
from app.features.spaces.area_files.rows import ImportOptions
from app.features.spaces.models import Area, AreaUpload
from app.kernel import geometry
from app.kernel.audit import AuditEntry
from app.kernel.permissions import SYSTEM, Role
from tests.factories import spaces

DISTRICTS = Path("app/developers/city_data/areas.geojson")
BOX = [[24.90, 60.15], [25.00, 60.15], [25.00, 60.20], [24.90, 60.20], [24.90, 60.15]]
WEST = [[24.90, 60.15], [24.95, 60.15], [24.95, 60.20], [24.90, 60.20], [24.90, 60.15]]
BOWTIE = [[24.90, 60.15], [24.95, 60.20], [24.95, 60.15], [24.90, 60.20], [24.90, 60.15]]


def row(name, code, ring=BOX, **properties):
    """One row of a file."""
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"name": name, "code": code, **properties}, "geometry": geometry}


def file_of(*rows, **members):
    """A file as bytes."""
    return json.dumps({"type": "FeatureCollection", "features": list(rows), **members}).encode()


GOOD = file_of(row("Centre", "centre"), row("West", "west", WEST, parent="centre"))


@pytest.fixture
def staff(as_role):
    """A client signed in as an administrator."""
    return as_role(Role.ADMINISTRATOR)


def send(client, content, name="districts.geojson", **data):
    """Choose a file and press the button."""
    return client.post("/staff/areas/import", data={"file": (BytesIO(content), name), "parent_code": "", **data})


def text_of(response):
    """The page as one line."""
    return " ".join(response.get_data(as_text=True).split())


def confirm(client, url):
    """Press the button of the preview."""
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', client.get(url).get_data(as_text=True))[1]
    return client.post(url, data={"seen": seen}, follow_redirects=True)


def codes(db):
    """The codes of all areas."""
    return set(db.session.scalars(select(Area.code)))


def test_a_file_is_checked_shown_and_only_then_imported(staff, db):
    url = send(staff, GOOD).location
    assert codes(db) == set()
    page = text_of(staff.get(url))
    assert re.search(r"2</dd>|2 </dd>", page)
    for words in ("districts.geojson", "Centre", "West", "New", "Import these areas"):
        assert words in page
    done = text_of(confirm(staff, url))
    assert "2 areas added. 0 areas changed." in done
    assert codes(db) == {"centre", "west"}
    assert db.session.scalars(select(AreaUpload)).all() == []
    west = queries.area_by_code(db.session(), "west")
    assert (west.level, west.parent_id) == (1, queries.area_by_code(db.session(), "centre").id)
    assert db.session.scalars(select(AuditEntry.action)).all().count("area.added") == 2


def test_a_second_click_on_import_changes_nothing(staff, db):
    url = send(staff, GOOD).location
    page = staff.get(url).get_data(as_text=True)
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)[1]
    staff.post(url, data={"seen": seen})
    again = staff.post(url, data={"seen": seen}, follow_redirects=True)
    assert again.status_code == 200
    assert "imported or discarded already" in text_of(again)
    assert codes(db) == {"centre", "west"}


def test_the_same_file_again_says_that_there_is_nothing_to_do(staff, db):
    confirm(staff, send(staff, GOOD).location)
    before = {area.code: area.version for area in db.session.scalars(select(Area))}
    page = text_of(staff.get(send(staff, GOOD).location))
    assert "There is nothing to import" in page
    assert "Import these areas" not in page
    use_cases.import_areas(db.session(), SYSTEM, GOOD, ImportOptions())
    db.session.commit()
    assert {area.code: area.version for area in db.session.scalars(select(Area))} == before


def test_a_file_can_be_discarded(staff, db):
    url = send(staff, GOOD).location
    page = staff.post(f"{url}/discard", follow_redirects=True)
    assert "Nothing was imported." in text_of(page)
    assert staff.get(url).status_code == 404
    assert codes(db) == set()


def test_every_problem_is_listed_by_row_and_nothing_is_kept(staff, db):
    content = file_of(
        row("Fine", "fine"),
        row("", "nameless"),
        row("Open <b>ring</b>", "open", BOX[:-1]),
        row("Bow", "bow", BOWTIE),
        row("Twin", "fine"),
        row("Lost", "lost", parent="nowhere"),
    )
    response = send(staff, content, parent_code="", name_property="name")
    page = text_of(response)
    assert response.status_code == 422
    for number, words in ((2, "It has no name."), (3, "not closed"), (4, "crosses itself"), (5, "stands in row 1 already")):
        assert re.search(rf">{number}\s*</th>.*?{words}", page), words
    assert "Open &lt;b&gt;ring&lt;/b&gt;" in page
    assert 'value="name"' in page  # what was typed is kept
    assert "Your settings below are kept" in page
    assert codes(db) == set()
    assert db.session.scalars(select(AreaUpload)).all() == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "This file is empty."),
        (b"\x00\x01", "null bytes"),
        (b"<kml/>", "This is XML"),
        ("Straße".encode("latin-1"), "not written in UTF-8"),
        (b"{", "line 1, column 2"),
        (file_of(row("A", "a"), crs={"properties": {"name": "EPSG:3879"}}), "EPSG:3879"),
    ],
)
def test_what_is_no_file_of_areas_is_said_beside_the_field(staff, db, content, says):
    response = send(staff, content, name="x\x00<b>.shp")
    assert response.status_code == 422
    assert says in text_of(response)
    assert 'id="file-error"' in text_of(response)


def test_a_file_that_is_too_big_is_refused(staff, monkeypatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 100)
    response = send(staff, GOOD)
    assert response.status_code == 422
    assert "Simplify the outlines or split the file." in text_of(response)


def test_forgetting_the_file_is_said_beside_the_field(staff):
    no_choice = b'--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--x--\r\n'
    for options in (
        {"data": {}},
        {"data": {"file": "text"}},
        {"data": no_choice, "content_type": "multipart/form-data; boundary=x"},
    ):
        response = staff.post("/staff/areas/import", **options)
        assert response.status_code == 422
        assert "Choose a file." in text_of(response)


def test_crossing_outlines_are_repaired_only_when_asked_and_the_preview_says_which(staff, db):
    content = file_of(row("Bow", "bow", BOWTIE), row("Fine", "fine"))
    assert send(staff, content).status_code == 422
    response = send(staff, content, repair="y")
    assert "outline repaired" in text_of(staff.get(response.location))
    confirm(staff, response.location)
    assert codes(db) == {"bow", "fine"}


def test_rows_without_a_parent_go_into_the_chosen_area(staff, db):
    spaces.area(code="centre")
    db.session.commit()
    confirm(staff, send(staff, file_of(row("West", "west", WEST)), parent_code="centre").location)
    assert queries.area_by_code(db.session(), "west").level == 1
    response = send(staff, file_of(row("East", "east", WEST)), parent_code="nowhere")
    assert response.status_code == 422
    assert "There is no area with the code “nowhere”." in text_of(response)


def test_areas_that_changed_after_the_preview_are_shown_again_before_anything_is_imported(staff, db):
    url = send(staff, GOOD).location
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', staff.get(url).get_data(as_text=True))[1]
    spaces.area("Centre", code="centre")
    db.session.commit()
    response = staff.post(url, data={"seen": seen})
    assert response.status_code == 409
    assert "The areas have changed since you checked this file" in text_of(response)
    assert codes(db) == {"centre"}
    confirm(staff, url)
    assert codes(db) == {"centre", "west"}


def test_a_file_that_no_longer_fits_says_why(staff, db):
    spaces.area(code="centre")
    db.session.commit()
    url = send(staff, file_of(row("West", "west", WEST, parent="centre"))).location
    db.session.delete(queries.area_by_code(db.session(), "centre"))
    db.session.commit()
    response = staff.get(url)
    assert response.status_code == 409
    assert "neither in this file" in text_of(response)
    again = staff.post(url, data={"seen": "0" * 32})
    assert again.status_code == 409
    assert "neither in this file" in text_of(again)


def test_files_that_nobody_confirmed_are_thrown_away_after_a_day(staff, db, clock):
    first = send(staff, GOOD).location
    clock.advance(days=1, minutes=1)
    second = send(staff, GOOD).location
    assert staff.get(first).status_code == 404
    assert staff.get(second).status_code == 200


def test_a_changed_outline_changes_the_area_and_where_places_are_counted(db):
    session = db.session()
    centre = spaces.area(code="centre", name={"en": "Centre", "ar": "الوسط"})
    process = spaces.process(area=centre)
    far = geometry.point(24.99, 60.16)
    assert queries.area_at(session, process, far) is centre
    plan = use_cases.import_areas(session, SYSTEM, file_of(row("City Centre", "centre", WEST)), ImportOptions())
    session.flush()
    assert plan.areas[0].changes == ("name", "outline")
    assert centre.name == {"en": "City Centre", "ar": "الوسط"}
    assert centre.version == 2
    assert queries.area_at(session, process, far) is None
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "area.changed")).one()
    assert entry.details["changes"] == ["name", "outline"]


def test_an_area_that_moves_takes_those_below_it_along(db):
    session = db.session()
    top, other = spaces.area(code="top"), spaces.area(code="other")
    west = spaces.area(code="west", box=(24.90, 60.15, 24.95, 60.20), parent=top)
    corner = spaces.area(code="corner", box=(24.90, 60.15, 24.91, 60.16), parent=west)
    below = spaces.area("New", code="new", parent=other)
    use_cases.import_areas(session, SYSTEM, file_of(row("West", "west", WEST, parent="new")), ImportOptions())
    assert (west.parent_id, west.level, corner.level) == (below.id, 2, 3)


def test_nothing_is_imported_when_one_row_is_wrong(db):
    with pytest.raises(FileRefused) as refusal:
        use_cases.import_areas(
            db.session(), SYSTEM, file_of(row("Fine", "fine"), row("Open", "open", BOX[:-1])), ImportOptions()
        )
    assert [problem.row for problem in refusal.value.problems] == [2]
    assert codes(db) == set()


@pytest.fixture
def run(app: Flask, db):
    """Run a command line in this test's database."""

    def command(*words):
        return app.test_cli_runner().invoke(args=["spaces", "import-areas", *map(str, words)])

    return command


def test_the_demonstration_city_comes_in_by_one_command_and_only_once(run, db):
    first = run(DISTRICTS)
    assert first.exit_code == 0, first.output
    count = len(json.loads(DISTRICTS.read_text())["features"])
    assert f"Imported: {count} added, 0 changed, 0 same." in first.output
    assert len(codes(db)) == count
    assert f"Nothing to do: the city has all {count} areas" in run(DISTRICTS).output


def test_a_command_that_only_checks_imports_nothing(run, db, tmp_path):
    path = tmp_path / "a.geojson"
    path.write_bytes(GOOD)
    result = run(path, "--check")
    assert "Only checked, nothing imported: 2 added" in result.output
    assert codes(db) == set()


def test_the_command_lists_every_problem_and_fails(run, db, tmp_path):
    path = tmp_path / "a.geojson"
    path.write_bytes(file_of(row("Fine", "fine"), row("Open", "open", BOX[:-1]), row("", "x")))
    result = run(path)
    assert result.exit_code == 1
    assert "row 2 (Open): Ring 1 is not closed" in result.output
    assert "row 3: It has no name." in result.output
    assert "Nothing was imported: 2 problems" in result.output
    assert codes(db) == set()


def test_the_command_takes_parent_properties_language_and_repair(run, db, tmp_path):
    spaces.area(code="centre")
    db.session.commit()
    path = tmp_path / "a.geojson"
    path.write_bytes(file_of(row("wrong", "wrong", BOWTIE, nimi="Länsi", tunnus="091-1")))
    options = ("--parent", "centre", "--name-property", "nimi", "--code-property", "tunnus", "--language", "fi")
    assert run(path, *options).exit_code == 1
    result = run(path, *options, "--repair")
    assert result.exit_code == 0, result.output
    assert "+ 091-1: Länsi, outline repaired" in result.output
    area = queries.area_by_code(db.session(), "091-1")
    assert (area.name, area.level) == ({"fi": "Länsi"}, 1)
    result = run(path, "--parent", "nowhere", "--repair")
    assert result.exit_code == 1
    assert "There is no area with the code “nowhere”." in result.output


def test_the_command_keeps_at_most_what_it_may_read(run, tmp_path):
    path = tmp_path / "big.geojson"
    path.write_bytes(b" " * (MOST_BYTES + 10))
    assert "at most 20 MB" in run(path).output


def test_upload_rows_older_than_a_day_are_the_only_ones_removed(staff, db, clock):
    send(staff, GOOD)
    clock.advance(hours=23)
    send(staff, GOOD)
    assert len(db.session.scalars(select(AreaUpload)).all()) == 2
    assert clock.now - timedelta(days=1) < min(db.session.scalars(select(AreaUpload.created_at)))
