"""Letters of this room."""

from app.features.notifications.queries import Mail
from app.kernel.messages import msg

DISPUTED = Mail("voting.disputed", subject=msg("The openings of a ballot box differ"))
