"""What a ballot writes: a participation and an envelope that belongs to nobody, both or neither.

PostgreSQL writes them in one statement, because thousands cast in the same hour. SQLite has none that writes two tables.
"""

import uuid
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, bindparam, exists, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.features.voting.models import BoardEntry, Envelope, VotingParticipation


def write_both(session: Session, participation: dict[str, Any], envelope: dict[str, Any]) -> tuple[bool, bool]:
    """Whether what the participation uses up was still there, and whether the envelope is a new one: neither waits in the box
    nor is on the board, of whatever pot.

    The envelope is written after the participation and only with it. Whoever writes the same at this moment is waited for; an
    envelope that is written and sealed during this one statement gets another id when this one is sealed.
    """
    values = {
        **{f"p_{name}": value for name, value in {**participation, "id": uuid.uuid4()}.items()},
        **{f"e_{name}": value for name, value in envelope.items()},
    }
    if session.get_bind().dialect.name == "postgresql":
        used, put = session.execute(_BOTH, values).one()
        return bool(used), bool(put)
    if session.execute(_PARTICIPATION, values).first() is None:
        return False, False
    return True, session.execute(_ENVELOPE, values).first() is not None


_participation, _envelope, _entry = (cast("Table", model.__table__) for model in (VotingParticipation, Envelope, BoardEntry))
_NEW_PARTICIPATION: dict[str, ColumnElement[Any]] = {
    column.name: bindparam(f"p_{column.name}", type_=column.type) for column in _participation.c
} | {"station": literal_column("''")}
_NEW_ENVELOPE = {column.name: bindparam(f"e_{column.name}", type_=column.type) for column in _envelope.c}
_PARTICIPATION = (
    sqlite_insert(_participation).values(_NEW_PARTICIPATION).on_conflict_do_nothing().returning(_participation.c.pot_id)
)
_NOT_SEALED = ~exists().where(_entry.c.envelope_id == _NEW_ENVELOPE["id"])
_NOT_WAITING = ~exists().where(_envelope.c.id == _NEW_ENVELOPE["id"])
"""Asked beside the constraint, because an envelope that is taken out of the box at this moment is waited for, and gone then."""
_ENVELOPE = (
    sqlite_insert(_envelope)
    .from_select(list(_NEW_ENVELOPE), select(*_NEW_ENVELOPE.values()).where(_NOT_SEALED))
    .on_conflict_do_nothing()
    .returning(_envelope.c.pot_id)
)


def _in_one_statement() -> Select[Any]:
    used = (
        postgresql_insert(_participation)
        .values(_NEW_PARTICIPATION)
        .on_conflict_do_nothing()
        .returning(_participation.c.pot_id)
        .cte("used")
    )
    put = (
        postgresql_insert(_envelope)
        .from_select(list(_NEW_ENVELOPE), select(*_NEW_ENVELOPE.values()).select_from(used).where(_NOT_SEALED, _NOT_WAITING))
        .on_conflict_do_nothing()
        .returning(_envelope.c.pot_id)
        .cte("put")
    )
    return select(*(select(func.count()).select_from(each).scalar_subquery() for each in (used, put)))


_BOTH = _in_one_statement()
