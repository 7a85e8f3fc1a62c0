"""Every form of every page takes what nobody should type: an answer below 500, and where the form comes back with what is
wrong, each text that was typed stands in it again. Passwords and one-time codes are not shown again; a form that does not come
back (because what it is about is gone, or its page says no) is not looked at for what was typed.

The forms are read from the pages themselves, so a new form is tried without anybody thinking of it. What is sent is undone
after each try. `-k proposals` runs one room.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import html5lib
import pytest
from flask import Flask, request
from markupsafe import escape
from werkzeug.datastructures import MultiDict

from app.extensions import db as database
from app.features.spaces.forms.moments import LONGEST as LONGEST_MOMENT
from app.kernel.texts import as_typed
from tests.samples.world import PLACES, Visit, World, visits_to

IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Z]-[0-9A-Z]{5}")
NOT_TYPED = {"hidden", "submit", "button", "image", "file", "checkbox", "radio"}
MIXED = "\u202e<script>alert(1)</script> “quoted” & 'so' \x1b[31m \u0600 مرحبا \U0001f469\u200d\U0001f467 \ud7ff %s =1"
SHORT = "a\0\u202e<b>&'م\U0001f469"
# From what stands in a field and its name: each field gets a text of its own, so that none stands for another.
BAD: dict[str, Callable[[str, str], list[str]]] = {
    "nothing": lambda _value, _name: [""],
    "null bytes": lambda _value, name: [f"a\0b\0{name}"],
    "twenty thousand characters": lambda _value, name: ["ö" * 20_000 + name],
    "markup, other directions, emoji": lambda _value, name: [f"{MIXED} {name}"],
    "a number far too large": lambda _value, name: ["9" * 400 + str(sum(map(ord, name)))],
    "the same field twice": lambda value, _name: [value, "second"],
}
# A form refuses most of them at once; what is short and has all that is strange in it may pass, so each field is tried with
# it by itself, the others as they should be.
REACH_THE_USE_CASE = {"null bytes, markup, other directions": lambda _value, _name: [SHORT]}
PLAUSIBLE = {"email": "somebody@example.org", "number": "3", "date": "2026-06-01", "datetime-local": "2026-06-01T10:00"}


@dataclass
class Sent:
    """A form as a page shows it: where it goes, what it holds, which of its fields people type into, and which of them show
    again what was typed, up to which length: not those with secrets."""

    action: str
    values: MultiDict[str, str] = field(default_factory=MultiDict)
    typed: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    shown_again: dict[str, int | None] = field(default_factory=dict)


def forms_of(html: str, address: str) -> Iterator[Sent]:
    """The forms that post, each with its fields filled as they stand, empty ones with something plausible."""
    if "<form" not in html:
        return
    page = html5lib.parse(html, namespaceHTMLElements=False)
    for form in page.iter("form"):
        if form.get("method", "get").lower() != "post":
            continue
        for action in {form.get("action") or address} | {b.get("formaction") for b in form.iter("button")} - {None, ""}:
            sent = Sent(str(action))
            for control in form.iter():
                _take(sent, control)
            yield sent


def _take(sent: Sent, control: html5lib.treebuilders.base.Node) -> None:
    name, kind = control.get("name"), control.get("type", "text")
    if not name or control.tag not in ("input", "textarea", "select", "button"):
        return
    if control.tag == "select":
        options = [option.get("value", "") for option in control.iter("option")]
        sent.values.add(name, next((option for option in options if option), ""))
        sent.typed.append(name)
    elif control.tag == "button":
        sent.values.setdefault(name, control.get("value", ""))
    elif kind in ("checkbox", "radio"):
        if kind == "checkbox" or name not in sent.values or control.get("checked") is not None:
            sent.values[name] = control.get("value", "on")
    elif kind != "file":
        text = control.text if control.tag == "textarea" else control.get("value")
        sent.values.add(name, text or ("" if kind == "hidden" else PLAUSIBLE.get(kind, "12")))
        if kind not in NOT_TYPED or kind == "hidden":
            sent.typed.append(name)
        if kind == "hidden":
            sent.hidden.append(name)
        secret = kind == "password" or control.get("autocomplete") == "one-time-code"
        for_programs = "hidden" in control.attrib or "readonly" in control.attrib
        if kind not in NOT_TYPED and not secret and not for_programs:
            sent.shown_again[name] = LONGEST_MOMENT if kind == "datetime-local" else None


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is sent inside is undone, commits too."""
    connection = database.session().connection()
    database.session.remove()
    outer = connection.begin_nested()
    try:
        yield
    finally:
        database.session.remove()
        outer.rollback()


