"""What this room removes by itself: files of areas that nobody confirmed."""

from app.features.spaces.models import AreaUpload
from app.kernel.messages import msg
from app.kernel.retention import rows

rows(
    "area_uploads",
    msg("Files of areas that were uploaded and not confirmed"),
    AreaUpload,
    lambda before: AreaUpload.created_at < before,
    since=msg("after they were uploaded"),
    why=msg("Whoever uploaded them can confirm them on the next day still."),
    days=1,
    public=False,
)
