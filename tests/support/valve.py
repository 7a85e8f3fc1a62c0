"""Whether what reads governed tables joins the consents in force: in the SQL that was sent, and in the source of the room."""

import ast
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from app.features.consents.governed import GOVERNED
from app.features.consents.queries import in_force

TABLES = tuple(model.__tablename__ for model in GOVERNED)
# Whether anybody at all has left something under an agreement: this statement to the letter, and nothing like it.
TELLS_OF_NOBODY = re.compile(
    r"SELECT data_agreement\.id FROM data_agreement WHERE data_agreement\.purpose_term = ¿ AND \(?EXISTS "
    r"\(SELECT \* FROM contact_detail WHERE contact_detail\.agreement_id = data_agreement\.id\)\)?"
)
NAMES = {model.__name__ for model in GOVERNED} | {"GOVERNED"}


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Every statement that is sent meanwhile, as the database gets it."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plain(sql: str) -> str:
    """SQL without what differs from one statement to the next: numbers of aliases and parameters, lists, white space."""
    sql = re.sub(r"%\(\w+\)s(::[A-Z]+( WITH TIME ZONE)?)?|\?", "¿", sql)
    sql = re.sub(r"IN \((¿(, )?)+\)", "IN (…)", sql)
    sql = re.sub(r"(?<=[a-z])_\d+\b", "", sql)
    return " ".join(sql.split())


def the_valve(session: Session, engine: Engine) -> str:
    """The valve as SQL, from its FROM on: what is selected from it may differ."""
    with statements(engine) as seen:
        session.execute(in_force()).all()
    return plain(seen[-1]).partition(" FROM ")[2]


def without_valve(seen: list[str], valve: str) -> list[str]:
    """Those of the statements that read a governed table and do not join the valve."""
    touching = [one for one in seen if re.search(rf"\b({'|'.join(TABLES)})\b", one) and not one.lstrip().startswith("DELETE")]
    return [one for one in touching if valve not in plain(one) and not TELLS_OF_NOBODY.fullmatch(plain(one))]


def readers_of(room: Path) -> dict[str, bool]:
    """Functions of a room that name a governed table in something other than a DELETE, an INSERT or a new row: whether each
    asks the valve. `file:function` is the name. A name that stands for a governed table counts as one."""
    found = {}
    names = NAMES | {name for path in room.rglob("*.py") for name in _other_names(path)}
    for path in sorted(room.rglob("*.py")):
        if path.name == "governed.py":
            continue
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and _selects_governed(function, names):
                found[f"{path.relative_to(room)}:{function.name}"] = _calls(function, {"in_force"})
    return found


def _other_names(path: Path) -> set[str]:
    """What a file calls governed tables besides: `CONTACT` after `CONTACT = ContactDetail.__table__`, alone or in a row."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Assign):
            continue
        target = node.targets[0]
        paired = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
        pairs = zip(target.elts, node.value.elts, strict=True) if paired else [(target, node.value)]
        for name, value in pairs:
            if isinstance(value, ast.Attribute) and value.attr == "__table__" and _name(value.value) in NAMES:
                found.add(_name(name))
    return found


def _selects_governed(function: ast.FunctionDef, names: set[str]) -> bool:
    """Whether a `select`, `get`, `query` or a join in it names a governed table."""
    reading = {"select", "get", "get_one", "query", "join", "outerjoin", "select_from", "exists", "update"}
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and _name(call.func) in reading:
            named = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)}
            if named & names:
                return True
    return False


def _calls(function: ast.FunctionDef, names: set[str]) -> bool:
    return any(isinstance(call, ast.Call) and _name(call.func) in names for call in ast.walk(function))


def _name(node: Any) -> str:
    return getattr(node, "id", "") or getattr(node, "attr", "")


def told(work: Callable[[], Any], engine: Engine) -> list[str]:
    """What `work` sends."""
    with statements(engine) as seen:
        work()
    return seen
