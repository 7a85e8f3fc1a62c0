"""The JSON API: published proposals and their comments, to read. Described at /api/v1/openapi.json (OpenAPI 3.1).

Whoever asks, the answer is what everybody may see; names of authors are given where pages show them.
"""

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, jsonify, request, url_for
from werkzeug.exceptions import UnprocessableEntity

from app.extensions import db
from app.features.accounts import queries as accounts
from app.features.proposals import api_schemas as schemas
from app.features.proposals.listing import Choices, choices
from app.features.proposals.queries import (
    AreaName,
    Comment,
    CommentOrder,
    CommentState,
    Discussion,
    Filters,
    Photo,
    Proposal,
    ProposalState,
    Sort,
    discussion,
    published,
    visible_by_reference,
)
from app.features.spaces.queries import Category
from app.kernel import clock
from app.kernel.errors import NotFound
from app.kernel.paging import Page
from app.kernel.permissions import ANONYMOUS
from app.web import described
from app.web.access import public

MARKED = {"map": True, "none": False}


door, bp = described.for_everybody("proposals_api", "proposals", "Published proposals, to read.")


@door.errorhandler(UnprocessableEntity)
def _wrong_query(error: UnprocessableEntity) -> tuple[Response, int]:
    messages = getattr(error, "data", {}).get("messages", {})
    body = {"status": 422, "message": "The query is not understood.", "fields": messages.get("query", messages)}
    return jsonify({"error": body}), 422


@door.route("")
@public
@door.arguments(schemas.ListQuery, location="query")
@door.response(200, schemas.ProposalPageSchema)
@door.alt_response(422, schema=schemas.RefusalSchema)
def proposals(query: dict[str, Any]) -> dict[str, Any]:
    """List published proposals, page by page, filtered and ordered as on the pages."""
    session = db.session()
    known = choices(session, ANONYMOUS)
    page = published(session, _filters(query, known))
    return {**_page(page), "items": [_proposal(proposal, known) for proposal in page.items]}


@door.route("/<string:reference>")
@public
@door.response(200, schemas.ProposalDetailSchema)
@door.alt_response(404, schema=schemas.RefusalSchema)
def proposal(reference: str) -> dict[str, Any]:
    """One published proposal."""
    session = db.session()
    found = _published(reference)
    names = {} if found.name_hidden else accounts.people_names(session, [found.author_id])
    shown = (names.get(found.author_id) if found.author_id else None) or found.author_name or None
    return {**_proposal(found, choices(session, ANONYMOUS)), "author": None if found.name_hidden else shown}


@door.route("/<string:reference>/comments")
@public
@door.arguments(schemas.CommentsQuery, location="query")
@door.response(200, schemas.CommentPageSchema)
@door.alt_response(404, schema=schemas.RefusalSchema)
@door.alt_response(422, schema=schemas.RefusalSchema)
def comments(query: dict[str, Any], reference: str) -> dict[str, Any]:
    """The comments on a published proposal with their replies."""
    found = discussion(
        db.session(),
        ANONYMOUS,
        _published(reference),
        order=CommentOrder(query["order"]),
        page=query["page"],
        size=query["page_size"],
    )
    return {
        **_page(found.threads),
        "stances": {stance.value: count for stance, count in found.stances.items()},
        "replies": found.replies,
        "items": [
            {
                **_comment(thread.comment, found),
                "stance": thread.comment.stance.value if thread.comment.state is CommentState.PUBLISHED else None,
                "replies": [_comment(reply, found) for reply in thread.replies],
            }
            for thread in found.threads.items
        ],
    }


def _published(reference: str) -> Proposal:
    found = visible_by_reference(db.session(), ANONYMOUS, reference)
    if found.state is not ProposalState.PUBLISHED:
        raise NotFound
    return found


