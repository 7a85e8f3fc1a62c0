"""What is called optional is not demanded: each form of each page is sent with nothing typed, and what it then asks for must
not carry the mark. Nor does a question with a choice made beforehand. `-k proposals` runs one room.
"""

from collections.abc import Iterator

import html5lib
import pytest
from flask import Flask

from tests.architecture.test_every_form_takes_bad_input import Sent, forms_of, html_of, kind_of, undone
from tests.samples.world import PLACES, Visit, World, visits_to

Node = html5lib.treebuilders.base.Node


def _classes(node: Node) -> set[str]:
    return set((node.get("class") or "").split())


def _fields(html: str) -> Iterator[Node]:
    if "field__optional" not in html:  # nothing carries the mark
        return iter(())
    page = html5lib.parse(html, namespaceHTMLElements=False)
    return (node for node in page.iter() if isinstance(node.tag, str) and "field" in _classes(node))


def _name(field: Node) -> str:
    label = next(node for node in field.iter() if isinstance(node.tag, str) and "field__label" in _classes(node))
    return " ".join("".join(label.itertext()).split())


def _is_marked(field: Node) -> bool:
    return any("field__optional" in _classes(node) for node in field.iter() if isinstance(node.tag, str))


def demanded_although_optional(html: str) -> list[str]:
    """Names of fields that are wrong and carry the mark."""
    return [_name(field) for field in _fields(html) if "field--wrong" in _classes(field) and _is_marked(field)]


def chosen_although_optional(html: str) -> list[str]:
    """Names of questions that carry the mark though one of their answers is chosen beforehand."""
    return [
        _name(field)
        for field in _fields(html)
        if field.tag == "fieldset"
        and _is_marked(field)
        and any(node.get("type") == "radio" and node.get("checked") is not None for node in field.iter("input"))
    ]


def _answer_to_nothing(world: World, visit: Visit, sent: Sent) -> str:
    values = sent.values.copy()
    for name in sent.typed:
        if name not in ("csrf_token", "revision", "draft", "sheet"):
            values.setlist(name, [""])
    client = world.client(visit.viewer or "nobody")
    with undone(), client.post(sent.action, data=values, headers={"Referer": visit.url}) as response:
        return response.get_data(as_text=True) if response.mimetype == "text/html" and response.status_code >= 400 else ""


@pytest.mark.one_database("sqlite")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.timeout(300)
def test_what_is_called_optional_is_not_demanded(app: Flask, world: World, place: str) -> None:
    tried: set[tuple[str, ...]] = set()
    problems = []
    for endpoint, visit in visits_to(app, place, world):
        if endpoint == "styleguide" or "styleguide" in visit.url:
            continue  # it shows how a mistake looks on every kind of field
        html = html_of(world, visit)
        problems += [f"{visit.url}: {name}" for name in chosen_although_optional(html)]
        for sent in forms_of(html, visit.url):
            if (kind := kind_of(sent, visit.viewer)) not in tried:
                tried.add(kind)
                answered = _answer_to_nothing(world, visit, sent)
                problems += [f"{visit.url}: {name}" for name in demanded_although_optional(answered)]
    assert not problems, "\n".join(sorted(set(problems)))


MARKED = '<span class="field__optional">(optional)</span>'


def test_a_field_that_is_demanded_and_marked_is_found() -> None:
    html = f'<div class="field field--wrong"><label class="field__label">Name {MARKED}</label></div>'
    assert demanded_although_optional(html) == ["Name (optional)"]
    assert demanded_although_optional(html.replace(MARKED, "")) == []


def test_a_choice_that_is_made_beforehand_and_marked_is_found() -> None:
    html = f'<fieldset class="field"><legend class="field__label">Rule {MARKED}</legend><input type="radio" checked></fieldset>'
    assert chosen_although_optional(html) == ["Rule (optional)"]
    assert chosen_although_optional(html.replace(" checked", "")) == []
    assert len(list(forms_of(f"<form method='post'>{html}</form>", "/"))) == 1
