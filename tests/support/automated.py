"""Functions that decide or sort by themselves, found in the source by what they do, and whether they are marked with a step.

Nobody can forget to say so: who draws, ranks, measures likeness, compares with a threshold or runs by the clock is found
here, whatever the function is called.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RANDOM = re.compile(
    r"(^|\.)(random|Random|_chance|shuffle|randbelow|randint|SystemRandom|gen_random_uuid)(\.|$)|(random|chance|rng)\.(sample|choices?)$"
)
LIKENESS = re.compile(r"fuzz|extractOne|process\.extract|similarity|bm25|ts_rank|cosine|SequenceMatcher|get_close_matches")
THRESHOLD = re.compile(
    r"THRESHOLD|ENOUGH|FEWEST|ALIKE|SAME_WORD|SUSPICIOUS|MOST_UNIQUE|ATTEMPT|HELD_BACK|_KEPT|^KEPT$|AFTER_APPROVAL|GIVE_UP|RETENTION"
    r"|FEW|^LEAST$|_EACH|_LINKS|_REPORTS|DRAFTS_MOST|UNDO_FOR|REMIND"
)
TELLING = re.compile(
    r"^_?(few|too_few|fair_|rank(ed|ing)?(_|$)|likeness|similar$|suspicious|perturb|protected$|wait_after|score_of|withhold|redact)"
)
ORDERING = {"sorted", "sort", "order_by"}
# Files without any of these words have nothing to be found in: most need not be parsed.
WORTH_A_LOOK = re.compile(
    "|".join(
        [
            "decides",
            "beat_schedule",
            "random|Random|_chance|shuffle|randbelow|randint|sample|choice",
            LIKENESS.pattern,
            THRESHOLD.pattern.replace("^", "").replace("$", ""),
            (
                r"def _?(few|too_few|fair|rank|"
                r"likeness|similar|suspicious|perturb|protected|wait_after|score_of|withhold|redact)"
            ),
            "hashlib|hmac",
        ]
    )
)
HASHING = re.compile(r"hashlib|hmac|sha256|sha512|md5")


@dataclass(frozen=True)
class Decider:
    """A function that looks as if it decided something: where it is, why it looks so, and the steps it is marked with."""

    place: str
    why: tuple[str, ...]
    steps: tuple[str, ...]


@cache
def deciders(house: Path) -> tuple[Decider, ...]:
    """Every such function below `house`/app, marked or not; also every marked one. A house is read once."""
    found = []
    for path in _files(house):
        source = path.read_text(encoding="utf-8")
        if not WORTH_A_LOOK.search(source):
            continue
        tree = ast.parse(source)
        by_clock = _tasks_by_the_clock(tree)
        module = ".".join(path.relative_to(house).with_suffix("").parts)
        for name, function in _functions(tree):
            why, steps = _why(function, by_clock), _steps(function)
            if why or steps:
                found.append(Decider(f"{module}.{name}", tuple(sorted(why)), steps))
    return tuple(found)


def _files(house: Path) -> list[Path]:
    """The source of the application. `developers` makes up a demonstration city and is no part of a real one."""
    return [path for path in sorted((house / "app").rglob("*.py")) if "developers" not in path.relative_to(house).parts]


def unmarked(house: Path) -> dict[str, tuple[str, ...]]:
    """Places that decide and are marked with no step, and why they are thought to decide."""
    return {one.place: one.why for one in deciders(house) if not one.steps}


@cache
def declared(house: Path) -> dict[str, str]:
    """Step → file of its declaration, read from the source."""
    found = {}
    for path in _files(house):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)) if "automated_step(" in source else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "automated_step" and node.args:
                found[str(ast.literal_eval(node.args[0]))] = str(path.relative_to(house))
    return found


def loose_ends(house: Path) -> list[str]:
    """Marks without a declaration, and declarations that no function is marked with."""
    said, marked = set(declared(house)), {step for one in deciders(house) for step in one.steps}
    return [f"marked, never declared: {name}" for name in sorted(marked - said)] + [
        f"declared, no function is marked: {name}" for name in sorted(said - marked)
    ]


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Functions of the module and methods of its classes; what is nested in one belongs to it."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{one.name}", one) for one in node.body if isinstance(one, ast.FunctionDef))


def _steps(function: ast.FunctionDef) -> tuple[str, ...]:
    return tuple(
        str(ast.literal_eval(argument))
        for mark in function.decorator_list
        if isinstance(mark, ast.Call) and ast.unparse(mark.func).split(".")[-1] == "decides"
        for argument in mark.args
    )


def _why(function: ast.FunctionDef, by_clock: set[str]) -> set[str]:
    why = {"runs by the clock"} if _task_name(function) in by_clock else set()
    if TELLING.search(function.name):
        why.add("is called so")
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            why |= _of_call(node)
        elif isinstance(node, ast.Compare) and _names_a_threshold(node):
            why.add("compares with a threshold")
    return why


def _of_call(node: ast.Call) -> set[str]:
    called, why = ast.unparse(node.func), set()
    if RANDOM.search(called):
        why.add("draws by chance")
    arguments = [one for one in (*node.args, *(word.value for word in node.keywords)) if not isinstance(one, ast.Call)]
    if LIKENESS.search(called) or any(LIKENESS.search(ast.unparse(one)) for one in arguments):
        why.add("measures likeness")
    if called.split(".")[-1] in ORDERING and HASHING.search(ast.unparse(node)):
        why.add("sorts by a hash")
    return why


def _names_a_threshold(node: ast.Compare) -> bool:
    names = [
        one.id if isinstance(one, ast.Name) else one.attr for one in ast.walk(node) if isinstance(one, ast.Name | ast.Attribute)
    ]
    return any(name.isupper() and THRESHOLD.search(name) for name in names)


def _task_name(function: ast.FunctionDef) -> str | None:
    for mark in function.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith(".task"):
            return next((str(ast.literal_eval(word.value)) for word in mark.keywords if word.arg == "name"), function.name)
    return None


def _tasks_by_the_clock(tree: ast.Module) -> set[str]:
    """The names of tasks that this module puts on the schedule."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(ast.unparse(target).endswith("beat_schedule") for target in node.targets):
            for entry in ast.walk(node.value):
                if isinstance(entry, ast.Dict):
                    for key, value in zip(entry.keys, entry.values, strict=True):
                        if isinstance(key, ast.Constant) and key.value == "task" and isinstance(value, ast.Constant):
                            found.add(str(value.value))
    return found
