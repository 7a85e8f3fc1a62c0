"""Double opt-in: the owner of an address answers by the link of a letter, and takes a yes back by the same link."""

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.extensions import db
from app.features.consents.forms.answers import AskForm
from app.features.consents.queries import Answer, ConsentLetter, DataAgreement, minor_until
from app.features.consents.routes import bp
from app.features.consents.routes.asking import form_for
from app.features.consents.rules import is_in_force
from app.features.consents.shown import vocabulary
from app.features.consents.use_cases import answer_by_letter, open_letter, take_back_by_letter
from app.kernel import clock
from app.kernel.errors import Invalid, Refused
from app.kernel.messages import msg
from app.web.access import public, viewer
from app.web.forms import Form
from app.web.locale import current_locale
from app.web.transaction import commits

_TOO_YOUNG = msg("You are too young to say yes here. Come to a desk of the city with an adult who is responsible for you.")


@bp.route("/letter/<token>", methods=["GET", "POST"])
@public
@commits
def letter(token: str) -> ResponseReturnValue:
    """Read the text and say yes or no. Once answered, the page says what counts now."""
    session = db.session()
    asked, found, record = open_letter(session, token)
    if asked.answered_at is not None:
        counts = is_in_force(record, found, clock.now())
        return render_template(
            "consents/letter_done.html", agreement=found, record=record, counts=counts, token=token, form=Form()
        )
    age = current_app.config["SETTINGS"].consent_age
    form = _form_for(asked, found, age)
    status = 200
    answer = {"yes": Answer.GIVEN, "no": Answer.REFUSED}.get(request.form.get("answer", ""))
    if form.validate_on_submit():
        command = form.to_command(found.id, asked.person_id, answer) if answer else None
        try:
            if command is None:
                raise Refused(msg("Choose yes or no."))
            if answer is Answer.GIVEN:
                _check_age(form)
            answer_by_letter(session, viewer(), token, command)
        except Refused as refusal:
            if refusal.status == 404:
                raise
            form.refuse(refusal)
            status = refusal.status
            asked, found, record = open_letter(db.session(), token)
        else:
            return redirect(url_for(".letter", token=token))
    elif form.is_submitted():
        status = 422
    form.revision.data = str(found.current.id)
    form.language.data = current_locale()
    return render_template("consents/letter.html", agreement=found, form=form, asked=asked, age=age, words=vocabulary()), status


def _form_for(asked: ConsentLetter, found: DataAgreement, age: int) -> AskForm:
    """What a yes needs besides the address: the letter went there."""
    form = form_for(found, asks_age=bool(age) and minor_until(db.session(), asked.person_id) is None)
    if form.address:
        del form.address
    return form


def _check_age(form: AskForm) -> None:
    """Raises Refused for somebody who does not decide alone, Invalid where they have not said."""
    if form.says_too_young():
        raise Refused(_TOO_YOUNG)
    if wrong := form.age_problem():
        raise Invalid(wrong)


@bp.post("/letter/<token>/back")
@public
@commits
def letter_back(token: str) -> ResponseReturnValue:
    """Take the yes back."""
    take_back_by_letter(db.session(), viewer(), token)
    return redirect(url_for(".letter", token=token))
