"""How proposals are found, listed, counted and shown; other rooms ask here.

`single` one proposal, `lists` the public list, `search` words, `features` the map, `comments` the discussion,
`followers` who gets news, `feedback` SELECTs for other rooms to count with.
"""

from app.features.proposals import search_ddl as _search_ddl  # noqa: F401  index and version come into being with the
from app.features.proposals import version_ddl as _version_ddl  # noqa: F401  tables that they keep in step with
from app.features.proposals.models import (
    Comment,
    CommentState,
    Follow,
    GuestContact,
    Photo,
    PlaceKind,
    Proposal,
    ProposalState,
    Stance,
    Support,
)
from app.features.proposals.queries.comments import (
    CommentOrder,
    Discussion,
    Thread,
    comment,
    discussion,
    visible_comment,
)
from app.features.proposals.queries.features import content_version, map_features
from app.features.proposals.queries.feedback import (
    SUPPORTED_BY,
    by_channel,
    in_visible_process,
    published_comments_cte,
    published_proposals_cte,
    published_select,
    supports_by_channel,
    supports_cte,
)
from app.features.proposals.queries.followers import Recipient, Standing, followers, standing
from app.features.proposals.queries.likeness import Likeness, likenesses, similar
from app.features.proposals.queries.lists import NO_ANSWER, Filters, Sort, cover_photos, narrowed, published
from app.features.proposals.queries.own import by_follow_code, sent_secret, slip_secret, typed_code
from app.features.proposals.queries.places import AreaName, AreaNames, area_names
from app.features.proposals.queries.single import (
    may_see,
    proposal,
    proposal_by_reference,
    visible_by_reference,
    visible_photo,
    visible_proposal,
)

__all__ = [
    "NO_ANSWER",
    "SUPPORTED_BY",
    "AreaName",
    "AreaNames",
    "Comment",
    "CommentOrder",
    "CommentState",
    "Discussion",
    "Filters",
    "Follow",
    "GuestContact",
    "Likeness",
    "Photo",
    "PlaceKind",
    "Proposal",
    "ProposalState",
    "Recipient",
    "Sort",
    "Stance",
    "Standing",
    "Support",
    "Thread",
    "area_names",
    "by_channel",
    "by_follow_code",
    "comment",
    "content_version",
    "cover_photos",
    "discussion",
    "followers",
    "in_visible_process",
    "likenesses",
    "map_features",
    "may_see",
    "narrowed",
    "proposal",
    "proposal_by_reference",
    "published",
    "published_comments_cte",
    "published_proposals_cte",
    "published_select",
    "sent_secret",
    "similar",
    "slip_secret",
    "standing",
    "supports_by_channel",
    "supports_cte",
    "typed_code",
    "visible_by_reference",
    "visible_comment",
    "visible_photo",
    "visible_proposal",
]
