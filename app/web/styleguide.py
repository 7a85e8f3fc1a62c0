"""All components together, in development and testing only; and the choice of theme for people without JavaScript."""

from flask import Flask, Response, redirect, render_template, request
from werkzeug.datastructures import MultiDict

from app.extensions import csrf
from app.web.access import public, safe_next
from app.web.styleguide_form import SampleForm


def init_app(app: Flask) -> None:
    """Add `/styleguide` outside production and `/theme` everywhere."""
    if app.config["ENV_NAME"] != "production":
        app.add_url_rule("/styleguide", "styleguide", styleguide)
    app.add_url_rule("/theme", "choose_theme", choose_theme, methods=["POST"])


@public
def styleguide() -> str:
    """The page that shows every component, the form once as it opens and once with mistakes in it."""
    wrong = SampleForm(
        MultiDict({"wrong-title": "x" * 90, "wrong-cost": "a lot", "wrong-area": "1", "wrong-secret": "x"}), prefix="wrong"
    )
    wrong.validate()
    return render_template("styleguide.html", form=SampleForm(None), wrong=wrong)


@public
@csrf.exempt  # it changes a colour in this browser and nothing else; a token would need a session for everybody who only reads
def choose_theme() -> Response:
    """Remember light, dark, high contrast or the device's own choice in a cookie, and go back."""
    theme = request.form.get("theme", "auto")
    response = redirect(safe_next(request.form.get("back")))
    if theme in ("auto", "light", "dark", "contrast"):
        response.set_cookie("theme", theme, max_age=365 * 86400, samesite="Lax", httponly=False)
    return response  # type: ignore[return-value]
