"""Paper ballots for tests: pots and layouts that stand in no database; and print runs in the register."""

import uuid
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.extensions import files as store
from app.features.budgets.models import Pot, PotState, Project
from app.features.printing.models import PrintedCopy, PrintedForm, PrintRun, RunState
from app.features.printing.queries import FormLayout, Look
from app.features.printing.rules import part_key
from app.features.printing.use_cases import (
    ConsentSubject,
    Named,
    ProposalSubject,
    ballot_form,
    consent_form,
    proposal_form,
)
from app.kernel import clock
from tests.factories.tools import add

KINDS: dict[str, dict[str, Any]] = {
    "approval": {"vote_type": "approval", "max_projects": 5},
    "with a sum": {"vote_type": "approval", "limit_by_cost": True},
    "choose one": {"vote_type": "choose-1", "max_projects": 1},
    "points": {"vote_type": "cumulative", "max_points": 10},
    "many points": {"vote_type": "cumulative", "max_points": 120},
    "ranking": {"vote_type": "ordinal", "max_projects": 5},
    "long ranking": {"vote_type": "ordinal"},
}
NAMES = (
    {"en": "A fountain under the lime tree", "ar": "نافورة تحت شجرة الزيزفون", "fi": "Suihkulähde lehmuksen alle"},
    {"en": "Benches with backs and arms along the whole shore, for people who cannot stand for long", "de": "Bänke"},
)


def pot(projects: int = 12, **attributes: Any) -> Pot:
    """A pot with so many projects that stands in no database."""
    values: dict[str, Any] = {
        "title": {"en": "Money for the north", "ar": "أموال للشمال"},
        "amount": 10_000_000,
        "currency": "EUR",
    }
    values |= {
        "options": {},
        "min_projects": 1,
        "limit_by_cost": False,
        "state": PotState.READY,
        "rule": "greedy",
        "description": {},
    }
    found = Pot(id=uuid.uuid5(uuid.NAMESPACE_OID, str(sorted(attributes.items()))), **{**values, **attributes})
    for at in range(projects):
        title = {language: f"{words} {at + 1}" for language, words in NAMES[at % len(NAMES)].items()}
        number = {"number": str(at + 1), "position": at, "cost": 123_450 * (at + 1), "title": title}
        found.projects.append(Project(id=uuid.UUID(int=at + 1), reference=f"B-{at}", **number))
    return found


def ballot(kind: str = "approval", look: Look | None = None, projects: int = 12) -> FormLayout:
    """The layout of its ballot. Needs the application's context."""
    return ballot_form(pot(projects, **KINDS[kind]), {"en": "Parks for all"}, "City of Example", look or Look())


def run(process: Any, layout: FormLayout, *, files: bool = False, **attributes: Any) -> PrintRun:
    """A print run of ten copies; `files`: with a file that can be downloaded."""
    form = db.session.scalars(select(PrintedForm).where(PrintedForm.revision == layout.version)).one_or_none()
    if form is None:
        form = add(
            PrintedForm(
                process_id=process.id,
                kind=layout.key.kind.value,
                subject=layout.key.subject,
                revision=layout.version,
                short_revision=layout.short_version,
                layout=layout.as_json(),
            )
        )
    state = attributes.get("state", RunState.WAITING)
    values: dict[str, Any] = {
        "process_id": process.id,
        "form_id": form.id,
        "variant": layout.look.variant.value,
        "language": layout.look.language,
        "paper": layout.look.paper.value,
        "number": 10,
        "done": 10 if state in (RunState.READY, RunState.DELETED) else 0,
        "finished_at": clock.now() if state is RunState.READY else None,
    }
    found = add(PrintRun(**{**values, **attributes}))
    if files:
        store.put(part_key(found.id, 0), b"%PDF-1.4 made up")
    return found


def copy(of: PrintRun, serial: str) -> PrintedCopy:
    """One copy of a run in the register."""
    return add(PrintedCopy(run_id=of.id, serial=serial))


AREAS = ("Harbour", "Old town", "North shore", "Lime hill", "Station quarter", "Mill meadows")
CATEGORIES = ("Streets and squares", "Parks and nature", "Play and sport", "Culture", "Health", "Schools", "Other")


def proposal(look: Look | None = None, *, numbered: bool = True) -> FormLayout:
    """A proposal form that stands in no database. Needs the application's context."""
    subject = ProposalSubject(
        uuid.UUID(int=11),
        {"en": "Parks for all"},
        "City of Example",
        [Named(str(uuid.UUID(int=100 + at)), {"en": words}) for at, words in enumerate(CATEGORIES)],
        [Named(str(uuid.UUID(int=200 + at)), {"en": words}) for at, words in enumerate(AREAS)],
        numbered,
        "https://plaza.example.org/forms/slip",
    )
    return proposal_form(subject, look or Look())


def consent(look: Look | None = None, *, numbered: bool = True) -> FormLayout:
    """A consent form that asks for all there is, and stands in no database. Needs the application's context."""
    subject = ConsentSubject(
        uuid.UUID(int=12),
        {"en": "Contact about this topic"},
        {"en": "The planning department may write to me about this topic, and about what is built. It passes nothing on."},
        "City of Example",
        "Text 1, 4 May 2026",
        [("Who gets it", "Planning department"), ("Until when", "12 months, or until you take it back")],
        [("name", "Name"), ("email", "E-mail"), ("address", "Postal address")],
        [("age_band", "How old are you?", [Named(one, {"en": one}) for one in ("0-17", "18-29", "30-64", "65+")])],
        15,
        numbered,
        "https://plaza.example.org/my-data/code",
    )
    return consent_form(subject, look or Look())
