"""Every text that people read is marked for translation: a run in a pseudo-language finds what was forgotten."""

import pytest
from babel import Locale
from flask import Flask

from app.extensions import db as database
from tests.samples.world import PLACES, World, visits_to
from tests.support.pseudo import pseudo_language, texts_in, unmarked

# Names that are the same in every language.
NAMES = {
    "Plaza",
    "OpenStreetMap",
    "ODbL",
    "Leaflet",
    "GeoJSON",
    "CSV",
    "JSON",
    "Atom",
    "README",
    "CC BY 4.0",
    "PDF",
    "Helsinki",
}

# Pages that only a development server shows.
FOR_DEVELOPERS = {"styleguide", "notifications.development_mail", "notifications.development_letter"}


@pytest.mark.one_database("sqlite")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.timeout(180)
def test_every_text_on_a_page_is_marked_for_translation(app: Flask, world: World, place: str) -> None:
    pages = {}
    with pseudo_language():
        for endpoint, visit in visits_to(app, place, world):
            if endpoint in FOR_DEVELOPERS:
                continue
            response = world.client(visit.viewer or "nobody").get(visit.url)
            database.session.remove()
            if response.mimetype == "text/html" and not 300 <= response.status_code < 400:
                pages[visit.url] = response.get_data(as_text=True)
    known = texts_in(database.session()) | NAMES | names_of_languages(app) | {app.config["SETTINGS"].city_name}
    found = {f"{url}: {text}" for url, html in pages.items() for text in unmarked(html, known)}
    assert not found, f"{len(found)} texts:\n" + "\n".join(sorted(found))


def names_of_languages(app: Flask) -> set[str]:
    """What the languages of the installation are called, by themselves and in English."""
    codes = app.config["SETTINGS"].languages
    return {name for code in codes for reader in (code, "en") if (name := Locale.parse(code).get_display_name(reader))} | {
        name.capitalize() for code in codes if (name := Locale.parse(code).get_display_name(code))
    }


def page(body: str) -> str:
    """A page around a piece of HTML."""
    return f"<!doctype html><html lang=en><title>⟦Proposals⟧ – Plaza</title><main>{body}</main></html>"


@pytest.mark.parametrize(
    "body",
    [
        "<p>⟦Support this proposal⟧</p>",
        "<p>⟦By ⟦the city⟧ on⟧ 11 May 2026, 3 days ago</p>",
        "<p>⟦Open from <time>11 May</time> until <b>noon</b>⟧, https://example.org/a person@example.org /processes/a</p>",
        "<p>A bench under the lime tree</p>",
        '<p><img alt="⟦Map⟧"> 12 € · 25 %</p>',
        "<script>var words = 'not read'</script><code>flask db upgrade</code><span translate=no>Mannerheimintie</span>",
        '<input type="submit" value="⟦Send⟧">',
    ],
)
def test_marked_texts_data_and_figures_are_left_alone(body: str) -> None:
    assert unmarked(page(body), {"A bench under the lime tree", "Plaza"}) == []


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("<p>Support this proposal</p>", "Support this proposal"),
        ("<p>⟦Supports⟧: none</p>", "none"),
        ('<img alt="Map of the city">', "Map the city"),
        ('<nav aria-label="Breadcrumb"></nav>', "Breadcrumb"),
        ('<input placeholder="Search">', "Search"),
        ('<input type="submit" value="Send">', "Send"),
        ("<p>⟦By⟧ someone <b>⟦else⟧</b> entirely</p>", "entirely"),
    ],
)
def test_a_text_that_was_forgotten_is_found(body: str, left: str) -> None:
    found = unmarked(page(body), {"Plaza"})
    assert any(left in text for text in found), found


def test_a_title_that_was_forgotten_is_found() -> None:
    assert unmarked(page("").replace("⟦Proposals⟧", "Proposals"), {"Plaza"}) != []
