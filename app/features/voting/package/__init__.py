"""The publication package of a certified pot: everything that somebody needs to check the vote alone, and nothing more."""