def answer(world: World, visit: Visit, sent: Sent, values: MultiDict[str, str]) -> str:
    """What is wrong with the answer to a form, or nothing."""
    client = world.client(visit.viewer or "nobody")
    try:
        with undone(), client.post(sent.action, data=values, headers={"Referer": visit.url}) as response:
            status = response.status_code
            comes_back = 400 <= status < 500 and response.mimetype == "text/html"
            lost = lost_on(response.get_data(as_text=True), sent, values) if comes_back else []
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]}"
    return f"answers {status}" if status >= 500 else f"answers {status} and loses {', '.join(lost)}" if lost else ""


def lost_on(html: str, sent: Sent, values: MultiDict[str, str]) -> list[str]:
    """Fields that come back on a page without what was typed into them."""
    page = as_typed(html)
    back = {name: most for name, most in sent.shown_again.items() if f'name="{name}"' in page}
    return [name for name, most in back.items() if str(escape(as_typed(values.get(name, ""))[:most])) not in page]


def html_of(world: World, visit: Visit) -> str:
    """The page that a visit leads to; nothing where it is none."""
    with world.client(visit.viewer or "nobody").get(visit.url) as page:
        html = page.get_data(as_text=True) if page.mimetype == "text/html" else ""
    database.session.remove()
    return html


def kind_of(sent: Sent, viewer: str | None) -> tuple[str, ...]:
    """Forms that differ only in whose they are, or on which page they stand, are tried once."""
    return (viewer or "", IDENTIFIER.sub("…", sent.action.partition("?")[0]), *sorted(sent.values))


def problems_of(world: World, visit: Visit, sent: Sent) -> Iterator[str]:
    """Every way in which a form breaks."""
    by_hand = [name for name in sent.typed if name not in sent.hidden]
    forged = [name for name in sent.hidden if name != "csrf_token"]
    tries = [(names, words, make) for names in (by_hand, forged) if names for words, make in BAD.items()]
    tries += [([name], words, make) for words, make in REACH_THE_USE_CASE.items() for name in sent.typed]
    tries += [([name], "left out", lambda _value, _name: []) for name in sent.values]
    for names, words, make in tries:
        values = sent.values.copy()
        for name in names:
            values.setlist(name, make(values.get(name, ""), name))
        if problem := answer(world, visit, sent, values):
            yield f"{visit.url} ({visit.viewer}): {sent.action}, {', '.join(names)}, {words}: {problem}"


@pytest.mark.one_database("postgresql")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.timeout(300)
def test_every_form_answers_bad_input(app: Flask, world: World, place: str) -> None:
    tried: set[tuple[str, ...]] = set()
    problems = []
    for _endpoint, visit in visits_to(app, place, world):
        for sent in forms_of(html_of(world, visit), visit.url):
            if (kind := kind_of(sent, visit.viewer)) not in tried:
                tried.add(kind)
                problems += problems_of(world, visit, sent)
    assert not problems, f"{len(problems)} problems:\n" + "\n".join(problems)


FORM = (
    """<form method="post" action="/planted"><label>Days <input name="days" type="number"></label><button>Go</button></form>"""
)


def test_a_form_that_breaks_is_found() -> None:
    planted = Flask("planted")
    planted.testing = True

    @planted.post("/planted")
    def post() -> str:
        return str(float(int(request.form.get("days", "0"))))

    (sent,) = forms_of(FORM, "/")
    broken = {words: _refused(planted, bad(sent.values["days"], "days")) for words, bad in BAD.items()}
    assert sent.typed == ["days"]
    assert broken["a number far too large"]
    assert not broken["the same field twice"]


def _refused(planted: Flask, values: list[str]) -> bool:
    try:
        return planted.test_client().post("/planted", data={"days": values}).status_code >= 500
    except (ValueError, OverflowError):
        return True


COMES_BACK = """<form method="post" action="/planted"><label>Name <input name="who" value="{}"></label>
<label>Password <input name="secret" type="password"></label>
<label>Code <input name="code" autocomplete="one-time-code"></label></form>"""


@pytest.mark.parametrize(("shown", "lost"), [("Jo &amp; Ada", []), ("", ["who"]), ("Jo & Ada", ["who"])])
def test_a_form_that_loses_what_was_typed_is_found_and_secrets_need_not_come_back(shown: str, lost: list[str]) -> None:
    (sent,) = forms_of(COMES_BACK, "/")
    typed = MultiDict({"who": "Jo\0 & Ada", "secret": "a long secret", "code": "123456"})
    assert lost_on(COMES_BACK.format(shown), sent, typed) == lost
    assert lost_on("<h1>Gone</h1>", sent, typed) == []
