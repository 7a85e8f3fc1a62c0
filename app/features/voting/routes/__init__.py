"""Voting for everybody: the ballot (`ballot`), in with a code or card (`codes`), projects side by side (`compare`), the board
(`board`), the package (`package`), and what other rules would have chosen (`other_rules`)."""

from app.features.voting.routes import ballot, board, codes, compare, other_rules, package
from app.features.voting.voters import voted as _voted  # noqa: F401  it fills places on the pages of other rooms

blueprints = [ballot.bp, codes.bp, board.bp, compare.bp, package.bp, other_rules.bp]
