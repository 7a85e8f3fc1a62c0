"""A file that browsers may keep for good is the same for everybody: it knows no cookie, and no visit goes on with it."""

import re

import pytest

from app.features.voting.ballot import kept
from app.web import logs
from tests.factories import spaces

FILES = (
    r'"(/scripts/[^"]+/main\.js)"',
    r'"(/plaza\.css[^"]+)"',
    r'"(/static/icons/[^"]+\.svg[^"#]+)',
    r'"(/static/fonts/[^"]+\.woff2[^"]+)"',
    r'"(/city\.svg[^"#]+)',
)


def addresses(client, db) -> list[str]:
    spaces.process()
    db.session.commit()
    page = client.get("/").text
    return [re.search(pattern, page)[1] for pattern in FILES]


@pytest.mark.parametrize("role", [None, "resident"])
def test_a_file_depends_on_no_cookie_and_sets_none(client, as_role, role, db):
    browser = as_role(role) if role else client
    browser.set_cookie(f"{kept.COOKIE}-of-a-pot", "1")
    for address in addresses(browser, db):
        with browser.get(address) as answer:
            assert answer.status_code == 200, address
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", address
            assert "Vary" not in answer.headers, address
            assert "Set-Cookie" not in answer.headers, address


def test_a_page_depends_on_the_cookies_of_its_reader(client):
    assert "Cookie" in client.get("/processes").headers["Vary"]


def test_no_file_leaves_a_line_in_the_log_that_would_tell_when_somebody_came(client, db, caplog):
    caplog.set_level("INFO", logs.access_log.name)
    found = addresses(client, db)
    caplog.clear()
    for address in found[:-1]:  # the drawing of the city stands on no page of a vote
        client.get(address).close()
    assert [record for record in caplog.records if record.name == logs.access_log.name] == []
