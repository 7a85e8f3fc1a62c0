"""Places on a page that other rooms may fill, so that rooms need not know each other's templates.

`slots.register("proposal.page", order, renderer)` adds a block; the template asks with `{{ slot("proposal.page", proposal) }}`.
A renderer gets the subject and returns Markup, empty when it has nothing to say.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from flask import Flask, render_template
from markupsafe import Markup

Renderer = Callable[[Any], Markup]
_slots: dict[str, dict[tuple[int, str], Renderer]] = defaultdict(dict)


def register(slot: str, order: int, renderer: Renderer) -> None:
    """Fill `slot`; lower orders come first. Registering the same function again replaces it."""
    _slots[slot][order, f"{renderer.__module__}.{renderer.__qualname__}"] = renderer


def fill(slot: str, subject: Any = None) -> Markup:
    """Everything that rooms have to show in `slot`."""
    return Markup("").join(renderer(subject) for _, renderer in sorted(_slots[slot].items()))


def init_app(app: Flask) -> None:
    """Give templates `slot()`."""
    app.jinja_env.globals["slot"] = fill


def partial(template: str, **context: Any) -> Markup:
    """A piece of a page rendered from one of our own templates, which escape what people typed."""
    return Markup(render_template(template, **context))  # noqa: S704  the template escapes
