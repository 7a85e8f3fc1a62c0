"""Sample data for paper and telephone."""

import uuid

from app.features.intake.models import SheetKind
from app.features.printing.queries import Kind, Look, Variant
from app.kernel.permissions import Actor, Channel, Role
from tests.factories import accounts, answers_from_scans, consents, intake, proposals, scans
from tests.samples.world import Visit, World


def build(world: World) -> None:
    """A proposal that the clerk typed in for somebody."""
    clerk = world.person("clerk")
    world.from_paper = proposals.proposal(
        world.process, author=None, author_name="Hilja", channel=Channel.PAPER, hands_id=clerk.id, title="More benches"
    )
    world.asked_on_paper = consents.agreement(world.process, purpose_term="events")
    world.slip = consents.code(accounts.person(email=None))
    colleague = accounts.staff(Role.CLERK, world.process)
    _batches(world, intake.clerk(world.process, clerk), intake.clerk(world.process, colleague))


def _batches(world: World, one: Actor, other: Actor) -> None:
    """A batch in each state that has pages of its own: one of proposals, one of answers."""
    process = world.process
    said = {"category_id": str(world.category.id)}
    world.batch_open = intake.batch(process, one, declared=3)
    world.sheet_open = intake.sheet(world.batch_open, one, "K7Q4M2", **said)
    world.batch_read = intake.batch(process, other, declared=2)
    world.sheet_differs = intake.sheet(world.batch_read, other, **said)
    intake.sheet(world.batch_read, other, "P3", **said)
    intake.finish(world.batch_read, other)
    intake.read(world.sheet_differs, one, title="Another title")
    world.batch_closed = intake.closed(process, one, other, said=said)
    file, form = scans.file(process), scans.layout_of(Kind.PROPOSAL, process, numbered=True)
    for page in form.pages:
        scans.accepted(file, form, other, code="K2R4T6W8", texts={"title": "A lamp"}, form_page=page.number)
    missing = scans.layout_of(Kind.PROPOSAL, process, numbered=True, look=Look(Variant.LARGE))
    scans.accepted(file, missing, other, code="H2K4M6P8", texts={"title": "Half of a sheet"})
    world.answered_on_paper = answers_from_scans.closed(
        answers_from_scans.entered(world.app.config["SETTINGS"].city_name, process, (one, other))
    )
    world.batch_answers = intake.batch(process, one, kind=SheetKind.CONSENT, agreement_id=world.asked_on_paper.id)


def _sheet_of(world: World) -> str:
    batch, sheet = world.answered_on_paper.batch, world.answered_on_paper.sheet
    return f"/staff/intake/batches/{batch.id}/sheets/{sheet.id}/paper"


SAMPLES = {
    "intake.proposal_pdf": lambda world: [
        f"/forms/{world.process.slug}/proposal.pdf",
        f"/forms/{world.process.slug}/proposal.pdf?print=large&in=ar",
    ],
    "intake.slip": lambda _world: "/forms/slip",
    "intake.consent_pdf": lambda world: [
        f"/forms/consents/{world.asked_on_paper.code}.pdf",
        f"/forms/consents/{world.asked_on_paper.code}.pdf?print=large&in=ar",
    ],
    "intake_manage.index": lambda world: "/staff/intake",
    "intake_manage.enter": lambda world: f"/staff/intake/{world.process.id}?channel=phone",
    "intake_manage.consents": lambda world: "/staff/intake/consents",
    "intake_manage.consent": lambda world: f"/staff/intake/consents/{world.asked_on_paper.id}",
    "intake_manage.consent_slip": lambda world: f"/staff/intake/consents/slip/{world.slip.id}",
    "intake_manage.paper": _sheet_of,
    "intake_manage.paper_picture": lambda world: f"{_sheet_of(world)}/1.jpg",
    "intake_manage.batches": lambda world: ["/staff/intake/batches", "/staff/intake/batches?closed=yes"],
    "intake_manage.open_new": lambda world: "/staff/intake/batches/new",
    "intake_manage.batch": lambda world: [
        f"/staff/intake/batches/{one.id}" for one in (world.batch_open, world.batch_read, world.batch_closed)
    ],
    "intake_manage.batch_scans": lambda world: f"/staff/intake/batches/{world.batch_open.id}/scans",
    "intake_manage.move": lambda world: [
        f"/staff/intake/batches/{world.batch_open.id}/finish",
        f"/staff/intake/batches/{world.batch_read.id}/reconcile",
        f"/staff/intake/batches/{world.batch_closed.id}/reopen",
    ],
    "intake_manage.void": lambda world: [
        f"/staff/intake/batches/{world.batch_open.id}/void",
        f"/staff/intake/batches/{world.batch_open.id}/void?sheet={world.sheet_open.id}",
    ],
    "intake_manage.enter_sheet": lambda world: [
        f"/staff/intake/batches/{world.batch_open.id}/enter",
        f"/staff/intake/batches/{world.batch_answers.id}/enter",
    ],
    "intake_manage.again": lambda world: f"/staff/intake/batches/{world.batch_open.id}/sheets/{world.sheet_open.id}/again",
    "intake_manage.read": lambda world: f"/staff/intake/batches/{world.batch_read.id}/read",
    "intake_manage.settle": lambda world: f"/staff/intake/batches/{world.batch_read.id}/sheets/{world.sheet_differs.id}/settle",
    "intake_manage.batch_slips": lambda world: f"/staff/intake/batches/{world.batch_closed.id}/slips",
    "intake_manage.find": lambda world: Visit(f"/staff/intake/find?reference={world.from_paper.reference}", status=302),
    "intake_manage.claims": lambda world: "/staff/intake/claims",
    "intake_manage.slip": lambda world: f"/staff/intake/{world.process.id}/slip/{world.from_paper.id}",
}
UNIQUE = {"intake_sheet": ("batch_id", "number")}
GROW = {
    "intake_manage.batches": lambda world: intake.batch(world.process, intake.clerk(world.process, world.person("clerk"))),
    "intake_manage.batch": lambda world: intake.sheet(
        world.batch_open,
        intake.clerk(world.process, world.person("clerk")),
        category_id=str(world.category.id),
    ),
    "intake_manage.batch_scans": lambda world: scans.accepted(
        scans.file(world.process),
        scans.layout_of(Kind.PROPOSAL, world.process, numbered=True),
        intake.clerk(world.process),
        code=f"GRQW{uuid.uuid4().hex[:8].upper()}",
    ),
    "intake_manage.index": lambda world: proposals.proposal(
        world.process, author=None, channel=Channel.PHONE, hands_id=world.person("clerk").id
    ),
}
