"""`hand-over`: what people gave under one agreement, for its recipient. Only the kinds of data that the agreement names."""

import uuid
from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.features.consents.queries import agreement, details_of, references_for
from app.features.dataplatform.declarations import Audience, Basis, Column, DataSet, PeopleRows, Rows, declare
from app.kernel.errors import NotFound
from app.kernel.messages import msg

AT_ONCE = 5_000
REFERENCE = Column(
    "reference",
    "string",
    msg("Stands for the person towards this recipient alone; messages about withdrawals name it"),
    Basis.CONSENT,
)
TIMES = (
    Column("since", "string", msg("When they consented (ISO 8601, UTC)"), Basis.CONSENT),
    Column("expires", "string", msg("When the consent runs out unless it is renewed (ISO 8601, UTC)"), Basis.CONSENT),
)
BY_CATEGORY = {
    "name": Column("name", "string", msg("The name they gave"), Basis.CONSENT),
    "contact": Column("address", "string", msg("The e-mail address or telephone number they gave"), Basis.CONSENT),
    "age_band": Column("age_band", "string", msg("Their age, in bands"), Basis.CONSENT),
    "area": Column("area_code", "string", msg("The code of the area they live in"), Basis.CONSENT),
    "languages": Column("languages", "string", msg("The languages they speak, codes with blanks between"), Basis.CONSENT),
    "gender": Column("gender", "string", msg("Their gender in their own words"), Basis.CONSENT),
}


def columns_of(session: Session, agreement_id: uuid.UUID) -> tuple[Column, ...]:
    """The columns that the present revision of an agreement allows. Raises NotFound for none."""
    about = agreement(session, agreement_id)
    if about is None:
        raise NotFound
    return (REFERENCE, *(column for name, column in BY_CATEGORY.items() if name in about.current.categories), *TIMES)


def agreement_rows(session: Session, agreement_id: uuid.UUID) -> PeopleRows:
    """One row a person whose consent to this agreement is in force, from one statement that joins the valve."""
    about = agreement(session, agreement_id)
    if about is None:
        raise NotFound
    values = values_for(about.recipient_id, [column.name for column in columns_of(session, agreement_id)])
    query = details_of(agreement_id, about.current.categories)
    for row in session.execute(query.execution_options(yield_per=AT_ONCE)):
        yield agreement_id, row.person_id, values(row)


def values_for(recipient_id: uuid.UUID, wanted: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What makes the values of the wanted columns from a row of `consents.queries.details_of`."""
    reference = references_for(recipient_id)
    made: dict[str, Callable[[Any], str]] = {
        "reference": lambda row: reference(row.person_id),
        "name": lambda row: row.name or "",
        "address": lambda row: row.address or "",
        "age_band": lambda row: row.age_band or "",
        "area_code": lambda row: row.area_code or "",
        "languages": lambda row: " ".join(row.languages or ()),
        "gender": lambda row: row.gender or "",
        "since": lambda row: row.since.isoformat(),
        "expires": lambda row: row.expires_at.isoformat() if row.expires_at else "",
    }
    chosen = [made[name] for name in wanted]
    return lambda row: tuple(make(row) for make in chosen)


def rows(_session: Session, _process_ids: Collection[uuid.UUID] | None = None) -> Rows:
    """None without an agreement: there is no hand-over to nobody in particular."""
    return iter(())


HAND_OVER = declare(
    DataSet(
        name="hand-over",
        title=msg("Data given under one agreement"),
        description=msg("What people gave under an agreement that you choose, for its recipient: research, events, contact."),
        audience=Audience.RECIPIENT,
        columns=(REFERENCE, *BY_CATEGORY.values(), *TIMES),
        rows=rows,
        agreement_rows=agreement_rows,
        columns_of=columns_of,
        licence="",
        notes=(
            msg("Use it for the purpose of the agreement only, and delete it when a newer list arrives."),
            msg("When somebody takes their consent back, you get a message with their reference: delete that row and confirm."),
        ),
    )
)
