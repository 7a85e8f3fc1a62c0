"""What no template of ours may contain, in any room."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TEMPLATES = sorted((ROOT / "app").rglob("templates/**/*.html"))
SPRITE = ROOT / "static/icons/sprite.svg"

NAMED_ICON = (
    re.compile(r"""(?:\bicon|\bdraw|\bopen_icon|\baction_icon|\bstate_icon)\s*(?:=|\()\s*["']([a-z0-9-]+)["']"""),
    re.compile(r"""["'](?:icon|state_icon)["']\s*:\s*["']([a-z0-9-]+)["']"""),
)


def body(path: Path) -> str:
    """The template without its comments."""
    return re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def forbidden(text: str) -> list[str]:
    """Inline styles, inline handlers, scripts and styles without a nonce."""
    found = re.findall(r"<[a-z][^>]*\sstyle\s*=", text)
    found += re.findall(r"<[a-z][^>]*\son[a-z]+\s*=\s*[\"']", text)
    found += re.findall(r"href\s*=\s*[\"']javascript:", text)
    found += [tag for tag in re.findall(r"<(?:script|style)\b[^>]*>", text) if "nonce=" not in tag and "src=" not in tag]
    return found


def other_hosts(text: str) -> list[str]:
    """Files that a page would fetch from another host. Links that a reader may follow are no such thing."""
    return re.findall(
        r"(?:\bsrc|<link[^>]*\shref|\bsrcset|\bposter|<use[^>]*\shref|<form[^>]*\saction)\s*=\s*[\"'](?:https?:)?//[^\"']+",
        text,
    )


def icons_of_sprite() -> set[str]:
    """The names of all icons there are."""
    return set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text(encoding="utf-8")))


def test_there_are_templates_to_look_at() -> None:
    assert len(TEMPLATES) > 40
    assert len(icons_of_sprite()) > 80


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "app")))
def test_a_template_keeps_the_content_security_policy(path: Path) -> None:
    assert forbidden(body(path)) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "app")))
def test_a_page_asks_no_other_host_for_anything(path: Path) -> None:
    assert other_hosts(body(path)) == []


@pytest.mark.parametrize(
    "planted",
    [
        '<p style="color: red">',
        '<a href="#" onclick="go()">',
        '<a href="javascript:go()">',
        "<script>go()</script>",
        "<style>p { color: red }</style>",
    ],
)
def test_a_planted_violation_is_found(planted: str) -> None:
    assert forbidden(planted)


def test_a_planted_font_of_another_host_is_found() -> None:
    assert other_hosts('<link rel="stylesheet" href="https://fonts.example/css">')
    assert other_hosts('<script src="//cdn.example/x.js"></script>')
    assert not other_hosts('<a href="https://example.org/">Read more</a>')


def test_every_icon_that_a_template_names_exists() -> None:
    known = icons_of_sprite()
    missing = {
        f"{path.relative_to(ROOT / 'app')}: {name}"
        for path in TEMPLATES
        for pattern in NAMED_ICON
        for name in pattern.findall(body(path))
        if name not in known
    }
    assert missing == set()


def test_every_icon_that_the_navigation_names_exists() -> None:
    known = icons_of_sprite()
    named = {
        name
        for path in (ROOT / "app").rglob("*.py")
        for name in re.findall(r'\bicon="([a-z0-9-]+)"', path.read_text(encoding="utf-8"))
    }
    assert named - known == set()


def test_the_search_for_icon_names_finds_them() -> None:
    text = """{{ icon("map-pin") }} {{ button(_("Go"), icon="check") }} {"title": 1, "state_icon": "clock"}"""
    assert {name for pattern in NAMED_ICON for name in pattern.findall(text)} == {"map-pin", "check", "clock"}
