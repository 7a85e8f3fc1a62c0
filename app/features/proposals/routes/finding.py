"""The list, the map and the feed: three views of one result, with the same filters."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from flask import Response, current_app, render_template, request, url_for
from flask_babel import gettext as _

from app.extensions import db
from app.features.maps.queries import MapSpec
from app.features.proposals import labels
from app.features.proposals.cards import card
from app.features.proposals.listing import Address, Choices, choices, read_address, to_filters
from app.features.proposals.queries import Filters, Sort, content_version, map_features, published
from app.features.proposals.routes import bp
from app.features.spaces import queries as spaces
from app.kernel import clock
from app.kernel.paging import Page
from app.web.access import public, viewer
from app.web.filters import local_text, translate
from app.web.locale import current_locale

PAGE_SIZE = 20
FEED_SIZE = 30


def _understand(size: int = PAGE_SIZE) -> tuple[Address, Choices, Filters]:
    known = choices(db.session(), viewer())
    today = clock.today(current_app.config["BABEL_DEFAULT_TIMEZONE"])
    address = read_address(request.args, known, today)
    return address, known, to_filters(address, known, today, size)


@bp.get("")
@public
def index() -> str:
    """The list of proposals beside their map."""
    address, known, filters = _understand()
    page = published(db.session(), filters)
    asking = [one for one in known.processes if spaces.action_open(one, spaces.Action.PROPOSE, clock.now())]
    if address.process in asking:
        asking = [address.process]
    return render_template(
        "proposals/index.html",
        address=address,
        known=known,
        page=page,
        cards=[card(proposal, known) for proposal in page.items],
        chips=_chips(address, known),
        sorts=_sorts(address),
        pages=_pages(address, page, filters),
        position=_position(page),
        map_spec=_map_spec(address),
        options=_options(address, known),
        may_propose=bool(asking),
        propose_url=url_for("proposals_authoring.new", process=asking[0].slug) if len(asking) == 1 else url_for("spaces.index"),
        hidden=_kept(address),
        list_url=url_for(".index", **address.args(view="list")),
        map_url=url_for(".index", **address.args(view="map")),
        feed_url=url_for(".feed", **_same_filters(address)),
    )


def _same_filters(address: Address) -> dict[str, Any]:
    """The filters alone, for the other views of the same result."""
    return address.args(page=1, view="list", sort=None, day=None)


def _kept(address: Address) -> dict[str, Any]:
    """What a new search leaves as it is: the chosen order and view."""
    return Address(sort=address.sort, view=address.view).args() if address.sort is not Sort.MATCH else {}


def _chips(address: Address, known: Choices) -> list[dict[str, Any]]:
    """What is chosen, each with the address without it."""
    found: list[tuple[str, Any]] = []
    if address.text:
        found.append((_("Words: %(words)s", words=address.text), {"text": ""}))
    if address.process:
        found.append((local_text(address.process.title), {"process": None, "category": "", "area": None}))
    if address.category:
        name = next(one.name for one in known.categories_in(address.process) if one.code == address.category)
        found.append((local_text(name), {"category": ""}))
    if address.area:
        found.append((local_text(address.area.name), {"area": None}))
    if address.answer:
        found.append((translate(labels.ANSWER_CHOICES[address.answer]), {"answer": ""}))
    if address.place:
        found.append((translate(labels.PLACE_CHOICES[address.place]), {"place": ""}))
    return [
        {"label": label, "remove_url": url_for(".index", **address.args(page=1, day=None, **without))}
        for label, without in found
    ]


def _options(address: Address, known: Choices) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer, by the name of the field: pairs of value and words."""
    return {
        "process": [(one.slug, local_text(one.title)) for one in known.processes],
        "category": [(one.code, local_text(one.name)) for one in known.categories_in(address.process)],
        "area": [(one.code, local_text(one.name)) for one in known.areas_in(address.process)],
        "answer": [(value, translate(words)) for value, words in labels.ANSWER_CHOICES.items()],
        "place": [(value, translate(words)) for value, words in labels.PLACE_CHOICES.items()],
    }


