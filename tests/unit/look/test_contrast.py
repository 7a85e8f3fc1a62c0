"""Everybody can read what we write, in every choice of colours, also after a city has put in its own."""

import re
from itertools import product
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[3] / "static"
SCHEMES = ("light", "dark", "contrast", "contrast-dark")
TEXT, CONTROL = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11

SHEETS = ("paper", "surface", "sunken")
WORDS = ("ink", "ink-soft", "brand", "brand-strong", "accent", "good", "warning", "bad")
WASHES = ("brand", "accent", "good", "warning", "bad")
TEXT_PAIRS = [
    *product(WORDS, SHEETS),
    *((word, f"{wash}-wash") for wash in WASHES for word in ("ink", "ink-soft", wash)),
    ("brand-strong", "brand-wash"),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("on-bad", "bad"),
    ("bad", "on-bad"),
    ("on-foot", "foot"),
    ("on-foot-soft", "foot"),
    ("foot", "on-foot"),
    ("ink", "water"),
]
CONTROL_PAIRS = [("control-line", sheet) for sheet in (*SHEETS, "brand-wash")] + [("brand", "surface"), ("accent", "paper")]
GROUNDS_OF_FOCUS = (*SHEETS, "brand", "brand-strong", "bad", "foot", "brand-wash")


def colours(css: str, scheme: str) -> dict[str, str]:
    """The colours of one scheme in tokens.css, by their short names."""
    found = re.findall(rf"--{scheme}-([a-z-]+):\s*(#[0-9A-Fa-f]{{6}});", css)
    return {name: value for name, value in found if not name.startswith("dark-")}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def too_weak(css: str, scheme: str) -> list[str]:
    """Every pair of this scheme that people could not read or see."""
    c = colours(css, scheme)
    weak = [f"{a} on {b}: {contrast(c[a], c[b]):.2f}" for a, b in TEXT_PAIRS if contrast(c[a], c[b]) < TEXT]
    return weak + [f"{a} on {b}: {contrast(c[a], c[b]):.2f}" for a, b in CONTROL_PAIRS if contrast(c[a], c[b]) < CONTROL]


@pytest.fixture(scope="module")
def tokens() -> str:
    return (STATIC / "css/tokens.css").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_can_be_read_and_every_control_seen(tokens: str, scheme: str) -> None:
    assert too_weak(tokens, scheme) == []


@pytest.mark.parametrize("scheme", ["contrast", "contrast-dark"])
def test_high_contrast_means_seven_to_one_for_every_text(tokens: str, scheme: str) -> None:
    c = colours(tokens, scheme)
    assert [f"{a} on {b}" for a, b in TEXT_PAIRS if contrast(c[a], c[b]) < 7] == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_where_the_keyboard_is_shows_on_everything(tokens: str, scheme: str) -> None:
    c = colours(tokens, scheme)
    assert contrast(c["focus"], c["focus-ring"]) >= CONTROL
    for ground in GROUNDS_OF_FOCUS:
        assert max(contrast(c["focus"], c[ground]), contrast(c["focus-ring"], c[ground])) >= CONTROL, ground


def test_a_city_that_chooses_pale_colours_is_told(tokens: str) -> None:
    pale = tokens.replace("--light-brand: #0B5563", "--light-brand: #7FB8C4")
    assert pale != tokens
    assert any(problem.startswith("brand on paper") for problem in too_weak(pale, "light"))


def test_black_on_white_is_twenty_one() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


def test_every_scheme_has_the_same_colours(tokens: str) -> None:
    names = {scheme: set(colours(tokens, scheme)) for scheme in SCHEMES}
    assert all(names[scheme] == names["light"] for scheme in SCHEMES)
    assert len(names["light"]) >= 25


def test_each_choice_of_colours_names_all_of_them(tokens: str) -> None:
    names = set(colours(tokens, "light"))
    css = (STATIC / "css/schemes.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root[^{]*\{([^{}]*)\}", css)
    assert len(blocks) == 8
    for block in blocks:
        assigned = dict(re.findall(r"--([a-z-]+): var\(--(?:light|dark|contrast-dark|contrast)-([a-z-]+)\);", block))
        assert set(assigned) == names
        assert all(name == source for name, source in assigned.items())
        assert (
            len(
                set(re.findall(r"var\(--(light|dark|contrast-dark|contrast)-", block.replace("contrast-dark", "contrast-dark")))
            )
            == 1
        )


def test_the_look_uses_only_named_colours() -> None:
    """So that a city changes a colour in one place. Black and white on paper and behind a QR code are not a matter of taste."""
    allowed = {"tokens.css", "print.css", "qr.css", "map.css", "sheet.css"}
    strays = [
        f"{path.name}: {found}"
        for path in (STATIC / "css").rglob("*.css")
        if path.name not in allowed
        for found in re.findall(r"(?<!&)#[0-9A-Fa-f]{3,8}\b(?!\s*[{,])", path.read_text(encoding="utf-8"))
    ]
    assert strays == []
