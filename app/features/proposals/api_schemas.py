"""What the JSON API takes and gives, as schemas: they check, they write, and they are the documentation."""

from marshmallow import Schema, fields, validate

from app.features.proposals.labels import ANSWER_CHOICES, ANSWERS, PLACE_CHOICES
from app.features.proposals.models import PlaceKind, Stance
from app.features.proposals.queries import CommentOrder, Sort
from app.kernel.permissions import Channel

PAGE_SIZE_MOST = 100
WORDS_MOST = 100


def _said(text: str, **more: object) -> dict[str, object]:
    return {"description": text, **more}


class PageQuery(Schema):
    """Which page of a list, and how long a page is."""

    page = fields.Integer(
        load_default=1,
        validate=validate.Range(1, 100_000),
        metadata=_said("Number of the page, from 1. A page beyond the last is the last one."),
    )
    page_size = fields.Integer(load_default=20, validate=validate.Range(1, PAGE_SIZE_MOST), metadata=_said("Items a page."))


class ListQuery(PageQuery):
    """The filters of the list, the same as in the addresses of the pages."""

    q = fields.String(
        load_default="",
        validate=validate.Length(max=WORDS_MOST),
        metadata=_said("Words that title, text or place contain, or a reference."),
    )
    process = fields.String(load_default=None, metadata=_said("Short name of a process, as in its address."))
    category = fields.String(load_default=None, metadata=_said("Code of a category."))
    area = fields.String(load_default=None, metadata=_said("Code of an area; the areas below it are included."))
    answer = fields.String(
        load_default=None,
        validate=validate.OneOf(list(ANSWER_CHOICES)),
        metadata=_said("The city's answer; `none`: not answered yet."),
    )
    place = fields.String(
        load_default=None,
        validate=validate.OneOf(list(PLACE_CHOICES)),
        metadata=_said("`map`: marked on the map; `none`: not marked."),
    )
    sort = fields.String(
        load_default=None,
        validate=validate.OneOf([sort.value for sort in Sort]),
        metadata=_said("`fair` is drawn by lot anew every day; `match` needs `q`. Without it: `match` with `q`, else `fair`."),
    )


class CommentsQuery(PageQuery):
    """Order and page of comments."""

    order = fields.String(
        load_default="newest",
        validate=validate.OneOf([order.value for order in CommentOrder]),
        metadata=_said("Which come first."),
    )


class NamedSchema(Schema):
    """A category or an area."""

    code = fields.String(required=True)
    name = fields.Dict(keys=fields.String(), values=fields.String(), required=True, metadata=_said("Name by language."))


class PlaceSchema(Schema):
    """Where the proposal is."""

    kind = fields.String(allow_none=True, validate=validate.OneOf([kind.value for kind in PlaceKind]))
    label = fields.String(required=True, metadata=_said("The place in words; may be empty."))
    geometry = fields.Dict(allow_none=True, metadata=_said("GeoJSON (WGS 84), if it is marked on the map."))
    point = fields.List(
        fields.Float(), allow_none=True, metadata=_said("Longitude and latitude of a point that stands for it.")
    )


class PhotoSchema(Schema):
    """A photo, with the text for those who do not see it."""

    url = fields.String(required=True)
    thumbnail_url = fields.String(required=True)
    alternative_text = fields.String(required=True)
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)


class ProposalSchema(Schema):
    """A published proposal as lists show it."""

    reference = fields.String(required=True, metadata=_said("Short public name.", example="P-7KQ4M"))
    url = fields.String(required=True, metadata=_said("Its page."))
    title = fields.String(required=True)
    text = fields.String(required=True)
    language = fields.String(required=True, metadata=_said("Language of title and text (BCP 47)."))
    process = fields.String(required=True, metadata=_said("Short name of the process."))
    category = fields.Nested(NamedSchema, allow_none=True)
    area = fields.Nested(NamedSchema, allow_none=True)
    place = fields.Nested(PlaceSchema, required=True)
    channel = fields.String(
        required=True, validate=validate.OneOf([channel.value for channel in Channel]), metadata=_said("How it came in.")
    )
    published_at = fields.DateTime(format="iso", required=True, metadata=_said("In UTC."))
    supports = fields.Integer(required=True)
    comments = fields.Integer(required=True, metadata=_said("Published comments, without the replies to them."))
    answer = fields.String(
        allow_none=True, validate=validate.OneOf(list(ANSWERS)), metadata=_said("The city's answer, if there is one.")
    )
    photos = fields.List(fields.Nested(PhotoSchema), required=True)


class ProposalDetailSchema(ProposalSchema):
    """A published proposal as its page shows it."""

    author = fields.String(allow_none=True, metadata=_said("The name its author shows; null when they show none."))


class CommentBase(Schema):
    """What comments and replies have in common."""

    id = fields.UUID(required=True)
    author = fields.String(allow_none=True, metadata=_said("The name shown beside it."))
    staff = fields.Boolean(required=True, metadata=_said("Its author works for the city in this process."))
    channel = fields.String(required=True, validate=validate.OneOf([channel.value for channel in Channel]))
    language = fields.String(required=True)
    text = fields.String(allow_none=True, metadata=_said("Null for a comment that is gone and has replies."))
    created_at = fields.DateTime(format="iso", required=True)


class CommentSchema(CommentBase):
    """A comment with its replies."""

    stance = fields.String(allow_none=True, validate=validate.OneOf([stance.value for stance in Stance]))
    replies = fields.List(fields.Nested(CommentBase), required=True)


class LinksSchema(Schema):
    """Addresses of this page and of those beside it."""

    self = fields.String(required=True)
    next = fields.String(allow_none=True)
    previous = fields.String(allow_none=True)


class PageBase(Schema):
    """One page of a list."""

    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    pages = fields.Integer(required=True, metadata=_said("How many pages there are; at least one."))
    total = fields.Integer(required=True, metadata=_said("How many items there are on all pages."))
    links = fields.Nested(LinksSchema, required=True)


class ProposalPageSchema(PageBase):
    """One page of proposals."""

    items = fields.List(fields.Nested(ProposalSchema), required=True)


class CommentPageSchema(PageBase):
    """One page of comments, with how many take which stance on all pages. Replies take none and are counted apart."""

    stances = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    replies = fields.Integer(required=True, metadata=_said("How many published replies there are on all pages."))
    items = fields.List(fields.Nested(CommentSchema), required=True)


class RefusalBody(Schema):
    """What was wrong."""

    status = fields.Integer(required=True)
    message = fields.String(required=True)
    request = fields.String(metadata=_said("The number of the request, to quote when asking about it."))
    fields_ = fields.Dict(data_key="fields", metadata=_said("What is wrong with each value of the query."))


class RefusalSchema(Schema):
    """A refusal."""

    error = fields.Nested(RefusalBody, required=True)
