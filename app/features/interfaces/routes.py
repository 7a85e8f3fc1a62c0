"""The page for whoever writes a program that talks to Plaza."""

from flask import Blueprint, current_app, render_template

from app.features.interfaces.rules import OPENED_BY, SCOPES, TOKEN_LIVES, Audience, Scope
from app.kernel.messages import msg
from app.web import navigation
from app.web.access import public
from app.web.described import PREFIX

bp = Blueprint("interfaces", __name__, template_folder="templates")
navigation.footer("interfaces.developers", msg("For programs"), icon="link", order=40)


@bp.get("/developers")
@public
def developers() -> str:
    """Which interfaces there are, what opens them, and where they are described."""
    settings = current_app.config["SETTINGS"]
    return render_template(
        "interfaces/developers.html",
        base=settings.base_url,
        description=f"{PREFIX}/openapi.json",
        scopes=[(scope, SCOPES[scope], OPENED_BY[scope]) for scope in Scope],
        audience=Audience,
        minutes=int(TOKEN_LIVES.total_seconds() // 60),
        issuer=settings.gdpr_issuer,
    )
