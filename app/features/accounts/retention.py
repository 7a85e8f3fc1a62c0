"""What this room removes by itself: what signing in leaves behind when it is of no more use."""

from sqlalchemy import or_

from app.features.accounts.models import AttemptCounter, SignInLink, SignInSession
from app.kernel.messages import msg
from app.kernel.retention import rows

rows(
    "links",
    msg("Links that were sent by mail, with the address they went to"),
    SignInLink,
    lambda before: SignInLink.expires_at < before,
    since=msg("after they have stopped working"),
    why=msg("They are good for nothing any more; for two days somebody can still be told that a link is too old."),
    days=2,
)
rows(
    "sign_ins",
    msg("Browsers that somebody was signed in with"),
    SignInSession,
    lambda before: or_(SignInSession.ended_at < before, SignInSession.expires_at < before),
    since=msg("after they were signed out"),
    why=msg("For a month people can see where they were signed in, and notice what they do not know."),
    days=30,
)
rows(
    "attempts",
    msg("Wrong passwords and codes that were counted"),
    AttemptCounter,
    lambda before: AttemptCounter.last_at < before,
    since=msg("after the last of them"),
    why=msg("They slow down whoever guesses, which takes a day at most."),
    days=2,
    fewest_days=1,
)
