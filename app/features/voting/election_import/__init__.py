"""A real election in a `.pb` file becomes a finished process.

Start at `run.py` (the steps and their transactions). `marks.py` checks a file, `words.py`, `days.py` and `outline.py` say
what its facts mean for Plaza, `writing.py` stores them, `compare.py` tells two versions of one election apart.
docs/adr/0004-import-of-elections.md says why it stands in this room.
"""
