"""Rehearsals: a whole vote tried out with test ballots, in a copy that can never mix with the real one."""
