"""Voting on paper: desks that hand out ballots, boxes, ballots that are typed and read a second time, signed numbers.

At a desk the same constraint counts as on the web, so nobody votes twice. What was handed out to whom, and what stands on the
ballots, are two worlds that no table joins. What is typed here is counted with the box once two people have signed it.
"""
