"""Phragmén's sequential rule: money flows to all voters evenly, and a project is bought once its supporters can pay for it."""

from collections.abc import Sequence

from app.features.counting.announced import Project, RuleOptions
from app.features.counting.ballots import VoteType
from app.features.counting.result import Result
from app.features.counting.rule import Rule
from app.features.counting.tally import Tally


class Phragmen(Rule):
    """The rule `phragmen`, for ballots that approve.

    The count ends as soon as the supporters of a project could pay for it and what is left of the budget could not. Projects
    that cost more than the whole budget take no part.
    """

    name = "phragmen"
    vote_types = frozenset((VoteType.APPROVAL, VoteType.CHOOSE_ONE))
    needs_ballots = True

    def count(self, tally: Tally, projects: Sequence[Project], budget: int, options: RuleOptions) -> Result:
        from app.features.counting.shares.even_flow import EvenFlow  # takes NumPy along, which others do without

        return EvenFlow(tally, projects, budget, options).result()
