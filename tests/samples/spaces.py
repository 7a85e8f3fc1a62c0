"""Sample data for the pages of processes and areas. Builds `world.area`, `world.process`, `world.phase`, `world.category`."""

from typing import Any

from app.features.spaces.models import AreaUpload, ProcessState
from tests.factories import spaces
from tests.factories.tools import add
from tests.samples.world import Visit, World

FILE = (
    b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": "harbour", "name": "Harbour"}, '
    b'"geometry": {"type": "Polygon", "coordinates": [[[24.91, 60.16], [24.92, 60.16], [24.92, 60.17], [24.91, 60.16]]]}}]}'
)


def build(world: World) -> None:
    """A city with two districts, a process that is open for everything, a draft, a coming and a finished one."""
    world.area = spaces.area({"en": "Centre", "fi": "Keskusta", "ar": "الوسط"}, code="centre")
    world.district = spaces.area("West", code="west", box=(24.90, 60.15, 24.95, 60.20), parent=world.area)
    spaces.area("East", code="east", box=(24.95, 60.15, 25.00, 60.20), parent=world.area)
    world.process = spaces.process(
        {"en": "Parks for everybody", "fi": "Puistoja kaikille"},
        area=world.area,
        slug="parks",
        summary={"en": "What should change in our parks?"},
        description={"en": "Two paragraphs.\n\nThis is the second one."},
        contact="parks@example.org",
    )
    world.phase = world.process.phases[0]
    world.category = spaces.category(world.process, {"en": "Benches", "fi": "Penkit"}, code="benches")
    spaces.category(world.process, "Fountains", code="fountains", archived=True)
    world.draft_process = spaces.process("Not yet", area=world.area, slug="not-yet", state=ProcessState.DRAFT, open_for=None)
    world.finished_process = spaces.process("Long ago", area=world.district, slug="long-ago", state=ProcessState.ARCHIVED)
    world.upload = add(AreaUpload(file_name="harbour.geojson", content=FILE, options={"language": "en"}))


def _staff(path: str) -> Any:
    return lambda world: f"/staff/processes/{world.process.id}{path.format(world=world)}"


SAMPLES = {
    "spaces.home": lambda world: "/",
    "spaces.index": lambda world: ["/processes", Visit("/processes", viewer="administrator")],
    "spaces.show": lambda world: [
        "/processes/parks",
        "/processes/long-ago",
        Visit("/processes/not-yet", viewer="administrator"),
    ],
    "spaces.outline": lambda world: "/processes/parks/outline.geojson",
    "spaces.city": lambda world: "/city.svg",
    "spaces_manage.staff_home": lambda world: ["/staff/", Visit("/staff/", viewer="administrator")],
    "spaces_manage.index": lambda world: "/staff/processes",
    "spaces_manage.new": lambda world: "/staff/processes/new",
    "spaces_manage.process": lambda world: [
        f"/staff/processes/{world.process.id}",
        f"/staff/processes/{world.draft_process.id}",
    ],
    "spaces_manage.edit": _staff("/change"),
    "spaces_manage.ask_state": lambda world: [
        f"/staff/processes/{each.id}/state" for each in (world.process, world.draft_process, world.finished_process)
    ],
    "spaces_manage.new_phase": _staff("/phases/new"),
    "spaces_manage.edit_phase": _staff("/phases/{world.phase.id}/change"),
    "spaces_manage.new_category": _staff("/categories/new"),
    "spaces_manage.edit_category": _staff("/categories/{world.category.id}/change"),
    "spaces_manage.areas": lambda world: "/staff/areas",
    "spaces_manage.edit_area": lambda world: f"/staff/areas/{world.area.id}/change",
    "spaces_manage.ask_remove_area": lambda world: f"/staff/areas/{world.area.id}/remove",
    "spaces_manage.new_import": lambda world: "/staff/areas/import",
    "spaces_manage.preview": lambda world: f"/staff/areas/import/{world.upload.id}",
}

EXTRAS = (
    lambda world: Visit("/processes/not-yet", viewer="resident", status=404),
    lambda world: Visit("/processes/there-is-none", status=404),
)

GROW = {
    "spaces.home": lambda world: spaces.process(area=world.area),
    "spaces.index": lambda world: spaces.process(area=spaces.area(parent=world.area)),
    "spaces.show": lambda world: (spaces.phase(world.process), spaces.category(world.process)),
    "spaces_manage.index": lambda world: spaces.process(area=spaces.area(parent=world.area)),
    "spaces_manage.process": lambda world: (spaces.phase(world.process), spaces.category(world.process)),
    "spaces_manage.areas": lambda world: spaces.area(parent=world.area),
}

UNIQUE = {"process": ("slug",), "area": ("code",), "category": ("process_id", "code"), "former_address": ("slug",)}
