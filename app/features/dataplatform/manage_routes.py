"""The steward's page: what there is, what was released, and releasing."""

import io
import tempfile
import zipfile
from pathlib import Path
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.extensions import db
from app.features.accounts.queries import people_names
from app.features.consents.queries import DataAgreement
from app.features.dataplatform.commands import MakeRelease
from app.features.dataplatform.queries import Audience, DataSet, allowed_now, data_set, data_sets, may_be_handed_over, releases
from app.features.dataplatform.use_cases import make_release
from app.kernel.errors import Refused
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web import navigation
from app.web.access import requires, viewer
from app.web.filters import translate
from app.web.transaction import commits

bp = Blueprint("dataplatform_manage", __name__, template_folder="templates", url_prefix="/staff/releases")
navigation.staff("dataplatform_manage.index", msg("Data releases"), icon="download", order=80, needs=Permission.RELEASE)


@bp.get("")
@requires(Permission.RELEASE)
def index() -> str:
    """Data sets with their last releases."""
    made = releases(db.session())
    names = people_names(db.session(), {release.made_by_id for release in made if release.made_by_id})
    return render_template("dataplatform/manage.html", sets=data_sets(), releases=made, names=names, Audience=Audience)


@bp.route("/<name>", methods=["GET", "POST"])
@requires(Permission.RELEASE)
@commits
def release(name: str) -> ResponseReturnValue:
    """Say what will leave the house, then hand it over as one file, which is sent after the commit."""
    found = data_set(name)
    if found is None:
        abort(404)
    about = _agreement() if found.agreement_rows else None
    if request.method == "GET":
        return _ask(found, about)
    department = current_user.department
    with tempfile.TemporaryDirectory() as folder:
        try:
            command = MakeRelease(name, Path(folder), department, about.id if about else None)
            prepared = make_release(db.session(), viewer(), command)
        except Refused as refusal:
            db.session.rollback()
            flash(translate(refusal.message), "bad")
            return redirect(url_for(".index"))
        number = prepared.release.number
        archive = _zipped(prepared.publish())
    flash(_("Release %(number)s is made. Everybody whose data is in it can see that.", number=number), "good")
    response = send_file(archive, "application/zip", as_attachment=True, download_name=f"{name}-{number}.zip")
    response.headers["Cache-Control"] = "no-store"
    return response


def _ask(found: DataSet, about: DataAgreement | None) -> str:
    """The page before: what will happen. Rows about people are counted, not shown: looking would be a use of their data."""
    session, allowed = db.session(), viewer().processes_where(Permission.RELEASE)
    if found.agreement_rows and about is None:
        return render_template("dataplatform/choose.html", data_set=found, agreements=may_be_handed_over(session, allowed))
    if about is not None:
        rows, count = [], allowed_now(session, about.id)
        columns = found.columns_of(session, about.id) if found.columns_of else found.columns
    else:
        everything = list(found.rows(session, allowed))
        rows, count, columns = [] if found.about_people else everything[:5], len(everything), found.columns
    return render_template(
        "dataplatform/release.html",
        data_set=found,
        columns=columns,
        rows=rows,
        count=count,
        agreement=about,
        Audience=Audience,
    )


def _agreement() -> DataAgreement | None:
    """The agreement that the address names, if data may be handed over under it."""
    try:
        wanted = UUID(request.values.get("agreement", ""))
    except ValueError:
        return None
    allowed = viewer().processes_where(Permission.RELEASE)
    return next((one for one, _count in may_be_handed_over(db.session(), allowed) if one.id == wanted), None)


def _zipped(paths: list[Path]) -> io.BytesIO:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for path in paths:
            target.write(path, path.name)
    archive.seek(0)
    return archive
