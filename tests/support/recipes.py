"""Recipes of `docs/how-to` that a machine can follow: their fenced blocks say what to write where.

A block's info string names the file and one way to change it; people read the same in the words before the block:

    ```python file="app/x.py" below="a part of one line"     the block goes below that line
    ```python file="app/x.py" above="…"                      … above it
    ```python file="app/x.py" instead-of="…"                 … replaces it
    ```python file="app/x.py" instead-of-all-below="…"       … replaces all that follows it
    ```python file="tests/x.py" new                          … is a new file
    ```po file="….po" fill-in                                its translations go to the texts that have none
    ```sh                                                    commands, run from the repository

`file` may have a star when exactly one file fits. Any other block with `file=` is refused.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
ENTRY = re.compile(r'^msgid (".+")\nmsgstr (".+")$', re.MULTILINE)
PLACES = ("below", "above", "instead-of", "instead-of-all-below")
WAYS = (*PLACES, "new", "fill-in")


class StepBroken(AssertionError):
    """A step of a recipe cannot be followed; the message says which, and why."""


@dataclass(frozen=True)
class Step:
    """One block of a recipe: `way` is one of WAYS, or `run` for commands; `words` is what people read before it."""

    heading: str
    line: int
    way: str
    file: str
    anchor: str
    block: str
    words: str

    def broken(self, why: str) -> StepBroken:
        """The error that says where the recipe is wrong."""
        return StepBroken(f"step “{self.heading}” (line {self.line} of the recipe): {why}")

    def apply(self, root: Path) -> None:
        """Change the file below `root`. Raises StepBroken."""
        if self.way == "new":
            path = root / self.file
            if path.exists():
                raise self.broken(f"{self.file} is there already")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.block, encoding="utf-8")
            return
        path = self._path(root)
        text = path.read_text(encoding="utf-8")
        path.write_text(self._filled_in(text) if self.way == "fill-in" else self._changed(text), encoding="utf-8")

    def _path(self, root: Path) -> Path:
        found = sorted(root.glob(self.file))
        if len(found) != 1:
            raise self.broken(f"{len(found)} files are called {self.file}; there must be one")
        return found[0]

    def _changed(self, text: str) -> str:
        lines = text.splitlines(keepends=True)
        found = [number for number, line in enumerate(lines) if self.anchor in line]
        if len(found) != 1:
            raise self.broken(f"{len(found)} lines of {self.file} contain `{self.anchor}`; there must be one")
        at = found[0]
        start, end = {
            "below": (at + 1, at + 1),
            "above": (at, at),
            "instead-of": (at, at + 1),
            "instead-of-all-below": (at + 1, len(lines)),
        }[self.way]
        return "".join([*lines[:start], self.block, *lines[end:]])

    def _filled_in(self, text: str) -> str:
        for source, translation in ENTRY.findall(self.block):
            empty = f'\nmsgid {source}\nmsgstr ""\n'
            if text.count(empty) != 1 or text.count(f'{empty}"'):
                raise self.broken(f"{self.file} has no text {source} that waits for its translation")
            text = text.replace(empty, f"\nmsgid {source}\nmsgstr {translation}\n")
        return text

    def translated(self) -> list[str]:
        """The source texts that a block of translations fills in."""
        return [source[1:-1] for source, _translation in ENTRY.findall(self.block)]


def steps(recipe: str) -> Iterator[Step]:
    """The steps of a recipe in their order. Raises StepBroken where people would read something else than the machine."""
    end = 0
    for found in FENCE.finditer(recipe):
        language, info, block = found.groups()
        words = recipe[end : found.start()]
        end = found.end()
        headings = HEADING.findall(recipe[: found.start()])
        section = recipe[: found.start()].rpartition("\n## ")[2]
        heading = headings[-1] if headings else "before the first heading"
        step = _step(heading, recipe[: found.start()].count("\n") + 1, language, info, block, words)
        if step is None:
            continue
        if step.file and f"`{step.file}`" not in section:
            raise step.broken(f"the words of the step do not name `{step.file}`")
        if step.anchor and f"`{step.anchor}`" not in " ".join(words.split()):
            raise step.broken(f"the words before the block do not name `{step.anchor}`")
        yield step


def _step(heading: str, line: int, language: str, info: str, block: str, words: str) -> Step | None:
    said = dict(word.partition("=")[::2] for word in shlex.split(info))
    ways = [way for way in WAYS if way in said]
    if language == "sh" and not said:
        return Step(heading, line, "run", "", "", block, words)
    if not said:
        return None
    step = Step(
        heading, line, ways[0] if ways else "", said.get("file", ""), said.get(ways[0], "") if ways else "", block, words
    )
    if len(ways) != 1 or not step.file or len(said) != 2 or (step.way in PLACES) != bool(step.anchor):
        raise step.broken(f"its block says `{info.strip()}`, which is not a way to change a file")
    return step
