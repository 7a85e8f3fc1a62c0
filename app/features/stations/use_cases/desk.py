"""At the desk of a station, while people vote: a ballot is handed out, taken back, exchanged.

None of it writes an audit entry that tells when a voter came; what is taken back or spoilt is told by its stub alone.
"""

import hashlib
import hmac
import uuid

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.accounts.queries import in_office
from app.features.budgets.queries import held_pot
from app.features.budgets.use_cases import voting_open
from app.features.committee.queries import Station
from app.features.stations.commands import HIGHEST_STUB, AtDesk, Exchange, IssueBallot, TakeBack
from app.features.stations.models import CountState, Issue, IssueState
from app.features.stations.queries import count_of
from app.features.stations.use_cases.leaving import require_one_in_hand
from app.features.stations.use_cases.shared import OPENED, Hand, clerk_on_shift, held_count, paper_pot, station_of
from app.features.voting.use_cases import OnPaper, check_at_desk, hand_back, issue_on_paper, voter_on_list
from app.kernel import audit
from app.kernel.errors import Conflict, Forbidden, PhaseClosed, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission

OVER = msg("The vote is not open, so no ballot is handed out or taken back.")


def look_up(session: Session, actor: Actor, voter: AtDesk, secret: bytes) -> None:
    """Raise what handing out a ballot to this number would raise, and hand out none. Nothing else about them is told."""
    _at(session, actor, voter)
    check_at_desk(session, actor, voter.pot_id, voter.number, voter.born, secret)


def issue_ballot(session: Session, actor: Actor, command: IssueBallot, secret: bytes) -> Issue:
    """Hand out a ballot: from now on its voter can vote no other way, and no paper carries their name or number.

    The same page sent again is the same ballot. Raises Forbidden for clerks who are not on the list of this station today,
    Conflict when this number has voted or the stub was used, PhaseClosed outside the vote.
    """
    place, _hand = _at(session, actor, command.voter)
    _check_stub(command.stub)
    try:
        key = issue_on_paper(session, actor, _on_paper(place, command.voter), secret)
    except Conflict:
        before = session.get(Issue, command.issue_id)
        if before is not None and _same(before, place, command.voter):
            key = voter_on_list(session, actor, _on_paper(place, command.voter), secret)
            if before.stub == command.stub and _is_theirs(before, key, secret):
                return before
        raise
    _require_polling(session, place, command.voter.pot_id)
    return _add_issue(session, place, command.voter.pot_id, command.issue_id, command.stub, key, secret)


def begin_return(session: Session, actor: Actor, command: TakeBack, secret: bytes) -> Issue:
    """One clerk says that a ballot was handed back before its voter left. A second one must say so, too."""
    place, hand = _at(session, actor, command.voter)
    if not voting_open(session, paper_pot(session, place, command.voter.pot_id)):
        raise PhaseClosed(OVER)
    key = voter_on_list(session, actor, _on_paper(place, command.voter), secret)
    _require_polling(session, place, command.voter.pot_id)
    issue = _theirs(session, place, command, key, secret)
    if issue.state is IssueState.RETURNING:
        if issue.returning_by == hand[0]:
            return issue  # a second click
        raise Conflict(msg("A clerk has begun this already. Confirm it as the second one."))
    _require_out(issue)
    require_one_in_hand(session, place.id, command.voter.pot_id)
    issue.state, issue.returning_by = IssueState.RETURNING, hand[0]
    session.flush()
    return issue


def finish_return(session: Session, actor: Actor, command: TakeBack, secret: bytes) -> Issue:
    """A second clerk confirms it, with number and stub typed anew: the participation is cancelled, its voter can vote again.

    Raises Forbidden for whoever began it, or where they hold the office no more; Conflict where all ballots that are out were
    noted as left without casting.
    """
    place, hand = _at(session, actor, command.voter)
    key = hand_back(session, actor, _on_paper(place, command.voter), secret)
    held_count(session, place.id, command.voter.pot_id)  # so that nobody is noted as left with this ballot meanwhile
    issue = _theirs(session, place, command, key, secret)
    if issue.state is not IssueState.RETURNING:
        raise Conflict(msg("No clerk has begun to take back the ballot with this stub."), field="stub")
    if issue.returning_by is None or not in_office(session, Permission.INTAKE, place.process_id, [issue.returning_by]):
        raise Forbidden(msg("Whoever began this is no clerk here any more. Let it stay handed out, and begin again."))
    if issue.returning_by == hand[0]:
        raise Forbidden(msg("You began this. Another clerk of this station must confirm it."))
    require_one_in_hand(session, place.id, command.voter.pot_id)
    issue.state = IssueState.RETURNED
    session.flush()
    audit.record(
        session, actor, "paper.handed_back", place, process_id=place.process_id, station=place.name, stub=issue.stub,
        first=str(issue.returning_by),
    )  # fmt: skip
    return issue


