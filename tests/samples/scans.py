"""Sample data for scanned forms: files in each state, pages in each tray, pages to look through."""

from app.features.printing.queries import Kind
from app.features.scans.models import FileState, PageState, PageTray, ScanDecision
from tests.factories import accounts, scans
from tests.factories.tools import add
from tests.samples.world import Visit, World


def build(world: World) -> None:
    """A proposal form to look through, one that two people saw differently, a broken file, and one that is read now."""
    layout = scans.layout_of(Kind.PROPOSAL, world.process)
    world.scan = scans.file(world.process, pages_total=12, pages_done=12)
    for tray in PageTray:
        scans.page(world.scan, tray=tray, state=PageState.IN_TRAY, fault="broken" if tray is PageTray.BROKEN else "")
    world.scan_page = scans.page(world.scan, layout, marked=(0,), doubtful=(1,))
    world.turned_page = scans.page(world.scan, layout, turned=180, tray=PageTray.TURNED)
    world.outdated_page = scans.page(world.scan, layout, tray=PageTray.OUTDATED, state=PageState.IN_TRAY)
    world.differing_page = scans.page(world.scan, layout, marked=(1,), state=PageState.DIFFERENT)
    for answer in ("none", "unclear"):
        fields = {one["name"]: answer for one in world.differing_page.readings["fields"]}
        person = accounts.person()
        add(ScanDecision(page_id=world.differing_page.id, person_id=person.id, answers={"fields": fields, "texts": {}}))
    numbered = scans.layout_of(Kind.PROPOSAL, world.process, numbered=True)
    world.half_sheet = scans.page(world.scan, numbered, code="7KXMAB2C", pages=2, marked=(0,))
    world.scan_failed = scans.file(world.process, state=FileState.FAILED, fault="encrypted", pages_total=0, pages_done=0)
    world.scan_read_now = scans.file(world.process, state=FileState.READING, pages_total=9, pages_done=4)
    ballot = scans.layout_of(Kind.BALLOT, world.open_pot)
    world.early_ballot = scans.page(world.scan, ballot, marked=(0,))


SAMPLES = {
    "scans_manage.processes": lambda world: "/staff/scans",
    "scans_manage.index": lambda world: f"/staff/scans/{world.process.id}?still=1",
    "scans_manage.file": lambda world: [
        f"/staff/scans/file/{world.scan.id}",
        f"/staff/scans/file/{world.scan.id}?tray=outdated",
        f"/staff/scans/file/{world.scan_failed.id}",
        f"/staff/scans/file/{world.scan_read_now.id}?still=1",
    ],
    "scans_manage.review": lambda world: Visit(f"/staff/scans/{world.process.id}/review", status=302),
    "scans_manage.page": lambda world: [
        f"/staff/scans/page/{world.scan_page.id}",
        f"/staff/scans/page/{world.turned_page.id}",
        f"/staff/scans/page/{world.outdated_page.id}",
        f"/staff/scans/page/{world.differing_page.id}",
        Visit(f"/staff/scans/page/{world.early_ballot.id}", status=302),
    ],
    "scans_manage.picture": lambda world: f"/staff/scans/page/{world.scan_page.id}.jpg",
}
GROW = {
    "scans_manage.index": lambda world: scans.file(world.process),
    "scans_manage.file": lambda world: scans.page(world.scan, tray=PageTray.BLANK, state=PageState.IN_TRAY),
}
UNIQUE = {"scan_file": ("process_id", "digest"), "scan_page": ("process_id", "copy_key")}
