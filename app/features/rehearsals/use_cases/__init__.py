"""What can happen with a rehearsal: it is begun, filled with test ballots, its vote is ended, it is thrown away.

Closing, opening, counting and certifying are the real steps, on the real pages.
"""

from app.features.rehearsals.use_cases.beginning import begin_rehearsal
from app.features.rehearsals.use_cases.throwing_away import throw_away
from app.features.rehearsals.use_cases.trying import cast_more, cast_test_ballots, end_vote

__all__ = ["begin_rehearsal", "cast_more", "cast_test_ballots", "end_vote", "throw_away"]
