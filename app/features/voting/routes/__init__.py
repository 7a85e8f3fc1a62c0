"""Voting for everybody: the ballot (`ballot`), in with a code or card (`codes`), projects side by side (`compare`), the board
(`board`), the package (`package`), and what other rules would have chosen (`other_rules`)."""

from app.features.voting.routes import ballot, board, codes, compare, other_rules, package

blueprints = [ballot.bp, codes.bp, board.bp, compare.bp, package.bp, other_rules.bp]
