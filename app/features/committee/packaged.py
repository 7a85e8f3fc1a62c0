"""What the committee adds to the package of a certified pot: its protocol as it was certified, and the totals of paper."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot
from app.features.committee import printing, protocol, rules
from app.features.committee.queries import certificates_of, stations_of
from app.features.voting.use_cases import package_marks, package_parts


def paper_file(session: Session, pot: Pot) -> bytes:
    """The totals of the ballots on paper by station, as they were certified; a correction brings others."""
    return protocol.as_bytes(protocol.paper_of(session, pot))


def files_of(session: Session, pot: Pot) -> Iterator[tuple[str, Callable[[], Iterator[bytes]]]]:
    """The protocol of the newest certificate, which stays as it was signed; what happens later is in that of the process."""
    kept = next((one.protocol for one in certificates_of(session, pot.id) if one.protocol is not None), None)
    if kept is not None:
        yield "protocol.json", lambda: iter([protocol.as_bytes(kept)])
        yield "protocol.pdf", lambda: iter([_printed(kept)])
    if stations_of(session, pot.process_id):
        yield "paper.json", lambda: iter([paper_file(session, pot)])


def _printed(record: dict[str, Any]) -> bytes:
    settings = current_app.config["SETTINGS"]
    return printing.protocol_pdf(record, settings.city_name, settings.languages[0])


def mark_of(session: Session, pot: Pot) -> str:
    """The certificate whose protocol is in the package, and the totals of paper beside it."""
    newest = next(iter(certificates_of(session, pot.id)), None)
    told = f"{newest.version} {newest.digest} {rules.digest_of(newest.protocol)}" if newest else "no certificate"
    settings = current_app.config["SETTINGS"]
    paper = rules.digest_of(protocol.paper_of(session, pot)) if stations_of(session, pot.process_id) else ""
    return f"{told} {paper} {settings.city_name} {settings.languages[0]}"


package_parts.append(files_of)
package_marks.append(mark_of)
