"""`contact-opt-ins`: whom the planning department may write to. Exactly the people whose consent is in force now."""

import uuid
from collections.abc import Callable, Collection

from sqlalchemy.orm import Session

from app.features.consents.queries import DataAgreement, agreements_with_contacts, contact_opt_ins, references_for
from app.features.dataplatform.declarations import Audience, Basis, Column, DataSet, PeopleRows, Rows, declare
from app.features.spaces.queries import Process
from app.kernel.messages import msg

COLUMNS = (
    Column(
        "reference",
        "string",
        msg("Stands for the person towards this recipient alone; messages about withdrawals name it"),
        Basis.CONSENT,
    ),
    Column("agreement", "string", msg("The data agreement that people consented to"), Basis.PUBLIC_TASK),
    Column("process", "string", msg("The process it is about, by the name in its address"), Basis.PUBLIC_TASK),
    Column("name", "string", msg("The name they gave for contact"), Basis.CONSENT),
    Column("address", "string", msg("The e-mail address or telephone number they gave for contact"), Basis.CONSENT),
    Column("since", "string", msg("When they consented (ISO 8601, UTC)"), Basis.CONSENT),
    Column("expires", "string", msg("When the consent runs out unless it is renewed (ISO 8601, UTC)"), Basis.CONSENT),
)


def people_rows(session: Session, process_ids: Collection[uuid.UUID] | None = None) -> PeopleRows:
    """One row a person and agreement, with both; the statement itself joins the consents in force."""
    about, process = DataAgreement.__table__, Process.__table__  # as the rows themselves: see the valve
    left = agreements_with_contacts(session)
    query = contact_opt_ins(None if process_ids is None else list(process_ids), left)
    query = query.outerjoin(process, process.c.id == about.c.process_id).add_columns(process.c.slug, about.c.recipient_id)
    references: dict[uuid.UUID, Callable[[uuid.UUID], str]] = {}
    for row in session.execute(query.execution_options(yield_per=5_000)):
        if row.recipient_id not in references:
            references[row.recipient_id] = references_for(row.recipient_id)
        expires = row.expires_at.isoformat() if row.expires_at else ""
        yield (
            row.agreement_id,
            row.person_id,
            (
                references[row.recipient_id](row.person_id),
                row.agreement,
                row.slug or "",
                row.name,
                row.address,
                row.since.isoformat(),
                expires,
            ),
        )


def rows(session: Session, process_ids: Collection[uuid.UUID] | None = None) -> Rows:
    """The rows alone."""
    return (values for _agreement, _person, values in people_rows(session, process_ids))


CONTACT_OPT_INS = declare(
    DataSet(
        name="contact-opt-ins",
        title=msg("People who may be contacted"),
        description=msg("People who allowed the planning department to contact them about the topic of a process."),
        audience=Audience.RECIPIENT,
        recipient=msg("Planning department"),
        columns=COLUMNS,
        rows=rows,
        people_rows=people_rows,
        licence="",
        notes=(
            msg("Use it for the purpose of the agreement only, and delete it when a newer list arrives."),
            msg("People who take their consent back are not in the next list."),
        ),
    )
)
