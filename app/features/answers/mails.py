"""Letters of this room."""

from app.features.notifications.queries import Mail, News
from app.kernel.messages import msg

ANSWERED = Mail("answers.answered", subject=msg("The city has answered a proposal you follow"), news=News.ANSWERS)
CARRIED_ON = Mail("answers.carried_on", subject=msg("News of a project that won: “%(title)s”"), news=News.ANSWERS)
