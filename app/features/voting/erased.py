"""What becomes of votes: what joins an account with a number goes; what no account can be found in any more stays."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.features.voting.models import Box, Contest, DrawEntry, PublicationChoice, VoterIdentity
from app.kernel.erasing import Fate, Part, Subject, anonymous, declare, goes, nothing_of_people, stays
from app.kernel.messages import msg

ACT = msg("An act in office with two signatures: who signed stays part of the record of the vote.")


def _votes(session: Session, subject: Subject) -> int:
    """In how many votes the account stands for a number; never whether it was used."""
    return session.scalar(select(func.count()).where(VoterIdentity.person_id == subject.person_id)) or 0


declare(
    Part(
        name="ballots",
        fate=Fate.STAYS,
        title=msg("Votes: your entry on the list of voters, whether it has voted, and a ballot, if you cast one"),
        columns=(
            "ballot.choices",
            "ballot.points",
            "envelope.ciphertext",
            "board_entry.ciphertext",
            "board_entry.envelope_id",
            "voting_participation.station",
            "voting_contest.said",
            "voting_contest.outcome",
            "voting_contest.reason",
        ),
        why=msg(
            "A ballot is joined with nobody, so it cannot be found. The list holds keys of the city's register and no account. "
            "It and what was said about it is deleted when nobody can object to the vote any more."
        ),
        order=50,
        count=_votes,
        run=lambda _session, _subject, _most: 0,
    )
)
goes("votes", msg("In which votes you said who you are"), VoterIdentity.person_id, order=51)
stays(
    "contests_decided",
    msg("Complaints about a vote that you wrote down or decided in office"),
    Contest.opened_by,
    Contest.decided_by,
    Contest.granted_by,
    Contest.first_hand,
    Contest.second_hand,
    why=ACT,
)
stays(
    "publications",
    msg("Decisions on publishing ballots that you signed in office"),
    PublicationChoice.first_hand,
    PublicationChoice.second_hand,
    PublicationChoice.reason,
    where=lambda subject: or_(
        PublicationChoice.first_hand == subject.person_id, PublicationChoice.second_hand == subject.person_id
    ),
    why=ACT,
)
stays(
    "draws",
    msg("Public draws that you noted in office"),
    DrawEntry.first_hand,
    DrawEntry.note,
    where=lambda subject: DrawEntry.first_hand == subject.person_id,
    why=ACT,
)
anonymous(
    "boxes",
    msg("That you brought what came out of a ballot box"),
    Box.opened_by,
    why=msg("The box belongs to the record of the vote. Your name goes."),
)
nothing_of_people(
    "keys, digests, numbers and statements about a box as a whole",
    "ballot_box.key",
    "ballot_box.statements",
    "ballot_box.salts",
    "ballot_box.brought",
    "ballot_box.discarded",
    "ballot_box.closing",
    "board_head.pots",
    "board_head.signature",
    "draw_entry.orders",
    "rule_comparison.rules",
)
