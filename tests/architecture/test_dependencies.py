"""A new dependency has a line in docs/dependencies.md, and every version is exact, hashed and from no particular address."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.furniture import HOUSE

NAME = re.compile(r"^([A-Za-z0-9._-]+)")
ROW = re.compile(r"^\| ([a-z0-9._-]+) \|(.*)\|$", re.MULTILINE)


def wanted(text: str) -> set[str]:
    """Names in a requirements*.in file."""
    return {match[1].lower() for line in text.splitlines() if not line.startswith(("#", "-")) and (match := NAME.match(line))}


def without_reasons(requirements: str, reasons: str) -> list[str]:
    """Requirements that have no row with every cell filled in."""
    told = {
        name for name, cells in ROW.findall(reasons) if all(cell.strip() for cell in cells.split("|")) and name != "package"
    }
    return sorted(wanted(requirements) - told)


@pytest.mark.parametrize("file", ["requirements.in", "requirements-dev.in"])
def test_every_dependency_has_its_reasons(file: str) -> None:
    assert without_reasons((HOUSE / file).read_text(), (HOUSE / "docs" / "dependencies.md").read_text()) == []


def test_a_dependency_without_reasons_is_found() -> None:
    reasons = "| package | what for | licence |\n|---|---|---|\n| flask | pages | BSD |\n| leftpad | | MIT |\n"
    assert without_reasons("# why\n-r other.in\nflask\nleftpad>=1\npsycopg[binary]\n", reasons) == ["leftpad", "psycopg"]


def loose(compiled: str) -> Iterator[str]:
    """Lines of a compiled file that pin nothing, or that name an address."""
    for block in re.split(r"\n(?=[A-Za-z0-9])", compiled):
        head = block.splitlines()[0] if block.strip() else "#"
        if not head.startswith("#") and ("==" not in head or "--hash=sha256:" not in block):
            yield head
    yield from (
        line for line in compiled.splitlines() if re.search(r"https?://|^-{1,2}(index|extra|find|trusted)", line.strip())
    )


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_what_is_installed_is_exact_and_from_no_particular_address(file: str) -> None:
    assert list(loose((HOUSE / file).read_text())) == []


def test_a_loose_requirement_is_found() -> None:
    compiled = (
        "# head\nflask==3 \\\n    --hash=sha256:abc\n    # via x\nloose>=1\nexact==1\n--index-url https://example.org/simple\n"
    )
    assert list(loose(compiled)) == ["loose>=1", "exact==1", "--index-url https://example.org/simple"]


def test_development_and_run_time_agree_on_every_version(tmp_path: Path) -> None:
    def versions(file: str) -> dict[str, str]:
        return dict(re.findall(r"^([A-Za-z0-9._\[\]-]+)==([^ ;\\]+)", (HOUSE / file).read_text(), re.MULTILINE))

    run, development = versions("requirements.txt"), versions("requirements-dev.txt")
    assert {name: version for name, version in run.items() if development.get(name) != version} == {}
