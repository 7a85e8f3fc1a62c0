"""`proposals`: every published proposal as its page shows it, without the person."""

import uuid
from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.features.dataplatform.declarations import Audience, Basis, Column, DataSet, Rows, declare
from app.features.proposals.queries import Proposal, published_select
from app.features.spaces.queries import Area, Category, Process
from app.kernel.messages import msg

COLUMNS = (
    Column("reference", "string", msg("The proposal's public reference"), Basis.PUBLISHED),
    Column("process", "string", msg("The process, by the name in its address"), Basis.PUBLIC_TASK),
    Column("title", "string", msg("Title, as its author wrote it"), Basis.PUBLISHED),
    Column("text", "string", msg("Text, as its author wrote it"), Basis.PUBLISHED),
    Column("language", "string", msg("Language of title and text (BCP 47)"), Basis.PUBLISHED),
    Column("category_code", "string", msg("The category's code; empty for none"), Basis.PUBLIC_TASK),
    Column("area_code", "string", msg("The area's code; empty for the whole area of the process"), Basis.PUBLIC_TASK),
    Column("place_kind", "string", msg("point, line, polygon, area or whole_city"), Basis.PUBLISHED),
    Column("longitude", "number", msg("Longitude of a point that stands for the place (WGS 84)"), Basis.PUBLISHED, "degree"),
    Column("latitude", "number", msg("Latitude of a point that stands for the place (WGS 84)"), Basis.PUBLISHED, "degree"),
    Column("channel", "string", msg("How it came in: web, kiosk, paper, desk or phone"), Basis.PUBLIC_TASK),
    Column("published_at", "string", msg("When it was published (ISO 8601, UTC)"), Basis.PUBLISHED),
    Column("supports", "integer", msg("Number of supports"), Basis.PUBLIC_TASK),
    Column("comments", "integer", msg("Number of comments, without the replies to them"), Basis.PUBLIC_TASK),
    Column("answer", "string", msg("accepted, rejected, under_evaluation, or empty"), Basis.PUBLIC_TASK),
)


def rows(session: Session, process_ids: Collection[uuid.UUID] | None = None) -> Rows:
    """One row a proposal, oldest first, read in batches."""
    query = (
        published_select()
        .join(Process, Process.id == Proposal.process_id)
        .outerjoin(Area, Area.id == Proposal.area_id)
        .outerjoin(Category, Category.id == Proposal.category_id)
        .order_by(Proposal.published_at, Proposal.id)
        .with_only_columns(
            Proposal.reference,
            Process.slug,
            Proposal.title,
            Proposal.text,
            Proposal.language,
            Category.code,
            Area.code,
            Proposal.place_kind,
            Proposal.lon,
            Proposal.lat,
            Proposal.channel,
            Proposal.published_at,
            Proposal.supports_count,
            Proposal.comments_count,
            Proposal.answer_status,
        )
    )
    if process_ids is not None:
        query = query.where(Proposal.process_id.in_(process_ids))
    for row in session.execute(query.execution_options(yield_per=1000)):
        values = [value.isoformat() if hasattr(value, "isoformat") else value for value in row]
        yield tuple("" if value is None and index in (5, 6, 14) else value for index, value in enumerate(values))


def geometry(_session: Session) -> Callable[[Sequence[Any]], str | None]:
    """The point that stands for the place."""

    def point(row: Sequence[Any]) -> str | None:
        return None if row[8] is None else f'{{"type":"Point","coordinates":[{row[8]},{row[9]}]}}'

    return point


PROPOSALS = declare(
    DataSet(
        name="proposals",
        title=msg("Published proposals"),
        description=msg("Every published proposal with its place, category, numbers and the city's answer."),
        audience=Audience.OPEN,
        columns=COLUMNS,
        rows=rows,
        geometry=geometry,
        notes=(msg("No names: who proposed something stands on its page for as long as they want it to."),),
    )
)
