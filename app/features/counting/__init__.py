"""Counting: which projects win and why, and the `.pb` file in which a whole election is published and recounted.

Everything here is a pure function of its input: no database, no web framework, no clock, no chance. Whoever has the
projects, the ballots and the announced rule gets the same result, here and at home.
"""