def _sorts(address: Address) -> list[dict[str, Any]]:
    offered = [sort for sort in Sort if sort is not Sort.MATCH or address.text]
    return [
        {
            "label": translate(labels.SORTS[sort]),
            "url": url_for(".index", **address.args(sort=sort, page=1, day=None)),
            "current": sort is address.order,
            "value": sort.value,
        }
        for sort in offered
    ]


def _pages(address: Address, page: Page[Any], filters: Filters) -> dict[str, Any]:
    """Addresses of the pages around this one. Further pages of the fair order name its day: midnight mixes nothing up."""

    def url(number: int) -> str:
        day = filters.day if filters.sort is Sort.FAIR and number > 1 else None
        return url_for(".index", **address.args(page=number, day=day))

    near = {1, page.pages, *range(page.number - 1, page.number + 2)}
    shown: list[dict[str, Any] | None] = []
    for number in sorted(number for number in near if 1 <= number <= page.pages):
        if shown and shown[-1] and shown[-1]["number"] != number - 1:
            shown.append(None)
        shown.append({"number": number, "url": url(number), "current": number == page.number})
    return {
        "previous_url": url(page.previous) if page.previous else None,
        "next_url": url(page.next) if page.next else None,
        "pages": shown if page.pages > 1 else [],
    }


def _position(page: Page[Any]) -> str:
    if page.pages == 1:
        return ""
    first = (page.number - 1) * page.size + 1
    return _("%(first)s to %(last)s of %(total)s", first=first, last=first + len(page.items) - 1, total=page.total)


def _map_spec(address: Address) -> MapSpec:
    outline = url_for("spaces.outline", slug=address.process.slug) if address.process else None
    return MapSpec(
        kind="features",
        map_id="proposals_map",
        features_url=url_for(".features", **_same_filters(address)),
        border_url=outline,
        list_id="proposals",
        size="tall",
    )


@bp.get("/features.geojson")
@public
def features() -> Response:
    """Every marked proposal that passes the filters, as GeoJSON. What the reader has already is not sent again."""
    session = db.session()
    address, known, filters = _understand()
    names = {key: local_text(category.name) for key, category in known.categories.items()}
    states = {status: translate(look.label) for status, look in labels.ANSWERS.items()}
    told = "\n".join([content_version(session), current_locale(), repr(sorted(_same_filters(address).items())), repr(names)])
    tag = hashlib.sha256(told.encode()).hexdigest()[:32]
    response = Response(mimetype="application/geo+json")
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept-Language, Cookie"
    response.make_conditional(request)
    if response.status_code != 304:
        base = url_for(".show", reference="_").removesuffix("_")
        response.set_data(
            _kept_payload(tag, lambda: map_features(session, filters, base=base, labels=states, categories=names))
        )
    return response


_payloads: OrderedDict[str, bytes] = OrderedDict()
PAYLOADS_MOST = 8


def _kept_payload(tag: str, work_out: Callable[[], str]) -> bytes:
    """The last few payloads of this process. The tag names content, filters and language: another content, another tag."""
    if (kept := _payloads.get(tag)) is not None:
        return kept
    _payloads[tag] = kept = work_out().encode()
    while len(_payloads) > PAYLOADS_MOST:
        _payloads.popitem(last=False)
    return kept


@bp.get("/feed.atom")
@public
def feed() -> Response:
    """The newest proposals that pass the filters, for feed readers (Atom, RFC 4287)."""
    address, known, filters = _understand(FEED_SIZE)
    newest = Filters(**{**filters.__dict__, "sort": Sort.NEWEST, "page": 1})
    page = published(db.session(), newest)
    chosen = ", ".join(chip["label"] for chip in _chips(address, known))
    response = Response(
        render_template(
            "proposals/feed.xml",
            page=page,
            cards=[card(proposal, known) for proposal in page.items],
            title=_("Newest proposals") + (f": {chosen}" if chosen else ""),
            base=current_app.config["SETTINGS"].base_url,
            self_url=url_for(".feed", **_same_filters(address)),
            index_url=url_for(".index", **_same_filters(address)),
            updated=max((proposal.published_at for proposal in page.items if proposal.published_at), default=clock.now()),
        ),
        mimetype="application/atom+xml",
    )
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response
