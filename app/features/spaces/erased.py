"""What becomes of what this room keeps about a person: nothing but a file that is being imported."""

from app.features.spaces.models import AreaUpload
from app.kernel.erasing import goes, nothing_of_people
from app.kernel.messages import msg

goes("area_uploads", msg("Files of areas you uploaded and did not confirm"), AreaUpload.person_id)
nothing_of_people("the city's own texts and outlines", "area.name", "area.geojson", "category.name", "former_address.slug")
nothing_of_people(
    "the city's own words about its processes; `contact` is an office",
    "process.title",
    "process.summary",
    "process.description",
    "process.slug",
    "process.contact",
    "phase.title",
    "phase.description",
    "phase.actions",
)
