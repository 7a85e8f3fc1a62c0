"""The list of agreements, one of them, and the form of a draft."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.accounts.queries import people_names
from app.features.consents.forms.agreements import AgreementForm, agreement_form
from app.features.consents.manage_routes import bp
from app.features.consents.queries import (
    AgreementState,
    DataAgreement,
    agreement,
    counts_of,
    recipients,
    staff_list,
)
from app.features.consents.rules import may_manage, may_review, problems
from app.features.consents.shown import STATES, changes, vocabulary
from app.features.consents.use_cases import write_agreement
from app.features.consents.vocabulary import CATEGORIES
from app.features.spaces.queries import Process, visible_processes
from app.kernel.errors import NotFound
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.filters import local_text
from app.web.transaction import commits

TEXTS = ("purpose", "notice", "retention", "storage_note")


def my_processes() -> dict[UUID, Process]:
    """The processes whose agreements the viewer works on."""
    allowed = viewer().processes_where(Permission.AGREEMENT_MANAGE)
    return {p.id: p for p in visible_processes(db.session(), viewer()) if allowed is None or p.id in allowed}


def mine(agreement_id: UUID) -> DataAgreement:
    """An agreement that the viewer may work on. Raises NotFound for all others."""
    found = agreement(db.session(), agreement_id)
    if found is None or not may_manage(viewer(), found.process_id):
        raise NotFound
    return found


@bp.get("")
@requires(Permission.AGREEMENT_MANAGE)
def index() -> str:
    """Every agreement with its state and how people answered."""
    processes = my_processes()
    everywhere = viewer().processes_where(Permission.AGREEMENT_MANAGE) is None
    entries = staff_list(db.session(), None if everywhere else list(processes))
    return render_template(
        "consents/manage.html", entries=entries, processes=processes, states=STATES, words=vocabulary(), everywhere=everywhere
    )


@bp.get("/<uuid:agreement_id>")
@requires(Permission.AGREEMENT_MANAGE)
def show(agreement_id: UUID) -> str:
    """One agreement: what people are asked, what is being worked on, and what may happen next."""
    found, session = mine(agreement_id), db.session()
    pending = found.pending
    writers = [UUID(writer) for writer in pending.writers] if pending else []
    names = people_names(session, [*writers, *(revision.reviewed_by_id for revision in found.revisions)])
    return render_template(
        "consents/manage_agreement.html",
        agreement=found,
        pending=pending,
        missing=problems(found, pending, found.recipient) if pending else {},
        may_review=pending is not None and may_review(viewer(), pending),
        changes=changes(found.current, pending) if pending and found.published else [],
        counts=counts_of(session, [found.id])[found.id],
        names=names,
        writers=", ".join(names[writer] for writer in writers if writer in names),
        process=my_processes().get(found.process_id) if found.process_id else None,
        states=STATES,
        words=vocabulary(),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
@commits
def begin() -> ResponseReturnValue:
    """Write the draft of a new agreement. Nobody is asked anything by it."""
    form = _form({"months": 12, "categories": ["name", "contact"], "place": request.args.get("process", "")})
    return _write(form, None)


@bp.route("/<uuid:agreement_id>/write", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
@commits
def write(agreement_id: UUID) -> ResponseReturnValue:
    """Go on with a draft, or begin the next revision."""
    found = mine(agreement_id)
    if found.state is AgreementState.ENDED:
        raise NotFound
    return _write(_form(_typed(found)), found)


def _write(form: AgreementForm, found: DataAgreement | None) -> ResponseReturnValue:
    key = found.id if found else None
    sent = form.send(lambda: write_agreement(db.session(), viewer(), form.to_command(key)).id)
    if sent.done:
        flash(_("The draft is saved. Nobody is asked anything yet."), "good")
        return redirect(url_for(".show", agreement_id=sent.result))
    found = mine(found.id) if found else None  # as it is now: after a refusal the session has begun anew
    fixed = found is not None and found.state is AgreementState.IN_FORCE
    pending = found.pending if found else None
    return render_template(
        "consents/write.html",
        form=form,
        existing=found,
        fixed=fixed,
        missing=problems(found, pending, found.recipient) if found and pending else {},
        words=vocabulary(),
        sensitive=[term for term in CATEGORIES.values() if term.sensitive],
        has_recipients=len(form.recipient.choices) > 1,
    ), sent.status


def _form(data: dict[str, object]) -> AgreementForm:
    session = db.session()
    chosen = data.get("recipient")
    people = [(str(r.id), local_text(r.name)) for r in recipients(session) if r.state.value == "active" or str(r.id) == chosen]
    places = [(str(key), local_text(process.title)) for key, process in my_processes().items()]
    if viewer().processes_where(Permission.AGREEMENT_MANAGE) is None:
        places = [*places, ("", _("In the whole city"))]
    return agreement_form(people, places, data)


def _typed(found: DataAgreement) -> dict[str, object]:
    """The draft, or what is in force as the beginning of the next revision."""
    revision = found.pending or found.current
    data: dict[str, object] = {
        "purpose_term": found.purpose_term,
        "recipient": str(found.recipient_id),
        "legal_basis": found.legal_basis.value,
        "place": str(found.process_id or ""),
        "categories": revision.categories,
        "months": revision.months,
        "retention_days": revision.retention_days,
        "storage": revision.storage,
        "disclosure": revision.disclosure.value,
        "impact_note": revision.impact_note,
        "material": "yes" if found.pending is not None and revision.material else "no",
    }
    if not found.published:
        data["material"] = "yes"
    for name in TEXTS:
        data |= {f"{name}_{code}": text for code, text in getattr(revision, name).items()}
    return data
