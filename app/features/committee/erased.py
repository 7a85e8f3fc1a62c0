"""What becomes of objections, and of acts in office: those were signed by people, and stay signed."""

from sqlalchemy import or_

from app.features.committee.models import Decision, Explanation, Objection, PaperEntry
from app.kernel.erasing import anonymous, nothing_of_people, stays
from app.kernel.messages import msg

anonymous(
    "objections",
    msg("Your objections to votes"),
    Objection.person_id,
    emptied={Objection.name: "", Objection.contact: ""},
    kept=(Objection.wording, Objection.recorded_name),
    why=msg("An objection, its words and the answer belong to the record of the vote. Your name and how to reach you go."),
)
anonymous(
    "objections_recorded",
    msg("Objections that you wrote down for others in office"),
    Objection.recorded_by,
    why=msg("They are somebody else's. Your account is no longer named; the name in office stays in the record."),
)
stays(
    "committee_decisions",
    msg("Decisions of the committee that you proposed or signed, with your name"),
    Decision.proposed_by,
    Decision.decided_by,
    Decision.first_hand,
    Decision.second_hand,
    Decision.proposed_name,
    Decision.decided_name,
    Decision.answer,
    Decision.reason,
    Decision.details,
    Decision.outcome,
    Decision.subject,
    where=lambda subject: or_(
        *(
            column == subject.person_id
            for column in (Decision.proposed_by, Decision.decided_by, Decision.first_hand, Decision.second_hand)
        )
    ),
    why=msg("An act in office, signed, published, and part of the protocol by which a result can be checked."),
)
stays(
    "paper_entries",
    msg("Totals of paper ballots that you typed as a member of the committee, with your name"),
    PaperEntry.person_id,
    PaperEntry.person_name,
    where=lambda subject: PaperEntry.person_id == subject.person_id,
    why=msg("An act in office, in the protocol by which a result can be checked."),
)
stays(
    "differences",
    msg("Reasons for differences that you wrote as a member of the committee, with your name"),
    Explanation.person_id,
    Explanation.person_name,
    Explanation.reason,
    where=lambda subject: Explanation.person_id == subject.person_id,
    why=msg("An act in office, in the protocol by which a result can be checked."),
)
nothing_of_people(
    "numbers, the city's own words, and certified documents that name members in office only",
    "voting_retention.forgotten",
    "paper_entry.votes",
    "paper_entry.points",
    "paper_station.name",
    "certificate.body",
    "certificate.protocol",
)
