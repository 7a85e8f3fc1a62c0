"""What signing in leaves behind is forgotten when it is of no more use."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.features.accounts.models import AttemptCounter, SignInLink, SignInSession
from app.kernel import clock
from app.kernel.automated import decides

LINKS_KEPT = timedelta(days=2)
SESSIONS_KEPT = timedelta(days=30)
ATTEMPTS_KEPT = timedelta(days=2)


@decides("forgotten_sign_ins")
def forget_what_is_over(session: Session) -> None:
    """Remove links that no longer work, sessions that have been over for a month, and old attempts."""
    now = clock.now()
    session.execute(delete(SignInLink).where(SignInLink.expires_at < now - LINKS_KEPT))
    over = now - SESSIONS_KEPT
    session.execute(delete(SignInSession).where((SignInSession.ended_at < over) | (SignInSession.expires_at < over)))
    session.execute(delete(AttemptCounter).where(AttemptCounter.last_at < now - ATTEMPTS_KEPT))
