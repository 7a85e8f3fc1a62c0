"""What becomes of what this room keeps about a person: releases stay, and which steward made them is no longer said."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.dataplatform.models import Release
from app.features.proposals.queries import Proposal
from app.kernel.erasing import Fate, Part, Subject, anonymous, declare, nothing_of_people
from app.kernel.messages import msg

anonymous(
    "releases",
    msg("Releases you made as a data steward"),
    Release.made_by_id,
    why=msg("What was published has to stay traceable. Your name goes."),
)


def _published(session: Session, subject: Subject) -> int:
    """Releases of the open data about proposals since the person's first one was published."""
    first = session.scalar(select(func.min(Proposal.published_at)).where(Proposal.author_id == subject.person_id))
    if first is None:
        return 0
    query = select(func.count()).select_from(Release).where(Release.data_set == "proposals", Release.created_at >= first)
    return session.scalar(query) or 0


declare(
    Part(
        name="open_data",
        fate=Fate.STAYS,
        title=msg("Open data about proposals that was published before, with title and text and never with a name"),
        columns=(),
        why=msg("What is published cannot be called back. The next version has only what stays."),
        order=50,
        count=_published,
        run=lambda _session, _subject, _most: 0,
    )
)
nothing_of_people("names, sizes and digests of the files of a release", "release.files")
