"""What becomes of what somebody wrote, backed and followed.

A support is one person's: it goes, and the number with it, so that nobody supports twice by erasing themselves in between. What
nobody else built on is deleted. What others supported, answered or decided on stays where they can find it, under "A resident";
of what only moderators see, the text goes, too.

What was followed, supported and commented is in `voices`, proposals with their photos and words in the search in `proposals`.
"""

from app.features.proposals.erased import proposals, voices

__all__ = ["proposals", "voices"]