def stop_return(session: Session, actor: Actor, station_id: uuid.UUID, pot_id: uuid.UUID, stub: int, zone: str) -> None:
    """It was not handed back after all: whoever has the ballot may cast it."""
    place = station_of(session, station_id)
    clerk_on_shift(session, actor, place, zone)
    issue = _held_issue(session, place, pot_id, stub)
    if issue is not None and issue.state is IssueState.RETURNING:
        issue.state, issue.returning_by = IssueState.ISSUED, None
        session.flush()


def exchange_spoilt(session: Session, actor: Actor, command: Exchange, secret: bytes) -> Issue:
    """A spoilt ballot stays at the desk, and its voter gets another one. The participation stays as it is."""
    place, _hand = _at(session, actor, command.voter)
    _check_stub(command.new_stub)
    if not voting_open(session, paper_pot(session, place, command.voter.pot_id)):
        raise PhaseClosed(OVER)
    key = voter_on_list(session, actor, _on_paper(place, command.voter), secret)
    _require_polling(session, place, command.voter.pot_id)
    issue = _theirs(session, place, TakeBack(command.voter, command.stub), key, secret)
    before = session.get(Issue, command.issue_id)
    if before is not None and _same(before, place, command.voter) and _is_theirs(before, key, secret):
        return before
    _require_out(issue)
    issue.state = IssueState.SPOILT
    session.flush()
    audit.record(session, actor, "paper.spoilt", place, process_id=place.process_id, station=place.name, stub=issue.stub)
    return _add_issue(session, place, command.voter.pot_id, command.issue_id, command.new_stub, key, secret)


def _require_polling(session: Session, place: Station, pot_id: uuid.UUID) -> None:
    """The boxes are closed, and nobody opens them until this transaction ends: whoever opens them holds pots before stubs.

    No row of numbers is made for it: it would say when the first ballot was handed out.
    """
    held_pot(session, pot_id)
    kept = count_of(session, place.id, pot_id)
    if kept is not None and kept.state is not CountState.POLLING:
        raise Conflict(OPENED)


def _at(session: Session, actor: Actor, voter: AtDesk) -> tuple[Station, Hand]:
    place = station_of(session, voter.station_id)
    hand = clerk_on_shift(session, actor, place, voter.zone)
    paper_pot(session, place, voter.pot_id)
    return place, hand


def _on_paper(place: Station, voter: AtDesk) -> OnPaper:
    return OnPaper(voter.pot_id, place.name, voter.number, voter.born)


def _check_stub(stub: int) -> None:
    if not 1 <= stub <= HIGHEST_STUB:
        raise Refused(msg("Write the number of the stub, or of your list."), field="stub")


def _proof(key: str, stub: int, secret: bytes) -> str:
    return hmac.new(secret, f"stub:{key}:{stub}".encode(), hashlib.sha256).hexdigest()


def _is_theirs(issue: Issue, key: str, secret: bytes) -> bool:
    return hmac.compare_digest(issue.proof, _proof(key, issue.stub, secret))


def _same(issue: Issue, place: Station, voter: AtDesk) -> bool:
    return (issue.station_id, issue.pot_id) == (place.id, voter.pot_id)


def _held_issue(session: Session, place: Station, pot_id: uuid.UUID, stub: int) -> Issue | None:
    query = select(Issue).where(Issue.station_id == place.id, Issue.pot_id == pot_id, Issue.stub == stub)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).first()


def _theirs(session: Session, place: Station, command: TakeBack, key: str, secret: bytes) -> Issue:
    issue = _held_issue(session, place, command.voter.pot_id, command.stub)
    if issue is None or not _is_theirs(issue, key, secret):
        raise Conflict(msg("The ballot with this stub was not handed out to this number."), field="stub")
    return issue


def _require_out(issue: Issue) -> None:
    if issue.state is not IssueState.ISSUED:
        raise Conflict(msg("The ballot with this stub was taken back or exchanged already."), field="stub")


def _add_issue(
    session: Session, place: Station, pot_id: uuid.UUID, issue_id: uuid.UUID, stub: int, key: str, secret: bytes
) -> Issue:
    issue = Issue(id=issue_id, station_id=place.id, pot_id=pot_id, stub=stub, proof=_proof(key, stub, secret))
    issue.state = IssueState.ISSUED
    try:
        with session.begin_nested():
            session.add(issue)
            session.flush()
    except IntegrityError:
        raise Conflict(msg("A ballot with this stub was handed out already. Look at the stub again."), field="stub") from None
    return issue
