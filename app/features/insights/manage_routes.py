"""The audit log on a page and as a file, for auditors (their processes) and administrators (everything)."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, stream_with_context, url_for
from flask_babel import gettext as _

from app.extensions import db
from app.features.insights.detail_words import plain_details
from app.features.insights.queries import AuditFilter, audit_entries, audit_page, names_in
from app.features.insights.words import SUBJECTS, details_in_order, words_for
from app.features.spaces.queries import Process, visible_processes
from app.kernel.audit import AuditEntry
from app.kernel.messages import msg
from app.kernel.paging import page_number
from app.kernel.permissions import Permission
from app.kernel.tables import csv_lines
from app.web import navigation
from app.web.access import requires, viewer
from app.web.filters import city_zone
from app.web.paging import steps

bp = Blueprint("audit", __name__, template_folder="templates", url_prefix="/staff/audit")
navigation.staff("audit.log", msg("Audit log"), icon="history", order=95, needs=Permission.AUDIT_READ)


@bp.get("")
@requires(Permission.AUDIT_READ)
def log() -> str:
    """Who changed what, newest first."""
    spaces = _spaces()
    wanted, chosen = _wanted(spaces)
    page = audit_page(db.session(), wanted, page_number(request.args.get("page")))
    return render_template(
        "insights/audit.html",
        page=page,
        names=names_in(db.session(), page.items),
        spaces=spaces,
        subjects=SUBJECTS,
        chosen=chosen,
        words_for=words_for,
        plain_details=plain_details,
        who=_who,
        pages=steps(page, lambda number: url_for(".log", **chosen, page=number)),
    )


@bp.get("/log.csv")
@requires(Permission.AUDIT_READ)
def download() -> Response:
    """The same, as a file."""
    spaces = _spaces()
    wanted, _chosen = _wanted(spaces)

    def rows() -> Iterator[list[Any]]:
        for entry in audit_entries(db.session(), wanted):
            space = spaces.get(entry.process_id) if entry.process_id else None
            details = "; ".join(f"{name}: {value}" for name, value in details_in_order(entry.details))
            yield [
                entry.at.isoformat(),
                entry.action,
                entry.actor_kind,
                space.slug if space else "",
                str(entry.subject_id),
                entry.reason,
                details,
            ]

    columns = ["at", "action", "by", "process", "subject", "reason", "details"]
    lines = (line.encode() for line in csv_lines(columns, rows()))
    response = Response(stream_with_context(lines), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="audit-log.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _spaces() -> dict[UUID, Process]:
    allowed = viewer().processes_where(Permission.AUDIT_READ)
    return {one.id: one for one in visible_processes(db.session(), viewer()) if allowed is None or one.id in allowed}


def _wanted(spaces: dict[UUID, Process]) -> tuple[AuditFilter, dict[str, Any]]:
    """What the address asks for, and those of its words that were understood; the others are left out."""
    by_slug = {space.slug: space.id for space in spaces.values()}
    slug, subject = request.args.get("process", ""), request.args.get("about", "")
    day = _day(request.args.get("day", ""))
    chosen = {
        "process": slug if slug in by_slug else "",
        "about": subject if subject in SUBJECTS else "",
        "day": day.isoformat() if day else "",
    }
    since = datetime.combine(day, time.min, city_zone()) if day else None
    wanted = AuditFilter(
        viewer().processes_where(Permission.AUDIT_READ),
        by_slug.get(slug),
        chosen["about"],
        since,
        since + timedelta(days=1) if since else None,
    )
    return wanted, {name: value for name, value in chosen.items() if value}


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2200 else None


def _who(entry: AuditEntry, names: dict[UUID, str]) -> str:
    if entry.actor_kind == "system":
        return _("Plaza itself")
    if entry.actor_kind == "client":
        return _("A registered program")
    if entry.actor_id is not None and entry.actor_id in names:
        return names[entry.actor_id]
    return _("A resident") if entry.actor_kind == "person" else _("Somebody without an account")
