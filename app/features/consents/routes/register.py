"""The public register: every agreement with its revisions, so that everybody can read and recompute them."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from app.extensions import db
from app.features.consents.queries import (
    AgreementRevision,
    AgreementState,
    DataAgreement,
    agreement_by_code,
    public_register,
    published_numbers,
)
from app.features.consents.routes import bp
from app.features.consents.rules import canonical, chain_holds
from app.features.consents.shown import few, language_name, vocabulary
from app.features.spaces.queries import may_see
from app.features.spaces.queries import process as process_by_id
from app.kernel.errors import NotFound
from app.kernel.permissions import ANONYMOUS
from app.web.access import public


@bp.get("/agreements")
@public
def agreements() -> str:
    """Every purpose, who gets what, and how many people allow it now."""
    session = db.session()
    entries = public_register(session)
    numbers = published_numbers(session, [entry.id for entry in entries])
    return render_template("consents/agreements.html", entries=entries, numbers=numbers, words=vocabulary(), few=few)


@bp.get("/agreements/<code>")
@public
def agreement_page(code: str) -> str:
    """One agreement: what it says now, what it said before, and how to check that nothing was rewritten."""
    found = _public(code)
    numbers = published_numbers(db.session(), [found.id]).get(found.id)
    return render_template(
        "consents/agreement.html",
        agreement=found,
        numbers=numbers,
        holds=chain_holds(found.published),
        words=vocabulary(),
        few=few,
        language_name=language_name,
    )


@bp.get("/agreements/<code>/<int:number>.json")
@public
def revision_file(code: str, number: int) -> ResponseReturnValue:
    """The very bytes that the digest of a revision is calculated over."""
    revision = _revision(_public(code), number)
    if not revision.content:
        raise NotFound
    name = f"{code}-{number}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(canonical(revision.content), mimetype="application/json", headers=headers)


def _public(code: str) -> DataAgreement:
    """An agreement that is or was in force, of a process that everybody may see. Raises NotFound for all others."""
    session = db.session()
    found = agreement_by_code(session, code)
    if found is None or found.state is AgreementState.DRAFT:
        raise NotFound
    if found.process_id is not None:
        process = process_by_id(session, found.process_id)
        if process is None or not may_see(ANONYMOUS, process):
            raise NotFound
    return found


def _revision(found: DataAgreement, number: int) -> AgreementRevision:
    for revision in found.published:
        if revision.number == number:
            return revision
    raise NotFound
