"""What this room keeps about people: acts in office only. Voters leave nothing here that says who they are."""

from app.kernel.messages import msg
from app.kernel.personal_data import not_given_out

not_given_out("station_shift", msg("Days on which you worked at a station: an act in office, in the record of the vote."))
not_given_out("ballot_batch", msg("Batches of ballots that you typed or read: an act in office, in the record of the vote."))
not_given_out("paper_ballot", msg("Ballots on which you decided with somebody else: they belong to nobody."))
not_given_out("paper_issue", msg("Ballots that you began to take back at a station: an act in office, without a name."))
