"""Voting: who may vote, one ballot each over every channel, and the box. Knows no names of voters beside ballots."""
