"""Which news one gets, stopping them from a letter, and the letters of a development server."""

import re
from pathlib import Path

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.extensions import csrf, db
from app.features.notifications import mailbox, queries, use_cases
from app.features.notifications.forms import NewsForm
from app.features.notifications.letters import Reader, reader_of
from app.web.access import public, signed_in, viewer
from app.web.transaction import commits

bp = Blueprint("notifications", __name__, template_folder="templates")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


@bp.get("/account/news")
@signed_in
def preferences() -> ResponseReturnValue:
    """The page where people say which news they want."""
    wishes = queries.wishes(db.session(), person_id=viewer().person_id)
    form = NewsForm(news=[news.value for news, wanted in wishes.items() if wanted])
    return render_template("notifications/preferences.html", form=form.label(_("Send me an e-mail when")))


@bp.post("/account/news")
@signed_in
@commits
def save_preferences() -> ResponseReturnValue:
    """Remember it."""
    form = NewsForm().label(_("Send me an e-mail when"))
    if not form.validate_on_submit():
        return render_template("notifications/preferences.html", form=form), 422
    use_cases.choose_news(db.session(), viewer(), form.wishes())
    flash(_("Saved."), "good")
    return redirect(url_for(".preferences"))


@bp.get("/mail/stop/<token>")
@public
def stop(token: str) -> ResponseReturnValue:
    """The page behind the link in a letter: says what would stop, and changes nothing by itself."""
    reader = _reader(token)
    wanted = queries.wanted(db.session(), reader.news, person_id=reader.person_id, address_hash=reader.address_hash)
    return render_template("notifications/stop.html", news=queries.LABELS[reader.news], wanted=wanted)


@bp.post("/mail/stop/<token>")
@csrf.exempt  # mail programs post here themselves (RFC 8058); the signed token is the permission, no session is used
@public
@commits
def stop_now(token: str) -> ResponseReturnValue:
    """Stop these letters, or send them again."""
    reader = _reader(token)
    wanted = request.form.get("again") == "1"
    use_cases.stop_news(db.session(), reader.news, person_id=reader.person_id, address_hash=reader.address_hash, wanted=wanted)
    return redirect(url_for(".stop", token=token))


def _reader(token: str) -> Reader:
    reader = reader_of(token)
    if reader is None:
        abort(404)
    return reader


@bp.get("/development/mail")
@public
def development_mail() -> ResponseReturnValue:
    """The letters that a development server has written. Not there in production."""
    return render_template("notifications/development_mail.html", letters=mailbox.letters(_folder()))


@bp.get("/development/mail/<key>")
@public
def development_letter(key: str) -> ResponseReturnValue:
    """One of them, as its reader would see it, its addresses as links."""
    letter = mailbox.letter(_folder(), key)
    if letter is None:
        abort(404)
    return render_template("notifications/development_letter.html", letter=letter, text=_with_links(letter.text))


def _folder() -> Path:
    settings = current_app.config["SETTINGS"]
    if settings.production:
        abort(404)
    return settings.var / "mail"


def _with_links(text: str) -> Markup:
    """Plain text whose addresses can be followed."""
    pieces = []
    end = 0
    for found in _ADDRESS.finditer(text):
        address = found.group().rstrip(".,;:)”»")
        pieces += [escape(text[end : found.start()]), Markup('<a href="{0}">{0}</a>').format(address)]
        end = found.start() + len(address)
    return Markup("").join([*pieces, escape(text[end:])])
