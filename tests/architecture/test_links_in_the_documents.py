"""Every link between our documents leads somewhere: to a file that is there, and to a heading that is in it."""

import re
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).parents[2]
LINK = re.compile(r"(?<!!)\[[^\]\n]*(?:\n[^\]\n]*)?\]\((?P<to>[^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def documents() -> list[Path]:
    return [
        *HOUSE.glob("*.md"),
        *(HOUSE / "docs").rglob("*.md"),
        *(HOUSE / folder / "README.md" for folder in ("tests", "benchmarks")),
    ]


def anchors(text: str) -> set[str]:
    """What links may name in a document, as code hosts make it from its headings."""
    heads = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def dead(path: Path) -> Iterator[str]:
    """Links of a document that lead nowhere."""
    for found in LINK.finditer(CODE.sub(lambda code: "x" * len(code[0]), path.read_text(encoding="utf-8"))):
        to, _, anchor = found["to"].partition("#")
        if re.match(r"[a-z]+:", to):
            continue
        there = path.parent / to if to else path
        if not there.exists():
            yield f"{path.name}: {found['to']}"
        elif anchor and anchor not in anchors(there.read_text(encoding="utf-8")):
            yield f"{path.name}: {found['to']} (no such heading)"


def test_every_link_leads_to_a_file_and_a_heading_that_are_there() -> None:
    assert [problem for path in documents() for problem in dead(path)] == []


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# Somewhere else\n", encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(
        "# Here\n[a](other.md#somewhere-else) [b](#here) [`c`](https://example.org) [d](gone.md) [e](other.md#gone)\n"
        "[f\ng](#nowhere) `[no](link.md)`\n",
        encoding="utf-8",
    )
    assert list(dead(page)) == [
        "page.md: gone.md",
        "page.md: other.md#gone (no such heading)",
        "page.md: #nowhere (no such heading)",
    ]
