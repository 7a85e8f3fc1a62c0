"""The addresses that `components/pagination.html` shows below a list that has several pages."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from app.kernel.paging import Page


def steps(page: Page[Any], address: Callable[[int], str]) -> dict[str, Any]:
    """What the component takes: the pages before and after, the ones around this one and both ends, and where we are."""
    if page.pages == 1:
        return {}
    near = {1, page.pages, *range(page.number - 1, page.number + 2)}
    shown: list[dict[str, Any] | None] = []
    for number in sorted(number for number in near if 1 <= number <= page.pages):
        if shown and shown[-1] and shown[-1]["number"] != number - 1:
            shown.append(None)
        shown.append({"number": number, "url": address(number), "current": number == page.number})
    first = (page.number - 1) * page.size + 1
    return {
        "previous_url": address(page.previous) if page.previous else None,
        "next_url": address(page.next) if page.next else None,
        "pages": shown,
        "position": _("%(first)s to %(last)s of %(total)s", first=first, last=first + len(page.items) - 1, total=page.total),
    }
