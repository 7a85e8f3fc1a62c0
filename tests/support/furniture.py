"""Which piece of which room imports what (laws 1 and 2): the furniture table of the architecture, read from the source.

Imports under `if TYPE_CHECKING:` are free: they name a type and connect nothing.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]

# What a piece may import from its own room. Pieces that are not named here are helpers and may import any.
OWN = {
    "models": {"models"},
    "rules": {"rules", "models"},
    "commands": {"commands"},
    "queries": {"queries", "rules", "models"},
    "use_cases": {"use_cases", "commands", "queries", "rules", "models"},
    "forms": {"forms", "commands", "queries", "rules"},
    "routes": {"routes", "forms", "use_cases", "queries", "commands", "rules"},
    "api": {"api", "forms", "use_cases", "queries", "commands", "rules"},
    "tasks": {"tasks", "use_cases", "queries", "commands", "rules"},
    "cli": {"cli", "use_cases", "queries", "commands", "rules"},
}
OWN["manage_routes"] = OWN["authoring_routes"] = OWN["routes"] | {"manage_routes", "authoring_routes"}
# Commands and doors may name the words of the models (enumerations), which carry no rows and write nothing.
WORDS_OF_MODELS = {"commands", "forms", "routes", "manage_routes", "authoring_routes", "api", "tasks", "cli"}
INWARD = {"models", "rules", "commands", "queries", "use_cases"}
# What a piece may import of another room.
ABROAD = {"models": set(), "rules": set(), "commands": set(), "queries": {"queries"}}
ABROAD_OTHERWISE = {"use_cases", "queries"}
# Counting is pure functions without a database: a library that stands in a room. It knows nobody.
LIBRARY_ROOMS = {"counting"}
WEB_LIBRARIES = {"flask", "flask_login", "flask_wtf", "wtforms", "flask_babel", "flask_smorest", "flask_limiter", "werkzeug"}


@dataclass(frozen=True)
class Import:
    """One import: who (room, piece, file, line), what (dotted module) and the name taken from it."""

    room: str
    piece: str
    file: Path
    line: int
    module: str
    name: str | None

    @property
    def where(self) -> str:
        """For messages."""
        return f"{self.room}/{self.file.name}:{self.line}"


def imports_of_rooms(house: Path) -> Iterator[Import]:
    """Every import of every room below `house`/app/features."""
    features = house / "app" / "features"
    for path in sorted(features.glob("*/**/*.py")):
        room, *inside = path.relative_to(features).with_suffix("").parts
        piece = piece_of(inside[0]) if inside else "__init__"
        package = ["app", "features", room, *inside[:-1]]
        for line, module, name in _imports(ast.parse(path.read_text(encoding="utf-8")), package):
            yield Import(room, piece, path, line, module, name)


def piece_of(name: str) -> str:
    """The piece of furniture that a file or folder of a room is: `roll_routes` is routes, and `roll_use_cases` use cases."""
    if name in OWN:
        return name
    return next((piece for piece in sorted(OWN, key=len, reverse=True) if name.endswith(f"_{piece}")), name)


def beside_their_piece(house: Path) -> list[str]:
    """Files and folders that are a second `use_cases`, `rules`, `queries`, … of a room, where a folder should be."""
    return [
        f"{path.relative_to(house)}: make a folder, {piece}/{path.stem.removesuffix(f'_{piece}')}.py"
        for path in sorted((house / "app" / "features").glob("*/*"))
        if (path.suffix == ".py" or path.is_dir()) and (piece := piece_of(path.stem)) in INWARD and piece != path.stem
    ]


def _imports(tree: ast.AST, package: list[str]) -> Iterator[tuple[int, str, str | None]]:
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, module, alias.name) for alias in node.names)


def misplaced(house: Path) -> list[str]:
    """Every import that the furniture table does not allow."""
    enumerations = {room.name: _enumerations(room) for room in (house / "app" / "features").iterdir() if room.is_dir()}
    complaints = ((each, _web_in_the_kitchen(each) or _wrong_neighbour(each, enumerations)) for each in imports_of_rooms(house))
    return [f"{each.where}: {reason}" for each, reason in complaints if reason]


def _web_in_the_kitchen(each: Import) -> str | None:
    root = each.module.split(".")[0]
    if each.piece in INWARD and (root in WEB_LIBRARIES or each.module.startswith("app.web")):
        return f"{each.piece} may not know the web ({each.module})"
    return None


def _wrong_neighbour(each: Import, enumerations: dict[str, set[str]]) -> str | None:
    room, piece = _target(each)
    if room is None or piece is None:
        return None
    if room == each.room:
        return _wrong_at_home(each, piece, enumerations.get(room, set()))
    if room in LIBRARY_ROOMS:
        return None
    allowed_abroad = ABROAD.get(each.piece, ABROAD_OTHERWISE)
    if piece not in allowed_abroad:
        most = " and ".join(sorted(allowed_abroad)) or "nothing"
        return f"{each.piece} may import {most} of another room, not {room}.{piece}"
    return None


def _wrong_at_home(each: Import, piece: str, enumerations: set[str]) -> str | None:
    if each.piece == "__init__":
        return "a room's own words import nothing"
    allowed = OWN.get(each.piece)
    words = each.piece in WORDS_OF_MODELS and piece == "models" and each.name in enumerations
    helper = piece not in OWN  # what is no furniture is free inside its room
    if allowed is None or helper or piece in allowed or words:
        return None
    return f"{each.piece} may not import {piece} ({each.name}); a type alone goes under `if TYPE_CHECKING:`"


def _target(each: Import) -> tuple[str | None, str | None]:
    """Room and piece that an import reaches into; (None, None) outside the rooms."""
    parts = each.module.split(".")
    if parts[:2] != ["app", "features"]:
        return None, None
    parts = parts[2:] + ([each.name] if each.name else [])
    if not parts:
        return None, None
    return parts[0], piece_of(parts[1]) if len(parts) > 1 else "__init__"


def _enumerations(room: Path) -> set[str]:
    """Names of the enumerations that a room's models define."""
    files = [room / "models.py", *(room / "models").glob("*.py")]
    return {
        node.name
        for file in files
        if file.exists()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(base) for base in node.bases)
    }


