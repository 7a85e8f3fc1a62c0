"""What becomes of acts in office at stations: those were done by people, and stay signed. Ballots belong to nobody."""

from sqlalchemy import or_

from app.features.stations.models import Batch, Issue, PaperBallot, Shift, StationCount
from app.kernel.erasing import anonymous, nothing_of_people, stays
from app.kernel.messages import msg

OFFICE = msg("An act in office, in the record by which a result can be checked.")
stays(
    "station_shifts",
    msg("Days on which you worked at a station, with your name"),
    Shift.person_id,
    Shift.person_name,
    where=lambda subject: Shift.person_id == subject.person_id,
    why=OFFICE,
)
stays(
    "station_numbers",
    msg("Numbers of stations that you signed, with your name"),
    StationCount.first_hand,
    StationCount.second_hand,
    StationCount.first_name,
    StationCount.second_name,
    StationCount.reason,
    where=lambda subject: or_(StationCount.first_hand == subject.person_id, StationCount.second_hand == subject.person_id),
    why=OFFICE,
)
stays(
    "ballot_batches",
    msg("Batches of ballots that you typed or read a second time, with your name"),
    Batch.typed_by,
    Batch.typed_name,
    Batch.read_by,
    Batch.read_name,
    Batch.short_because,
    Batch.reopened_because,
    where=lambda subject: or_(Batch.typed_by == subject.person_id, Batch.read_by == subject.person_id),
    why=OFFICE,
)
anonymous(
    "ballots_decided",
    msg("Ballots on paper on which you decided with somebody else"),
    PaperBallot.proposed_by,
    why=msg("The ballots are nobody's. That you decided is not kept after certification."),
)
anonymous(
    "ballots_taken_back",
    msg("Ballots that you began to take back at a station"),
    Issue.returning_by,
    why=msg("The number of the stub stays, because the numbers of the station must add up."),
)
nothing_of_people(
    "marks on ballots that belong to nobody, and what came of a drawn sample",
    "paper_ballot.first",
    "paper_ballot.second",
    "paper_ballot.proposed",
    "paper_ballot.settled",
    "paper_row.choices",
    "paper_row.points",
    "paper_sample.found",
    "paper_sample.seed",
)
