"""The kinds of news people can have by mail, and which of them come unless somebody says otherwise. Pure words, no rows.

Letters without a kind (a sign-in link, a moderator's decision about one's own proposal) are answers to something the reader
did or what the city owes them; they cannot be switched off.
"""

from enum import StrEnum

from app.kernel.messages import Message, msg


class News(StrEnum):
    """One kind of news."""

    ANSWERS = "answers"
    COMMENTS = "comments"
    FOLLOWED_COMMENTS = "followed_comments"


# Whoever makes a proposal or chooses "Follow" has asked to hear what becomes of it; talk on other people's proposals is
# sent only to those who say that they want it.
ON_BY_DEFAULT: dict[News, bool] = {News.ANSWERS: True, News.COMMENTS: True, News.FOLLOWED_COMMENTS: False}

LABELS: dict[News, Message] = {
    News.ANSWERS: msg("The city answers a proposal that I made or follow"),
    News.COMMENTS: msg("Somebody comments on my proposal, or replies to my comment"),
    News.FOLLOWED_COMMENTS: msg("Somebody comments on a proposal that I follow"),
}
