"""In which order somebody hears a page, and what is one thing in it: paragraphs, lists of what can be chosen, foot, slip. Pure.

A layout says where words stand; this says how the PDF is tagged, and depends on nothing but the layout.
"""

from dataclasses import dataclass
from itertools import groupby

from app.features.printing.layout.model import PageLayout, Role, Text

Rows = tuple[tuple[Text, ...], ...]


@dataclass(frozen=True)
class Heard:
    """A page as it is heard. `furniture` is not: the head of a later page and its number, which every page repeats.

    `body` has texts one by one, and where rows follow each other a tuple of them, which is a list. `number` says which page it
    is. `code_label` is heard before the code of the copy, `slip` before the code that is torn off.
    """

    furniture: tuple[Text, ...]
    body: tuple[Text | Rows, ...]
    number: str
    code_label: Text | None
    slip: tuple[Text, ...]


def heard(page: PageLayout) -> Heard:
    """The page in the order in which it makes sense: what is said, then the number of the sheet, then what is torn off."""
    furniture = [one for one in page.texts if one.role is Role.FURNITURE]
    label = furniture.pop() if page.code is not None else None
    tear = next((rule.y for rule in page.rules if rule.dashed), None)
    said = [one for one in page.texts if one.role is not Role.FURNITURE]
    slip = [one for one in said if tear is not None and one.y > tear]
    body: list[Text | Rows] = []
    for in_rows, run in groupby((one for one in said if one not in slip), key=lambda one: one.row > 0):
        if in_rows:
            body.append(tuple(tuple(row) for _number, row in groupby(run, key=lambda one: one.row)))
        else:
            body.extend(run)
    return Heard(tuple(furniture), tuple(body), furniture[-1].words if furniture else "", label, tuple(slip))
