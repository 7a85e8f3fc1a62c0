"""What becomes of what this room keeps about a person: releases stay, and which steward made them is no longer said."""

from app.features.dataplatform.models import Release
from app.kernel.erasing import anonymous, nothing_of_people
from app.kernel.messages import msg

anonymous(
    "releases",
    msg("Releases you made as a data steward"),
    Release.made_by_id,
    why=msg("What was published has to stay traceable. Your name goes."),
)
nothing_of_people("names, sizes and digests of the files of a release", "release.files")