def importers_of(house: Path, library: str) -> set[str]:
    """Places of the application that import `library`: a room's name, or `kernel`, `web`, `developers`, `app`."""
    found = set()
    for path in sorted((house / "app").rglob("*.py")):
        parts = path.relative_to(house / "app").parts
        place = parts[1] if parts[0] == "features" and len(parts) > 2 else parts[0] if len(parts) > 1 else "app"
        package = ["app", *parts[:-1]]
        for _line, module, name in _imports(ast.parse(path.read_text(encoding="utf-8")), package):
            full = f"{module}.{name}" if name else module
            if full == library or full.startswith(f"{library}.") or module == library:
                found.add(place)
    return found


COMMITTING = {"commit", "rollback", "transaction"}
SENDING = {"delay", "apply_async", "send_task"}
LINES_OUT = {"smtplib", "requests", "httpx", "urllib.request", "http.client", "paho", "paho.mqtt.client"}


def calls_that_commit(house: Path) -> list[str]:
    """Use cases and what they stand on that commit or roll back themselves: edges do that (law 3)."""
    return [
        f"{where} calls .{name}()"
        for where, piece, name in _method_calls(house)
        if piece in INWARD | {"forms"} and name in COMMITTING
    ]


def calls_that_leave_early(house: Path) -> list[str]:
    """Pieces that send a job themselves instead of posting to the outbox (law 4)."""
    return [f"{where} calls .{name}()" for where, piece, name in _method_calls(house) if piece != "tasks" and name in SENDING]


def lines_out(house: Path) -> list[str]:
    """Imports that open a line to somebody else, outside background work (law 4)."""
    return [
        f"{each.where} imports {each.module}"
        for each in imports_of_rooms(house)
        if (each.module in LINES_OUT or f"{each.module}.{each.name}" in LINES_OUT or each.name == "postman_for")
        and each.piece in INWARD | set(WORDS_OF_MODELS) - {"tasks", "cli"}
    ]


def _method_calls(house: Path) -> Iterator[tuple[str, str, str]]:
    features = house / "app" / "features"
    for path in sorted(features.glob("*/**/*.py")):
        inside = path.relative_to(features).with_suffix("").parts
        piece = piece_of(inside[1]) if len(inside) > 1 else "__init__"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield f"{inside[0]}/{path.name}:{node.lineno}", piece, node.func.attr
