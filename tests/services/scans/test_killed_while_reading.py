"""A worker that reads scans is killed (SIGKILL, a real process) before or after a page is kept: no page is lost or doubled."""

import io
import os
import signal

import cv2
import pytest

from app.extensions import db
from app.features.printing.queries import Kind
from app.features.scans.commands import TakeInScan
from app.features.scans.models import FileState, ScanFile, ScanPage
from app.features.scans.use_cases import going_on, read_on, take_in_scan
from tests.factories import intake, scans, spaces

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.timeout(120)]


def die(*_any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def in_a_process(work) -> int:
    """Do it in a process of its own; returns the signal that ended it, 0 for none."""
    db.session.remove()
    db.engine.dispose()
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    status = os.waitpid(child, 0)[1]
    return os.WTERMSIG(status)


def read_and_die(file_id, *, kept: bool) -> None:
    """Read one page, and die before it is kept, or right after."""
    keep, add = going_on._keep, going_on._add

    def once(*args):
        keep(*args)
        die()

    def halfway(*args):
        add(*args)
        die()

    going_on._keep, going_on._add = (once, add) if kept else (keep, halfway)
    read_on(db.separate_transaction, file_id, scans.CITY)


def test_no_page_is_lost_or_doubled_however_often_the_worker_dies(committing_db, app, request):
    process = spaces.process("Parks")
    threads = cv2.getNumThreads()
    request.addfinalizer(lambda: cv2.setNumThreads(threads))
    cv2.setNumThreads(1)  # a child of this process has none of its threads, and would wait for them for ever
    form = scans.layout_of(Kind.PROPOSAL, process, numbered=True)
    sheets = [page for seed in range(3) for page in scans.sheet(form, seed=seed)[:1]]
    command = TakeInScan(process.id, "monday.pdf", io.BytesIO(scans.as_pdf(*sheets)))
    file_id = take_in_scan(db.session(), intake.clerk(process), command).id
    db.session.commit()
    done = []
    for kept in (False, True, False, True):
        assert in_a_process(lambda kept=kept: read_and_die(file_id, kept=kept)) == signal.SIGKILL
        with db.transaction() as session:
            file = session.get(ScanFile, file_id)
            numbers = [page.number for page in session.query(ScanPage).order_by(ScanPage.number)]
            assert numbers == list(range(1, file.pages_done + 1)), "what is counted as done is there, once"
            done.append(file.pages_done)
    assert done == [0, 1, 1, 2]
    assert in_a_process(lambda: read_on(db.separate_transaction, file_id, scans.CITY)) == 0
    with db.transaction() as session:
        pages = session.query(ScanPage).order_by(ScanPage.number).all()
        assert [page.number for page in pages] == [1, 2, 3]
        assert len({page.code for page in pages}) == 3
        assert session.get(ScanFile, file_id).state is FileState.READ
