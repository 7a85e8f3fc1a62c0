"""`feedback-by-area`: what residents put forward, backed and said, by area and category."""

import json
import uuid
from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, exists, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from app.features.consents.queries import left_out_of_totals
from app.features.dataplatform.declarations import Audience, Basis, Column, DataSet, Rows, declare
from app.features.dataplatform.disclosure import protected
from app.features.proposals.queries import Stance, published_comments_cte, published_proposals_cte, supports_cte
from app.features.spaces.queries import Area, Category, Process
from app.kernel.messages import msg

COLUMNS = (
    Column("process", "string", msg("The process, by the name in its address"), Basis.PUBLIC_TASK),
    Column("area_code", "string", msg("The area's code; empty for the whole area of the process"), Basis.PUBLIC_TASK),
    Column("area_name", "string", msg("The area's name in the city's first language"), Basis.PUBLIC_TASK),
    Column("category_code", "string", msg("The category's code; empty for none"), Basis.PUBLIC_TASK),
    Column("category_name", "string", msg("The category's name in the city's first language"), Basis.PUBLIC_TASK),
    Column("proposals", "integer", msg("Published proposals, exact"), Basis.PUBLIC_TASK),
    Column("supports", "integer", msg("Supports of these proposals, exact"), Basis.PUBLIC_TASK),
    Column("comments_in_favour", "integer", msg("Comments in favour, exact"), Basis.PUBLIC_TASK),
    Column("comments_against", "integer", msg("Comments against, exact"), Basis.PUBLIC_TASK),
    Column("comments_neutral", "integer", msg("Neutral comments, exact"), Basis.PUBLIC_TASK),
    Column("replies", "integer", msg("Replies to comments, exact; a reply is neither for nor against"), Basis.PUBLIC_TASK),
    Column(
        "entries_without_account",
        "integer",
        msg("Proposals, comments and replies among these that came without an account, such as on paper; entries, not people"),
        Basis.PUBLIC_TASK,
    ),
    Column(
        "people",
        "integer",
        msg("Different people with an account who proposed, supported or commented; empty below 10"),
        Basis.PROTECTED,
    ),
    Column("suppressed", "boolean", msg("Whether the number of people is withheld because it is below 10"), Basis.PROTECTED),
)


def rows(session: Session, process_ids: Collection[uuid.UUID] | None = None) -> Rows:
    """One row for each process, area and category with at least one published proposal. One statement.

    Whoever objects to totals is left out in it (GDPR, articles 18(1)(d) and 21(1)).
    """
    proposals, supports, comments = published_proposals_cte(), supports_cte(), published_comments_cte()
    one, none = literal(1), literal(0)

    against = left_out_of_totals().cte("against")

    def entries(source: Any, kind: str, without: ColumnElement[int]) -> Any:
        stance = source.c.stance if kind == "comment" else cast(null(), String)
        objects = exists().where(
            against.c.person_id == source.c.person_id,
            or_(against.c.process_id == source.c.process_id, against.c.process_id.is_(None)),
        )
        return select(
            source.c.process_id,
            source.c.area_id,
            source.c.category_id,
            source.c.person_id,
            (one if kind == "proposal" else none).label("is_proposal"),
            (one if kind == "support" else none).label("is_support"),
            case((stance == Stance.IN_FAVOUR, 1), else_=0).label("in_favour"),
            case((stance == Stance.AGAINST, 1), else_=0).label("against"),
            case((stance == Stance.NEUTRAL, 1), else_=0).label("neutral"),
            (case((source.c.is_reply, 1), else_=0) if kind == "comment" else none).label("is_reply"),
            without.label("without"),
        ).where(~objects)

    def no_account(source: Any) -> ColumnElement[int]:
        return case((source.c.person_id.is_(None), 1), else_=0)

    entry = union_all(
        entries(proposals, "proposal", no_account(proposals)),
        entries(supports, "support", none),
        entries(comments, "comment", no_account(comments)),
    ).subquery("entry")
    cell = (
        select(
            entry.c.process_id,
            entry.c.area_id,
            entry.c.category_id,
            func.sum(entry.c.is_proposal).label("proposals"),
            func.sum(entry.c.is_support).label("supports"),
            func.sum(entry.c.in_favour).label("in_favour"),
            func.sum(entry.c.against).label("against"),
            func.sum(entry.c.neutral).label("neutral"),
            func.sum(entry.c.is_reply).label("replies"),
            func.sum(entry.c.without).label("without"),
            func.count(entry.c.person_id.distinct()).label("people"),
        )
        .group_by(entry.c.process_id, entry.c.area_id, entry.c.category_id)
        .subquery("cell")
    )
    query = (
        select(Process.slug, Area.code, Area.name, Category.code, Category.name, *list(cell.c)[3:])
        .select_from(cell)
        .join(Process, Process.id == cell.c.process_id)
        .outerjoin(Area, Area.id == cell.c.area_id)
        .outerjoin(Category, Category.id == cell.c.category_id)
        .order_by(Process.slug, Area.code, Category.code)
    )
    if process_ids is not None:
        query = query.where(Process.id.in_(process_ids))
    for slug, area, area_name, category, category_name, *numbers, people in session.execute(query):
        counted = [int(number) for number in numbers]
        shown, suppressed = protected(int(people))
        yield (
            slug,
            area or "",
            _first(area_name),
            category or "",
            _first(category_name),
            *counted,
            shown,
            suppressed,
        )


def _first(texts: dict[str, str] | None) -> str:
    return next(iter(texts.values()), "") if texts else ""


def geometry(session: Session) -> Callable[[Sequence[Any]], str | None]:
    """The outline of each row's area; for the whole area of a process, the process's own."""
    areas = {
        code: json.dumps(json.loads(text), separators=(",", ":"))
        for code, text in session.execute(select(Area.code, Area.geojson))
    }
    of_process = dict(session.execute(select(Process.slug, Area.code).join(Area, Area.id == Process.area_id)).tuples().all())
    return lambda row: areas.get(row[1] or of_process.get(row[0], ""))


FEEDBACK_BY_AREA = declare(
    DataSet(
        name="feedback-by-area",
        title=msg("Feedback by area and category"),
        description=msg(
            "What residents put forward, supported and said in participatory processes, counted by area and category."
        ),
        audience=Audience.OPEN,
        columns=COLUMNS,
        rows=rows,
        geometry=geometry,
        notes=(
            msg("People who object to being counted are left out, with all they wrote and supported."),
            msg("Hidden and withdrawn contributions are not counted."),
            msg("Proposals stand in the smallest area that contains them, so the rows of a process add up to its totals."),
            msg("Different people cannot be added up over rows: somebody may be active in several areas and categories."),
        ),
    )
)
