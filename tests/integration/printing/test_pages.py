"""Staff look at paper ballots and print tests; operators print and read from the command line."""

import io
import json
import uuid
import zipfile

import pytest
from PIL import Image

from app.extensions import db
from app.features.printing.queries import FormLayout, Kind, Look, Variant, read_code
from app.features.printing.use_cases import ProposalSubject, print_run, proposal_form
from app.features.scans.queries import Layouts, Tray
from app.features.scans.use_cases import read_scans
from app.features.spaces.models import Process
from app.kernel.permissions import Role
from tests.factories import budgets, printing


@pytest.fixture
def pot(session):
    found = budgets.pot()
    for _ in range(4):
        budgets.project(found)
    db.session.commit()
    return found


def space(pot):
    return db.session.get(Process, pot.process_id)


def test_the_pots_page_leads_to_its_paper_ballots_in_every_look(as_role, pot) -> None:
    client = as_role(Role.COMMITTEE, space(pot))
    assert f"/staff/paper/ballots/{pot.id}" in client.get(f"/staff/budgets/{pot.id}").text
    page = client.get(f"/staff/paper/ballots/{pot.id}").text
    for part in ("print=large", "print=easy", "in=ar", "paper=letter", "test.pdf", "1.png"):
        assert part in page
    picture = client.get(f"/staff/paper/ballots/{pot.id}/1.png?in=fi")
    assert Image.open(io.BytesIO(picture.data)).size[0] == 900
    again = client.get(f"/staff/paper/ballots/{pot.id}/1.png?in=fi", headers={"If-None-Match": picture.headers["ETag"]})
    assert again.status_code == 304
    assert client.get(f"/staff/paper/ballots/{pot.id}/99.png").status_code == 404
    assert client.get(f"/staff/paper/ballots/{pot.id}?print=tiny").status_code == 404


def test_a_test_print_from_the_page_is_read_as_a_test_of_todays_form(app, as_role, pot, tmp_path) -> None:
    answer = as_role(Role.COMMITTEE, space(pot)).get(f"/staff/paper/ballots/{pot.id}/test.pdf?print=large&in=de")
    assert answer.data.startswith(b"%PDF")
    file = tmp_path / "test.pdf"
    file.write_bytes(answer.data)
    run = app.test_cli_runner().invoke(args=["scans", "read", str(file), "--json"], catch_exceptions=False)
    lines = [json.loads(line) for line in run.output.splitlines()]
    assert run.exit_code == 0
    assert [one["tray"] for one in lines] == ["test_print"] * len(lines)
    assert {field["field"] for one in lines for field in one["fields"]} == {one.number for one in pot.projects}


def test_who_does_not_set_up_budgets_finds_no_paper_ballots(as_role, pot) -> None:
    assert as_role(Role.CLERK, space(pot)).get(f"/staff/paper/ballots/{pot.id}").status_code in (403, 404)
    assert as_role(Role.COMMITTEE, space(pot)).get(f"/staff/paper/ballots/{uuid.uuid4()}").status_code == 404
    empty = budgets.pot(space(pot))
    page = as_role(Role.COMMITTEE, space(pot)).get(f"/staff/paper/ballots/{empty.id}")
    assert "There is no project on this ballot yet" in page.text


def test_the_command_line_prints_a_form_with_its_layout_and_reads_it_with_that(app, pot, tmp_path) -> None:
    pdf, layout = tmp_path / "ballot.pdf", tmp_path / "ballot.json"
    run = app.test_cli_runner()
    args = ["printing", "form", "ballot", str(pot.id), "--language", "fi", "-o", str(pdf), "--layout", str(layout)]
    assert run.invoke(args=args, catch_exceptions=False).exit_code == 0
    assert FormLayout.from_json(layout.read_text()).key.subject == pot.id
    nothing = tmp_path / "nothing.pdf"
    nothing.write_bytes(b"hello")
    found = run.invoke(args=["scans", "read", str(nothing), str(pdf), "--layout", str(layout)], catch_exceptions=False)
    assert found.exit_code == 1, "one of the files cannot be read"
    assert f"{nothing}: This is neither a PDF nor a picture" in found.output
    assert f"{pdf}:1  read  ballot 1/1" in found.output
    for args in (["printing", "form", "ballot", str(uuid.uuid4()), "-o", str(pdf)], ["scans", "read", "-"], ["scans", "read"]):
        assert run.invoke(args=args).exit_code != 0
    for args in (["printing", "form"], ["printing", "run"], ["scans", "read"]):
        assert "Example" in run.invoke(args=[*args, "--help"]).output


def files_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_print_run_of_sets_gives_each_ballot_a_code_of_its_own_on_all_its_pages(app, monkeypatch) -> None:
    monkeypatch.setattr("app.features.printing.runs.IN_ONE_FILE", 2)
    with app.app_context():
        layout = printing.ballot("approval", Look(Variant.LARGE), 12)
        assert len(layout.pages) > 1
        asked: list[int] = []
        told: list[tuple[int, int]] = []
        run = print_run(layout, 3, register=lambda copies: asked.append(len(copies)), progress=lambda *one: told.append(one))
        files = files_of(b"".join(run))
    assert list(files) == ["ballot-000001-000002.pdf", "ballot-000003-000003.pdf"]
    assert (asked, told) == ([], [(2, 3), (3, 3)]), "set codes are recorded nowhere"
    pages = [one for pdf in files.values() for one in read_scans(pdf, Layouts([layout]))]
    assert {one.tray for one in pages} == {Tray.READ}
    codes = [one.code.code for one in pages if one.code]
    assert len(set(codes)) == 3
    assert all(read_code(code) == code for code in codes)
    assert [codes.count(code) for code in dict.fromkeys(codes)] == [len(layout.pages)] * 3


def test_serials_of_a_print_run_go_to_the_register_before_anything_is_drawn(app) -> None:
    registered = []
    with app.app_context():
        subject = ProposalSubject(uuid.uuid4(), {"en": "Parks"}, "City", numbered=True, address="https://city.example/follow")
        layout = proposal_form(subject, Look())
        assert layout.pages[-1].slip is not None
        files = files_of(b"".join(print_run(layout, 2, b"secret", register=registered.extend)))
        (pdf,) = files.values()
        pages = [one.code for one in read_scans(pdf, Layouts([layout])) if one.code]
    assert [one.code for one in registered] == list(dict.fromkeys(one.code for one in pages))
    assert all(one.slip and read_code(one.slip) for one in registered)
    assert {one.key.kind for one in pages} == {Kind.PROPOSAL}


def test_a_ballot_of_one_page_is_the_same_on_every_sheet_and_drawn_once(app) -> None:
    with app.app_context():
        layout = printing.ballot("approval", projects=4)
        files = files_of(b"".join(print_run(layout, 500)))
    assert len(files) == 2
    assert len(set(files.values())) == 1


def test_an_impossible_print_run_is_refused(app) -> None:
    with app.app_context(), pytest.raises(ValueError):
        list(print_run(printing.ballot("approval", projects=4), 0))
