"""Print runs: registered, drawn in the background, never with a serial twice, and gone on with after an interruption."""

import io
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.extensions import celery, files
from app.extensions import db as database
from app.features.printing import rules
from app.features.printing.commands import OrderPrint
from app.features.printing.models import PrintedCopy, PrintedForm, PrintRun, RunState
from app.features.printing.queries import FormKey, FormLayout, Kind, Look
from app.features.printing.use_cases import (
    SerialRepeated,
    archive_of,
    cancel_run,
    copies_of,
    delete_old_files,
    delete_run_files,
    draw_again,
    draw_on,
    drawing_on,
    form_now,
    issue_run,
    kept_layout,
    order_print,
    register_serials,
)
from app.features.scans.queries import Layouts, Tray
from app.features.scans.use_cases import read_scans
from app.kernel import clock
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, printing, scans, spaces, voting
from tests.support.worker import work

SECRET = b"a secret for codes of slips"
CITY = "City of Example"


@pytest.fixture
def pot(db) -> Any:
    return voting.closed_pot()


@pytest.fixture
def clerk(pot) -> Actor:
    return Actor(accounts.person().id, roles=frozenset({(Role.CLERK, pot.process_id)}))


@pytest.fixture
def committee(pot) -> Actor:
    return Actor(accounts.person().id, roles=frozenset({(Role.COMMITTEE, pot.process_id)}))


def ordered(session, actor: Actor, process_id: Any, key: FormKey, number: int, **attributes: Any) -> PrintRun:
    with celery.flask_app.app_context():
        layout = form_now(session, key, Look(), CITY, numbered=True)
    run = order_print(session, actor, OrderPrint(process_id, key, Look(), number, CITY, **attributes), layout)
    session.commit()
    return run


def small_files(monkeypatch: pytest.MonkeyPatch, size: int = 2) -> None:
    """Files of two copies, so that a test need not draw hundreds."""
    monkeypatch.setattr(rules, "IN_ONE_FILE", size)


