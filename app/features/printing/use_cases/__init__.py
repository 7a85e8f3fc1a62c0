"""What can be printed: a ballot, a proposal form, a consent form, a test print, a print run.

A form's layout comes first (`*_form`); it is drawn with `printed` or `print_run`, and read by the room `scans`.
"""

import threading
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot
from app.features.budgets.queries import pot as pot_by_id
from app.features.consents.queries import AgreementState
from app.features.consents.queries import agreement as agreement_by_id
from app.features.printing.ballots import KINDS, Subject, all_looks, ballot_content
from app.features.printing.commands import SeeBallot
from app.features.printing.consents import consent_subject
from app.features.printing.layout.codes import sample_code
from app.features.printing.layout.flow import lay_out
from app.features.printing.layout.model import FormKey, FormLayout, Kind, Look
from app.features.printing.rules import CONSENT_PATH, SLIP_PATH
from app.features.printing.runs import IN_ONE_FILE, Progress, Register, copies_of, print_run
from app.features.printing.setting import Copy, drawing, measure, typeset
from app.features.printing.setting import typeset as draw
from app.features.printing.sheets import ConsentSubject, Named, ProposalSubject, consent_content, proposal_content
from app.features.printing.use_cases.drawing_on import SerialRepeated, draw_on, register_serials, say_failed
from app.features.printing.use_cases.runs import (
    ERASE,
    PRINTING,
    archive_of,
    cancel_run,
    count_old_files,
    delete_old_files,
    delete_run_files,
    draw_again,
    issue_run,
    kept_layout,
    may_order,
    note_download,
    only_file_of,
    order_print,
)
from app.features.spaces.queries import Process, all_areas, areas_of, categories_of
from app.features.spaces.queries import process as process_by_id
from app.kernel.errors import NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission

__all__ = [
    "ERASE",
    "IN_ONE_FILE",
    "KINDS",
    "PRINTING",
    "ConsentSubject",
    "Copy",
    "Named",
    "Progress",
    "ProposalSubject",
    "Register",
    "SeeBallot",
    "SerialRepeated",
    "all_looks",
    "archive_of",
    "ballot_form",
    "cancel_run",
    "consent_form",
    "copies_of",
    "count_old_files",
    "delete_old_files",
    "delete_run_files",
    "draw",
    "draw_again",
    "draw_on",
    "form_now",
    "issue_run",
    "kept_layout",
    "may_order",
    "note_download",
    "only_file_of",
    "order_print",
    "print_run",
    "printed",
    "proposal_form",
    "proposal_subject",
    "register_serials",
    "say_failed",
    "see_ballot",
    "trial_print",
    "version_of_drawing",
]

MAY_SEE = (Permission.BUDGET_MANAGE, Permission.BUDGET_INSPECT)
KEPT_MOST = 64
"""How many drawn forms are kept, of some 60 kilobytes each."""
_one_at_a_time = threading.Lock()


def ballot_form(pot: Pot, process: dict[str, str], city: str, look: Look) -> FormLayout:
    """The ballot of a pot as it is now. Raises Refused for a kind of ballot that cannot be printed."""
    return lay_out(ballot_content(Subject(pot, process, city), look), measure)


def proposal_form(subject: ProposalSubject, look: Look) -> FormLayout:
    """The proposal form of a process."""
    return lay_out(proposal_content(subject, look), measure)


def consent_form(subject: ConsentSubject, look: Look) -> FormLayout:
    """The consent form of a revision of an agreement."""
    return lay_out(consent_content(subject, look), measure)


def see_ballot(session: Session, actor: Actor, command: SeeBallot) -> FormLayout:
    """The ballot of a pot in one look, for staff who set it up or inspect it.

    Raises NotFound for others, and Refused where there is nothing to print.
    """
    pot = pot_by_id(session, command.pot_id)
    if pot is None or not any(actor.may(one, pot.process_id) for one in MAY_SEE):
        raise NotFound
    return _ballot(session, pot, command.city, command.look)


def form_now(
    session: Session, key: FormKey, look: Look, city: str, *, numbered: bool = False, base_url: str = "", age: int = 0
) -> FormLayout | None:
    """The form with this key as it would be printed now; None when its subject is not here, or nobody writes its language.

    Comparing its revision with that of a scanned page tells whether the page is of today's form. Who keeps a register of what
    was printed asks that first. `numbered`: with a serial, not the form that anybody prints at home. `base_url` is where
    the codes of slips lead, `age` from when people decide alone about their data (0: nobody is asked).
    """
    if not _is_language(look.language):  # whoever draws a square code can write what they like into it
        return None
    if key.kind is Kind.BALLOT:
        pot = pot_by_id(session, key.subject)
        if pot is None:
            return None
        try:
            return _ballot(session, pot, city, look)
        except Refused:
            return None
    if key.kind is Kind.PROPOSAL:
        process = process_by_id(session, key.subject)
        if process is None:
            return None
        return proposal_form(proposal_subject(session, process, city, numbered=numbered, base_url=base_url), look)
    asked = agreement_by_id(session, key.subject)
    if asked is None or asked.state is not AgreementState.IN_FORCE or not asked.asks:
        return None
    address = f"{base_url}{CONSENT_PATH}"
    areas = all_areas(session)
    subject = consent_subject(asked, areas, city, look.language, age=age, numbered=numbered, address=address)
    return consent_form(subject, look)


def _is_language(code: str) -> bool:
    try:
        Locale.parse(code)
    except (ValueError, UnknownLocaleError):
        return False
    return True


def proposal_subject(
    session: Session, process: Process, city: str, *, numbered: bool = False, base_url: str = ""
) -> ProposalSubject:
    """What the proposal form of this process is made from, as it is now."""
    return ProposalSubject(
        process.id,
        process.title,
        city,
        [Named(str(one.id), one.name) for one in categories_of(session, process)],
        [Named(str(one.id), one.name) for one in areas_of(session, process)],
        numbered,
        f"{base_url}{SLIP_PATH}" if base_url else "",
    )


def _ballot(session: Session, pot: Pot, city: str, look: Look) -> FormLayout:
    process = process_by_id(session, pot.process_id)
    return ballot_form(pot, process.title if process else {}, city, look)


def trial_print(layout: FormLayout) -> bytes:
    """One copy that is marked as a test, on paper and in its square codes. Its code is the same every time."""
    return typeset(layout, [Copy(sample_code(), sample_code(), test=True)])


def printed(layout: FormLayout) -> bytes:
    """One copy without any code, drawn once and kept for as long as it is asked for more often than others.

    Raises Refused for forms whose copies carry a code: of those every copy is another one.
    """
    if layout.numbered:
        raise Refused(msg("Each copy of this form has a code of its own. Print as many as you need in one print run."))
    with _one_at_a_time:  # two readers of one form wait for one drawing
        return _drawn(layout.as_json(), version_of_drawing(layout))


def version_of_drawing(layout: FormLayout) -> str:
    """The same for the same bytes of a PDF: another one as soon as the form, our letters or the typesetter change."""
    return drawing(layout)


@lru_cache(maxsize=KEPT_MOST)
def _drawn(layout: str, _version: str) -> bytes:
    return typeset(FormLayout.from_json(layout), [Copy()])
