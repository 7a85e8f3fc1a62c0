"""What a ballot writes: a participation and an envelope that belongs to nobody, both or neither.

PostgreSQL writes them in one statement, because thousands cast in the same hour. SQLite has none that writes two tables.
"""

import uuid
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.features.voting.models import Envelope, VotingParticipation


def write_both(session: Session, participation: dict[str, Any], envelope: dict[str, Any]) -> tuple[bool, bool]:
    """Whether what the participation uses up was still there, and whether the envelope is a new one.

    The envelope is written after the participation and only with it. Whoever writes the same at this moment is waited for.
    """
    values = {
        **{f"p_{name}": value for name, value in {**_ALWAYS, **participation, "id": uuid.uuid4()}.items()},
        **{f"e_{name}": value for name, value in envelope.items()},
    }
    if session.get_bind().dialect.name == "postgresql":
        used, put = session.execute(_BOTH, values).one()
        return bool(used), bool(put)
    if session.execute(_PARTICIPATION, values).first() is None:
        return False, False
    return True, session.execute(_ENVELOPE, values).first() is not None


_ALWAYS = {"station": ""}
_participation, _envelope = (cast("Table", model.__table__) for model in (VotingParticipation, Envelope))
_NEW_PARTICIPATION = {column.name: bindparam(f"p_{column.name}", type_=column.type) for column in _participation.c}
_NEW_ENVELOPE = {column.name: bindparam(f"e_{column.name}", type_=column.type) for column in _envelope.c}
_PARTICIPATION, _ENVELOPE = (
    sqlite_insert(table).values(new).on_conflict_do_nothing().returning(table.c.pot_id)
    for table, new in ((_participation, _NEW_PARTICIPATION), (_envelope, _NEW_ENVELOPE))
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
        .from_select(list(_NEW_ENVELOPE), select(*_NEW_ENVELOPE.values()).select_from(used))
        .on_conflict_do_nothing()
        .returning(_envelope.c.pot_id)
        .cte("put")
    )
    return select(*(select(func.count()).select_from(each).scalar_subquery() for each in (used, put)))


_BOTH = _in_one_statement()
