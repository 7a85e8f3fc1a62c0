"""What a finished page becomes on a public screen."""

import pytest

from app.web.kiosk_page import asks, dress


def dressed(page: str) -> str:
    return dress(page, "/kiosk", 82, "city.example")


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ('<a href="/proposals">All</a>', '<a href="/proposals">All</a>'),
        ('<a class="x" href="https://elsewhere.example/a?b=1&amp;c=2">Their <b>page</b></a>', "<span>Their <b>page</b></span>"),
        ('<a\n href="//elsewhere.example">Page</a>', "<span>Page</span>"),
        ('<a href="mailto:city@city.example">Write</a>', "<span>Write</span>"),
        ('<a href="http://city.example/proposals">All</a>', '<a href="http://city.example/proposals">All</a>'),
        ('<a href="/forms/parks/proposal.pdf?print=large">Print</a>', ""),
        ('<a href="/data/proposals.csv">Table</a>', ""),
        ('<a href="/x" download>Take</a>', ""),
        ('<a href="/pdf-for-all">About</a>', '<a href="/pdf-for-all">About</a>'),
        ('<abbr title="a">b</abbr>', '<abbr title="a">b</abbr>'),
        ('<button type="button" data-module="copy" data-text="secret"><span>Copy</span></button>', ""),
    ],
)
def test_nothing_leads_away_or_into_a_file(link, shown):
    assert dressed(f"<p>{link}</p>") == f"<p>{shown}</p>"


def test_words_that_look_like_a_tag_stay_as_people_wrote_them():
    words = "<p>I wrote &lt;a href=&#34;https://x.example&#34;&gt; and &lt;form&gt; autocomplete=&#34;on&#34;</p>"
    assert dressed(words) == words


def test_forms_are_never_filled_in_again_by_the_browser():
    page = dressed('<form method="post"><input name="email" autocomplete="username"></form><form autocomplete="on"></form>')
    assert page.count('autocomplete="off"') == 3
    assert "username" not in page


def test_a_page_ends_by_itself_only_without_scripts():
    assert (
        dressed("<head></head>") == '<head><noscript><meta http-equiv="refresh" content="82; url=/kiosk"></noscript>\n</head>'
    )


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ('<form method="post"><textarea name="text"></textarea></form>', True),
        ('<form method="post"><input type="checkbox" name="choice"></form>', True),
        ('<form method="post"><input type="hidden" name="csrf_token"><button>Go</button></form>', False),
        ('<form method="get"><input name="q"></form>', False),
        ("<p>Only words</p>", False),
    ],
)
def test_a_page_that_asks_something_is_told_from_one_to_read(form, expected):
    assert asks(form) is expected
