"""What becomes of newsletters: they are the city's. Who got one is a usage, and goes with the usages."""

from app.features.newsletters.models import Newsletter
from app.kernel.erasing import anonymous, nothing_of_people
from app.kernel.messages import msg

anonymous(
    "newsletters_written",
    msg("Newsletters that you wrote in office"),
    Newsletter.written_by_id,
    why=msg("They were sent in the name of the city and belong to its records. Who wrote them is no longer said."),
)
nothing_of_people("the city's own words to everybody who reads a newsletter", "newsletter.title", "newsletter.text")
