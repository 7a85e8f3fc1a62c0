"""What the components promise to people: words with every field, nothing typed lost, numbers told in words."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

TEMPLATES = Path(__file__).parents[3] / "app/web/templates"


def told(text: str, **values: Any) -> Markup:
    """Stands for translation: English is the source language."""
    return Markup(text) % {name: escape(value) for name, value in values.items()} if values else Markup(text)


@pytest.fixture(scope="module")
def env() -> jinja2.Environment:
    """Templates without an application: macros may rely on these names only."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {
        "_": told,
        "ngettext": lambda one, many, num: told(one if num == 1 else many, num=num),
        "static_url": lambda name: f"/static/{name}?v=1",
        "stylesheet_url": lambda: "/plaza.css?v=1",
        "csrf_token": lambda: "token",
        "csp_nonce": lambda: "nonce",
        "module_urls": lambda *names: [f"/scripts/1/modules/{name}.js" for name in names],
        "city": SimpleNamespace(name="Musterstadt"),
    }
    environment.filters |= {
        "money": lambda cents, currency: f"{cents / 100:,.0f} {currency}",
        "number": lambda n: f"{n:,}",
        "dates_apart": str,
    }
    return environment


@pytest.fixture
def draw(env: jinja2.Environment) -> Any:
    """`draw("field", "field(f)", f=form.title)`: what a macro draws."""

    def drawn(component: str, call: str, **values: Any) -> str:
        name = call.split("(", maxsplit=1)[0]
        source = f'{{% from "components/{component}.html" import {name} %}}{{{{ {call} }}}}'
        return env.from_string(source).render(**values)

    return drawn


class Sample(Form):
    title = StringField("Title", [InputRequired("Give it a title.")], description="One line.")
    text = TextAreaField("Text", [Length(max=20)])
    cost = IntegerField("Cost", [InputRequired("Write the cost as a number.")])
    place = RadioField(
        "Place", [InputRequired("Choose a place.")], choices=[SelectChoice("a", "Here"), SelectChoice("b", "There")]
    )
    agree = BooleanField("Agree")


def filled(**typed: str) -> Sample:
    form = Sample(MultiDict(typed))
    form.validate()
    return form


def test_a_mistake_is_said_with_its_field_and_the_field_knows_it(draw: Any) -> None:
    html = draw("field", "field(f)", f=filled().title)
    assert 'aria-describedby="title-hint title-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="title-error"' in html
    assert "Give it a title." in html
    assert '<label class="field__label" for="title">Title</label>' in html


def test_what_may_stay_empty_says_so_and_what_must_be_filled_does_not(draw: Any) -> None:
    assert "(optional)" in draw("field", "field(f)", f=filled().text)
    assert "(optional)" not in draw("field", "field(f)", f=filled().title)


def test_what_was_typed_stays_and_is_only_text(draw: Any) -> None:
    html = draw("field", "field(f)", f=filled(text="</textarea><script>").text)
    assert "&lt;/textarea&gt;&lt;script&gt;" in html
    assert "<script>" not in html


def test_a_number_with_a_typing_mistake_is_shown_again(draw: Any) -> None:
    """A browser empties a number field that holds letters, so it is a text field with a number pad."""
    html = draw("field", "field(f)", f=filled(cost="12oo").cost)
    assert 'type="text"' in html
    assert 'inputmode="numeric"' in html
    assert 'value="12oo"' in html


def test_a_long_text_says_how_much_fits(draw: Any) -> None:
    html = draw("field", "field(f)", f=filled().text)
    assert 'data-most="20"' in html
    assert 'aria-describedby="text-count"' in html
    assert "At most 20 characters." in html


def test_a_browser_never_cuts_off_what_somebody_pastes(draw: Any) -> None:
    assert "maxlength" not in draw("field", "field(f)", f=filled(text="long " * 40).text)


def test_a_choice_that_was_made_stays_made(draw: Any) -> None:
    html = draw("field", "field(f)", f=filled(place="b").place)
    assert html.count(" checked") == 1
    assert 'value="b" checked' in html