def _filters(query: Mapping[str, Any], known: Choices) -> Filters:
    """The query for the queries. A name that nothing has is an error here: a program wants to know."""
    wrong: dict[str, list[str]] = {}

    def find(name: str, offered: Mapping[str, Any]) -> Any:
        if query[name] is None:
            return None
        if query[name] not in offered:
            wrong[name] = ["There is nothing of this name."]
        return offered.get(query[name])

    process = find("process", {one.slug: one for one in known.processes})
    area = find("area", {one.code: one for one in known.areas_in(process)})
    find("category", {one.code: one for one in known.categories_in(process)})
    if query["sort"] == Sort.MATCH and not query["q"]:
        wrong["sort"] = ["`match` needs `q`."]
    if wrong:
        error = UnprocessableEntity()
        error.data = {"messages": wrong}  # type: ignore[attr-defined]
        raise error
    inside = [one for one in known.categories.values() if process is None or one.process_id == process.id]
    return Filters(
        process_id=process.id if process else None,
        category_ids=[one.id for one in inside if one.code == query["category"]] if query["category"] else None,
        area_ids=[one.id for one in known.areas.below([area.id])] if area else None,
        answer=query["answer"],
        marked=MARKED.get(query["place"]),
        text=query["q"],
        sort=Sort(query["sort"]) if query["sort"] else (Sort.MATCH if query["q"] else Sort.FAIR),
        day=clock.today(current_app.config["BABEL_DEFAULT_TIMEZONE"]),
        page=query["page"],
        size=query["page_size"],
    )


def _absolute(path: str) -> str:
    return f"{current_app.config['SETTINGS'].base_url}{path}"


def _page(page: Page[Any]) -> dict[str, Any]:
    def url(number: int | None) -> str | None:
        if number is None or request.endpoint is None:
            return None
        args = {**request.args.to_dict(), **(request.view_args or {}), "page": number}
        return _absolute(url_for(request.endpoint, **args))

    links = {"self": url(page.number), "next": url(page.next), "previous": url(page.previous)}
    return {"page": page.number, "page_size": page.size, "pages": page.pages, "total": page.total, "links": links}


def _proposal(found: Proposal, known: Choices) -> dict[str, Any]:
    marked = found.lon is not None and found.geojson is not None
    return {
        "reference": found.reference,
        "url": _absolute(url_for("proposals.show", reference=found.reference)),
        "title": found.title,
        "text": found.text,
        "language": found.language,
        "process": next((one.slug for one in known.processes if one.id == found.process_id), ""),
        "category": _named(known.categories.get(found.category_id) if found.category_id else None),
        "area": _named(known.areas.by_id.get(found.area_id) if found.area_id else None),
        "place": {
            "kind": found.place_kind.value if found.place_kind else None,
            "label": found.place_label,
            "geometry": found.geojson if marked else None,
            "point": [found.lon, found.lat] if marked else None,
        },
        "channel": found.channel.value,
        "published_at": found.published_at,
        "supports": found.supports_count,
        "comments": found.comments_count,
        "answer": found.answer_status,
        "photos": [_photo(photo) for photo in found.photos],
    }


def _named(found: Category | AreaName | None) -> dict[str, Any] | None:
    return {"code": found.code, "name": found.name} if found else None


def _photo(photo: Photo) -> dict[str, Any]:
    return {
        "url": _absolute(url_for("proposals_authoring.photo", photo_id=photo.id, size="full")),
        "thumbnail_url": _absolute(url_for("proposals_authoring.photo", photo_id=photo.id, size="small")),
        "alternative_text": photo.alternative_text,
        "width": photo.width,
        "height": photo.height,
    }


def _comment(comment: Comment, found: Discussion) -> dict[str, Any]:
    seen = comment.state is CommentState.PUBLISHED
    name = (found.names.get(comment.author_id) if comment.author_id else None) or comment.author_name or None
    return {
        "id": comment.id,
        "author": name if seen else None,
        "staff": seen and comment.author_id in found.staff,
        "channel": comment.channel.value,
        "language": comment.language,
        "text": comment.text if seen else None,
        "created_at": comment.created_at,
    }
