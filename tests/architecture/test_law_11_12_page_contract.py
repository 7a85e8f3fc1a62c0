"""Laws 11 and 12: the page contract finds what it must find, and nothing on a page that keeps it."""

from collections.abc import Callable

import pytest

from tests.support.contract import policy_header_problems, problems_of

GOOD = """<!doctype html>
<html lang="en" dir="ltr">
<head><meta charset="utf-8"><title>Proposals – Plaza</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/css/base.css"><link rel="license" href="https://example.org/licence">
<script type="module" nonce="abc" src="/static/js/main.js"></script></head>
<body><a href="#main">Skip to content</a>
<main id="main"><h1>Proposals</h1><h2>Search</h2>
<form method="post" action="/proposals"><input type="hidden" name="csrf_token" value="x">
<label for="q">Words</label><input id="q" name="q" aria-describedby="hint"><p id="hint">Any words</p>
<fieldset><legend>Order</legend><label><input type="radio" name="o" value="1"> Daily</label></fieldset>
<button>Search</button></form>
<img src="/static/a.png" alt=""><svg aria-hidden="true"><title>x</title><use href="/static/icons.svg#pin"></use></svg>
<a href="https://example.org/">Elsewhere</a>
<table><caption>Figures</caption><thead><tr><th>Area</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>
</main></body></html>"""


def test_a_good_page_keeps_the_contract() -> None:
    assert problems_of(GOOD, language="en", csrf=True) == []


def changed(old: str, new: str) -> Callable[[], str]:
    """The good page with one thing spoiled."""
    assert GOOD.count(old) >= 1, old
    return lambda: GOOD.replace(old, new, 1)


SPOILED = {
    "two headings": (changed("<h2>Search</h2>", "<h1>Search</h1>"), "2 h1"),
    "no heading": (changed("<h1>Proposals</h1>", ""), "0 h1"),
    "another title": (changed("<title>Proposals", "<title>Ideas"), "does not begin with"),
    "no title": (changed("<title>Proposals – Plaza</title>", ""), "0 titles"),
    "a jump of levels": (changed("<h2>Search</h2>", "<h4>Search</h4>"), "jumps from h1 to h4"),
    "two main parts": (changed("</main>", "</main><main></main>"), "2 main"),
    "an id twice": (changed('id="hint"', 'id="q"'), "used 2 times"),
    "a hint that is gone": (changed('aria-describedby="hint"', 'aria-describedby="nothing"'), "refers to nothing"),
    "a label for nothing": (changed('for="q"', 'for="z"'), "has no label"),
    "an empty label": (changed(">Words<", "><"), "has no label"),
    "a link to nowhere": (changed('href="#main"', 'href="#content"'), "leads nowhere"),
    "a button without name": (changed("<button>Search</button>", "<button></button>"), "<button> has no name"),
    "a choice in no group": (changed("<fieldset><legend>Order</legend>", "<div>"), "stands in no fieldset"),
    "a group without legend": (changed("<legend>Order</legend>", ""), "no legend"),
    "an image without text": (changed(' alt=""', ""), "no alternative text"),
    "a table without headers": (changed("<th>Area</th>", "<td>Area</td>"), "no header cells"),
    "no language": (changed(' lang="en"', ""), "no lang"),
    "another language": (changed('lang="en"', 'lang="fi"'), "instead of 'en'"),
    "another direction": (changed('dir="ltr"', 'dir="rtl"'), "dir is"),
    "no direction": (changed(' dir="ltr"', ""), "dir is None"),
    "an unclosed tag": (changed("</form>", ""), "invalid HTML"),
    "a stray tag": (changed("<h2>", "</section><h2>"), "invalid HTML"),
    "an attribute twice": (changed('name="q"', 'name="q" name="r"'), "invalid HTML"),
    "an inline style": (changed("<h2>", '<h2 style="color: red">'), "inline style"),
    "an inline handler": (changed("<button>", '<button onclick="go()">'), "inline handler"),
    "a script address": (changed('href="#main"', 'href="javascript:go()"'), "javascript:"),
    "a script without nonce": (changed("</main>", "<script>go()</script></main>"), "no nonce"),
    "a style without nonce": (changed("</head>", "<style>a{}</style></head>"), "no nonce"),
    "a style sheet from elsewhere": (changed('href="/static/css/base.css"', 'href="//example.com/a.css"'), "another host"),
    "a font from elsewhere": (
        changed("</head>", '<style nonce="a">@font-face{src:url(//fonts.example.com/a)}</style></head>'),
        "a style names another host",
    ),
    "a script from elsewhere": (changed('src="/static/js/main.js"', 'src="//cdn.example.com/a.js"'), "another host"),
    "a picture from elsewhere": (changed('src="/static/a.png"', 'src="http://example.com/a.png"'), "another host"),
    "a set of pictures from elsewhere": (
        changed('src="/static/a.png"', 'src="/a.png" srcset="/a.png 1x, https://example.com/b.png 2x"'),
        "another host",
    ),
    "tiles from elsewhere": (
        changed("</main>", '<script nonce="a">L.tileLayer("https://tile.example.org/{z}/{x}/{y}.png")</script></main>'),
        "an inline script names another host",
    ),
    "a form sent elsewhere": (changed('action="/proposals"', 'action="https://example.com/collect"'), "another host"),
    "a form without token": (changed('name="csrf_token"', 'name="other"'), "no csrf_token"),
    "a forbidden zoom": (changed("initial-scale=1", "initial-scale=1, maximum-scale=1"), "forbids zooming"),
}  # fmt: skip


@pytest.mark.parametrize("spoiled", SPOILED)
def test_a_page_that_breaks_the_contract_is_found(spoiled: str) -> None:
    page, complaint = SPOILED[spoiled]
    found = problems_of(page(), language="en", csrf=True)
    assert any(complaint in problem for problem in found), found


def test_an_arabic_page_reads_from_right_to_left() -> None:
    assert problems_of(GOOD.replace('lang="en" dir="ltr"', 'lang="ar" dir="rtl"'), language="ar") == []


GOOD_POLICY = "default-src 'self'; script-src 'self' 'nonce-abc'; img-src 'self' data: blob:; frame-ancestors 'none'"


def test_our_policy_is_strict() -> None:
    assert list(policy_header_problems(GOOD_POLICY)) == []


@pytest.mark.parametrize(
    "policy",
    [
        None,
        "script-src 'self'; frame-ancestors 'none'",
        GOOD_POLICY.replace("'nonce-abc'", "'unsafe-inline'"),
        GOOD_POLICY.replace("'nonce-abc'", "'unsafe-eval'"),
        GOOD_POLICY.replace("data:", "https://tile.example.org"),
        GOOD_POLICY.replace("data:", "*"),
        GOOD_POLICY.replace("; frame-ancestors 'none'", ""),
    ],
)
def test_a_policy_with_a_hole_is_found(policy: str | None) -> None:
    assert len(list(policy_header_problems(policy))) == 1