def unpacked(session, actor: Actor, run: PrintRun) -> dict[str, bytes]:
    name, pieces = archive_of(session, actor, run.id)
    assert name.endswith(".zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        return {one: archive.read(one) for one in archive.namelist()}


def test_a_run_of_proposal_forms_is_drawn_registered_and_downloaded(session, pot, clerk, monkeypatch) -> None:
    small_files(monkeypatch)
    key = FormKey(Kind.PROPOSAL, pot.process_id)
    run = ordered(session, clerk, pot.process_id, key, 5, issued_to="Library")
    work()
    session.refresh(run)
    assert (run.state, run.done, run.issued_to) == (RunState.READY, 5, "Library")
    inside = unpacked(session, clerk, run)
    assert list(inside) == ["proposal-000001-000002.pdf", "proposal-000003-000004.pdf", "proposal-000005-000005.pdf"]
    form = session.get_one(PrintedForm, run.form_id)
    layout = kept_layout(session, pot.process_id, key, form.short_revision)
    assert layout is not None
    assert layout.version == form.revision
    read = [one for pdf in inside.values() for one in read_scans(pdf, Layouts([layout]))]
    assert {one.tray for one in read} == {Tray.READ}
    printed = {one.code.code for one in read if one.code}
    kept = set(session.scalars(select(PrintedCopy.serial).where(PrintedCopy.run_id == run.id)))
    assert len(kept) == 5
    assert printed == kept, "what the register keeps is what stands on paper"


def test_ballots_leave_no_number_in_the_register_and_a_test_says_so_in_its_code(session, pot, committee) -> None:
    run = ordered(session, committee, pot.process_id, FormKey(Kind.BALLOT, pot.id), 3, test=True)
    work()
    session.refresh(run)
    assert run.state is RunState.READY
    assert session.scalar(select(func.count()).select_from(PrintedCopy)) == 0
    ((name, pdf),) = unpacked(session, committee, run).items()
    assert name == "ballot-000001-000003.pdf"
    layout = FormLayout.from_json(session.get_one(PrintedForm, run.form_id).layout)
    assert [one.tray for one in read_scans(pdf, Layouts([layout]))] == [Tray.TEST_PRINT] * 3


def test_a_serial_twice_is_refused_by_the_register(session, pot, clerk, monkeypatch) -> None:
    key = FormKey(Kind.PROPOSAL, pot.process_id)
    run = ordered(session, clerk, pot.process_id, key, 2)
    register_serials(session, run.id, ["7KXMAB2C"])
    with pytest.raises(SerialRepeated):
        register_serials(session, run.id, ["AAAABBBB", "7KXMAB2C"])
    assert session.scalars(select(PrintedCopy.serial)).all() == ["7KXMAB2C"], "all of a file or none"
    session.commit()
    layout = FormLayout.from_json(session.get_one(PrintedForm, run.form_id).layout)
    again = copies_of(layout, 2, SECRET)
    register_serials(session, run.id, [one.code for one in again])
    session.commit()
    drawn = []

    def repeated(asked, number, secret, *, test):
        drawn.append(number)
        return again if len(drawn) == 1 else copies_of(asked, number, secret, test=test)

    monkeypatch.setattr(drawing_on, "copies_of", repeated)
    work()
    session.refresh(run)
    assert (run.state, len(drawn)) == (RunState.READY, 2), "the file was drawn once more, with others"
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(PrintedCopy(serial="7KXMAB2C", run_id=run.id))
        session.flush()


def test_a_run_that_was_cut_off_goes_on_with_the_next_file(session, pot, clerk, monkeypatch) -> None:
    small_files(monkeypatch)
    run = ordered(session, clerk, pot.process_id, FormKey(Kind.PROPOSAL, pot.process_id), 6)
    real, stored = files.put, []

    def cut_off(key: str, content: bytes) -> None:
        if len(stored) == 1:
            raise KeyboardInterrupt
        stored.append(key)
        real(key, content)

    monkeypatch.setattr(files, "put", cut_off)
    with pytest.raises(KeyboardInterrupt):
        draw_on(database.separate_transaction, run.id, SECRET)
    session.refresh(run)
    assert (run.state, run.done) == (RunState.PRINTING, 2)
    assert session.scalar(select(func.count()).select_from(PrintedCopy)) == 2, "no serial of a file that was not drawn"
    monkeypatch.setattr(files, "put", real)
    assert draw_on(database.separate_transaction, run.id, SECRET) is False
    session.refresh(run)
    assert (run.state, run.done) == (RunState.READY, 6)
    assert session.scalar(select(func.count()).select_from(PrintedCopy)) == 6


def test_what_fails_says_so_and_can_be_drawn_again(session, pot, clerk, as_role, monkeypatch) -> None:
    run = ordered(session, clerk, pot.process_id, FormKey(Kind.PROPOSAL, pot.process_id), 1)
    monkeypatch.setattr(drawing_on.Apart, "pdf", lambda _self: (_ for _ in ()).throw(RuntimeError("the typesetter broke")))
    work()
    session.refresh(run)
    assert run.state is RunState.FAILED
    client = as_role(Role.CLERK, SimpleNamespace(id=pot.process_id))
    assert "It was interrupted" in client.get(f"/staff/paper/run/{run.id}").get_data(as_text=True)
    monkeypatch.undo()
    draw_again(session, clerk, run.id)
    session.commit()
    work()
    session.expire_all()
    assert session.get_one(PrintRun, run.id).state is RunState.READY
    with pytest.raises(Conflict):
        draw_again(session, clerk, run.id)


def test_a_cancelled_run_leaves_no_file_and_is_not_drawn(session, pot, clerk) -> None:
    run = ordered(session, clerk, pot.process_id, FormKey(Kind.PROPOSAL, pot.process_id), 1)
    cancel_run(session, clerk, run.id)
    session.commit()
    work()
    session.refresh(run)
    assert (run.state, run.done) == (RunState.CANCELLED, 0)
    assert not files.path(rules.part_key(run.id, 0)).exists()
    with pytest.raises(Conflict):
        cancel_run(session, clerk, run.id)
    with pytest.raises(NotFound):
        archive_of(session, clerk, run.id)


def test_files_are_deleted_by_hand_or_after_their_time_and_the_register_stays(session, pot, clerk) -> None:
    key = FormKey(Kind.PROPOSAL, pot.process_id)
    first, second = (ordered(session, clerk, pot.process_id, key, 1) for _ in range(2))
    work()
    for run in (first, second):
        session.refresh(run)
    delete_run_files(session, clerk, first.id)
    assert delete_old_files(session, clock.shift(days=-1), 10) == 0
    assert delete_old_files(session, clock.shift(days=1), 10) == 1
    session.commit()
    work()
    assert {first.state, second.state} == {RunState.DELETED}
    assert not any(files.path(rules.part_key(one.id, 0)).exists() for one in (first, second))
    assert session.scalar(select(func.count()).select_from(PrintedCopy)) == 2
    assert issue_run(session, clerk, first.id, "Town hall").issued_to == "Town hall"


def test_each_prints_only_what_is_theirs(session, pot, clerk, committee) -> None:
    ballot, proposal = FormKey(Kind.BALLOT, pot.id), FormKey(Kind.PROPOSAL, pot.process_id)
    for actor, key in ((clerk, ballot), (committee, proposal)):
        with pytest.raises(NotFound):
            ordered(session, actor, pot.process_id, key, 1)
    with pytest.raises(NotFound):  # a pot of another process
        ordered(session, committee, pot.process_id, FormKey(Kind.BALLOT, voting.closed_pot().id), 1)
    with pytest.raises(Refused, match="between 1 and"):
        ordered(session, committee, pot.process_id, ballot, 0)
    run = ordered(session, clerk, pot.process_id, proposal, 1)
    stranger = Actor(accounts.person().id, roles=frozenset({(Role.CLERK, spaces.process().id)}))
    for step in (cancel_run, delete_run_files, draw_again):
        with pytest.raises(NotFound):
            step(session, stranger, run.id)


def test_a_run_is_ordered_on_the_page(session, pot, as_role) -> None:
    client = as_role(Role.CLERK, SimpleNamespace(id=pot.process_id))
    url = f"/staff/paper/runs/{pot.process_id}"
    assert "Ballot:" not in client.get(url).get_data(as_text=True), "clerks print no ballots"
    sent = {"form": f"P/{pot.process_id}", "variant": "large", "language": "fi", "paper": "a4", "number": "1", "test": "y"}
    answer = client.post(url, data=sent)
    assert answer.status_code == 303
    work()
    page = client.get(answer.headers["Location"])
    text = page.get_data(as_text=True)
    assert "This is a test print" in text
    assert "Ready to print" in text
    archive = client.get(answer.headers["Location"] + ".zip")
    assert archive.data.startswith(b"PK")
    assert ".pdf" in text, "a single file is not packed"
    assert "Download (ZIP)" not in text
    assert client.get(answer.headers["Location"] + ".pdf").data.startswith(b"%PDF")
    wrong = client.post(url, data=sent | {"number": "many"})
    assert wrong.status_code == 422


def test_a_run_of_ballots_names_its_pot_and_says_what_a_desk_does_without_stubs(session, pot, as_role) -> None:
    run = printing.run(SimpleNamespace(id=pot.process_id), scans.layout_of(Kind.BALLOT, pot), state=RunState.READY)
    session.commit()
    client = as_role(Role.ADMINISTRATOR)
    for page in (f"/staff/paper/runs/{pot.process_id}", f"/staff/paper/run/{run.id}"):
        assert f"Ballot: <bdi>{pot.title['en']}</bdi>" in client.get(page).text
    assert "These ballots have no stub." in client.get(page).text
