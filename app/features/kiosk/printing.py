"""Asking for a form in large letters: the desk prints it, and whoever asked holds a number."""

from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.kiosk.forms import PrintForm
from app.features.kiosk.queries import open_processes, wish_of
from app.features.kiosk.routes import bp
from app.features.kiosk.use_cases import wish_for_print
from app.features.spaces.queries import Action
from app.kernel import clock
from app.web.access import public, viewer
from app.web.filters import local_text
from app.web.kiosk import is_enrolled, screen
from app.web.locale import current_locale, language_choices
from app.web.transaction import commits


@bp.route("/large-print", methods=["GET", "POST"])
@public
@commits
def large_print() -> ResponseReturnValue:
    """Choose a form and a language; the answer is a number to say at the desk. Nothing is asked about the person.

    The number has an address of its own, so that another language, or loading the page again, still shows it.
    """
    here = screen()
    wish = wish_of(db.session(), here.id, request.args.get("wish", type=UUID)) if here else None
    if wish is not None:
        title = _("Your number: %(number)s", number=wish.number)
        return render_template("kiosk/large_print_asked.html", wish=wish, title=title)
    found = open_processes(db.session(), viewer(), clock.now(), here.processes if here else frozenset())
    form = PrintForm(data={"language": current_locale()})
    asking = [process for process, actions in found if Action.PROPOSE in actions]
    form.process_id.choices = [(str(process.id), local_text(process.title)) for process in asking]
    form.language.choices = [(choice.code, choice.name) for choice in language_choices()]
    if len(form.process_id.choices) == 1 and not form.process_id.data:
        form.process_id.data = form.process_id.choices[0][0]
    if here is None or not is_enrolled():
        return render_template("kiosk/large_print.html", form=form, enrolled=False)
    today = clock.now().astimezone(ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])).date()
    sent = form.send(lambda: wish_for_print(db.session(), here.id, form.chosen(), form.language.data, today))
    if sent.done:
        return redirect(url_for(".large_print", wish=sent.result.id), 303)
    return render_template("kiosk/large_print.html", form=form, enrolled=True), sent.status