def test_the_summary_of_mistakes_leads_to_each_field(draw: Any) -> None:
    problems = [("title", "Give it a title."), ("place-0", "Choose a place."), ("", "The process has closed.")]
    html = draw("error_summary", "error_summary(form)", form=SimpleNamespace(problems=problems))
    assert '<a href="#title">Give it a title.</a>' in html
    assert '<a href="#place-0">Choose a place.</a>' in html
    assert "<span>The process has closed.</span>" in html
    assert 'role="alert"' in html


def test_a_form_without_mistakes_has_no_summary(draw: Any) -> None:
    assert draw("error_summary", "error_summary(form)", form=SimpleNamespace(problems=[])).strip() == ""


@pytest.mark.parametrize(
    ("spent", "sentence", "width"),
    [(0, "500 EUR", 'width="0"'), (30_000, "200 EUR", 'width="60.0"'), (60_000, "100 EUR too much", 'width="100')],
)
def test_what_is_left_in_the_pot_is_a_sentence_and_a_bar(draw: Any, spent: int, sentence: str, width: str) -> None:
    html = draw("budget_bar", "budget_bar(50000, spent, 'EUR')", spent=spent)
    assert sentence in html
    assert f'class="budget-bar__spent" x="0" y="0" {width}' in html


@pytest.mark.parametrize(("value", "width"), [(0, "0"), (5, "50.0"), (25, "100"), (-3, "0")])
def test_a_bar_never_leaves_its_frame(draw: Any, value: int, width: str) -> None:
    assert f'class="bar__value" x="0" y="0" width="{width}' in draw("bar", "bar(value, 10)", value=value)


def test_a_bar_of_nothing_is_empty(draw: Any) -> None:
    assert 'width="0"' in draw("bar", "bar(3, 0)")


def test_an_icon_is_silent_unless_it_says_something(draw: Any) -> None:
    assert 'aria-hidden="true"' in draw("icon", "icon('check')")
    spoken = draw("icon", "icon('check', label='Yes')")
    assert 'role="img" aria-label="Yes"' in spoken
    assert "aria-hidden" not in spoken


def test_every_state_has_an_icon_and_a_word(draw: Any) -> None:
    html = draw("state", "state('Accepted', 'circle-check', 'good')")
    assert "#circle-check" in html
    assert "Accepted" in html


def test_everybody_hears_which_phase_is_open(draw: Any) -> None:
    phases = [
        {"title": "Propose", "starts": "2 March", "ends": "12 April", "status": "past"},
        {"title": "Vote", "starts": "18 May", "ends": None, "status": "current"},
    ]
    for compact in (False, True):
        html = draw("phase_timeline", f"phase_timeline(phases, compact={compact})", phases=phases)
        assert html.count('aria-current="step"') == 1
        assert "Open now" in html
        assert "from 18 May" in html


def test_what_people_wrote_is_never_markup(draw: Any) -> None:
    bad = "<img src=x onerror=go()>"
    assert bad not in draw(
        "card",
        "proposal_card(p)",
        p={"url": "/p", "title": bad, "summary": bad, "area": bad, "photo_url": "/x", "photo_alt": bad},
    )
    assert bad not in draw("notice", "notice(text)", text=bad)
    assert bad not in draw("table", "table(text, [{'label': text, 'key': 'a'}], [{'a': text}])", text=bad)
    assert bad not in draw("summary_list", "summary_list([{'key': text, 'value': text}])", text=bad)


def test_a_table_on_a_phone_says_the_column_before_each_value(draw: Any) -> None:
    html = draw("table", "table('Sheets', [{'label': 'Sum', 'key': 'sum', 'numeric': True}], [{'sum': 12}])")
    assert '<td role="cell" data-label="Sum" class="number">12</td>' in html


@pytest.mark.parametrize("status", [500, 503])
def test_the_page_for_accidents_needs_no_database_and_no_session(env: jinja2.Environment, status: int) -> None:
    """It is given nothing about the reader; asking for navigation or messages would raise."""
    html = env.get_template(f"errors/{status}.html").render(locale="en", text_direction="ltr", request_id="7F3K", message="")
    assert html.count("<h1>") == 1
    assert "– Musterstadt</title>" in html
    assert ("7F3K" in html) or status == 503
