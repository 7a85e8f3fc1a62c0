"""The style sheets fit together, work from right to left, and come from our own host."""

import re
from pathlib import Path

import pytest

from app.web.stylesheet import join

STATIC = Path(__file__).parents[3] / "static"
CSS = STATIC / "css"
OURS = sorted(path for path in CSS.rglob("*.css") if path.name != "map.css")

PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border)-(?:left|right|top|bottom)(?:-\w+)*\s*:|"
    r"(?:(?:min|max)-)?(?:left|right|top|bottom|width|height)\s*:|(?:text-align|float|clear)\s*:\s*(?:left|right)\b)"
)


def declarations(text: str) -> str:
    """The text without comments and without the conditions of media queries, which know only physical widths."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"@media[^{]*\{", "{", text)


def imported() -> list[str]:
    return re.findall(r'@import "([^"]+)"', (CSS / "plaza.css").read_text(encoding="utf-8"))


def test_every_style_sheet_is_imported_once_or_linked_by_the_pages_of_its_room() -> None:
    assert len(imported()) == len(set(imported()))
    rest = {str(path.relative_to(CSS)) for path in CSS.rglob("*.css")} - set(imported()) - {"plaza.css"}
    app = Path(__file__).parents[3] / "app"
    sources = "".join(p.read_text(encoding="utf-8") for kind in ("*.html", "*.py") for p in app.rglob(kind))
    assert {name for name in rest if f"css/{name}" not in sources} == set()


def test_what_a_room_links_stands_in_a_layer_so_that_nothing_wins_by_accident() -> None:
    for path in CSS.glob("pages/*.css"):
        if str(path.relative_to(CSS)) not in imported():
            assert re.search(r"^@layer pages\b", path.read_text(encoding="utf-8"), re.MULTILINE), path.name


def test_the_joined_style_sheet_holds_every_file_in_its_layer() -> None:
    joined = join(CSS / "plaza.css")
    assert "@import" not in joined
    assert joined.count("{") == joined.count("}")
    assert joined.index("@layer tokens, base") < joined.index("@layer components {") < joined.index("@layer print {")
    for path in OURS:
        if str(path.relative_to(CSS)) in imported():
            assert path.read_text(encoding="utf-8") in joined


def test_a_missing_style_sheet_is_an_error_and_not_a_silence(tmp_path: Path) -> None:
    (tmp_path / "plaza.css").write_text('@import "gone.css" layer(base);', encoding="utf-8")
    with pytest.raises(OSError, match=r"gone\.css"):
        join(tmp_path / "plaza.css")


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_a_style_sheet_knows_start_and_end_but_not_left_and_right(path: Path) -> None:
    assert PHYSICAL.findall(declarations(path.read_text(encoding="utf-8"))) == []


def test_a_planted_left_is_found() -> None:
    for planted in ("a { margin-left: 1px; }", "a { left: 0; }", "a { text-align: right; }", "a { width: 3px; }"):
        assert PHYSICAL.findall(planted), planted
    assert not PHYSICAL.findall("a { margin-inline-start: 1px; border-width: 2px; stroke-width: 2; max-inline-size: 3px; }")


def test_no_style_sheet_asks_another_host() -> None:
    for path in OURS:
        assert not re.findall(r"url\(\s*[\"']?(?:https?:)?//", path.read_text(encoding="utf-8")), path.name


def test_every_font_is_there_with_its_licence() -> None:
    named = re.findall(r'url\("\.\./(fonts/[^"]+)"\)', (CSS / "fonts.css").read_text(encoding="utf-8"))
    assert len(named) >= 4
    for name in named:
        assert (STATIC / name).read_bytes()[:4] == b"wOF2", name
        family = re.match(r"fonts/(atkinson-hyperlegible-next|noto-sans-arabic)", name)
        assert family
        licence = STATIC / f"fonts/LICENSE.{family[1]}.txt"
        assert "SIL Open Font License" in licence.read_text(encoding="utf-8")


def test_nothing_moves_for_people_who_asked_for_rest() -> None:
    assert "prefers-reduced-motion: reduce" in (CSS / "base.css").read_text(encoding="utf-8")
    for path in OURS:
        for time, unit in re.findall(r"transition:[^;]*?([\d.]+)(ms|s)\b", path.read_text(encoding="utf-8")):
            assert float(time) * (1000 if unit == "s" else 1) <= 150, path.name
