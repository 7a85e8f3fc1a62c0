"""The question "Where is it?": five ways to answer it, each of which comes out as one `Where`."""

import json
import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import TextAreaField

from app.features.maps.queries import StreetMatch, StreetTable, parse_coordinates
from app.features.proposals import rules
from app.features.proposals.commands import AtPoint, Drawn, InArea, Where, WholeCity
from app.features.proposals.forms.choices import LateChoice, OneOf, OneWay
from app.features.proposals.models import PlaceKind
from app.features.proposals.queries import Proposal
from app.kernel.errors import Refused
from app.web.filters import translate
from app.web.forms import AtMost, LineField

_ = lazy_gettext

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees."""
WAY_OF_KIND = {
    PlaceKind.POINT: "map",
    PlaceKind.LINE: "map",
    PlaceKind.POLYGON: "map",
    PlaceKind.AREA: "area",
    PlaceKind.WHOLE_CITY: "city",
}


class PlaceQuestion:
    """To be mixed into a form. After a near miss `matches` are the streets to choose from."""

    where: Any = OneWay(
        _("Where is it?"),
        choices={
            "map": _("Mark it on the map"),
            "street": _("Write a street"),
            "coordinates": _("Write coordinates"),
            "area": _("Choose an area"),
            "city": _("It is about the whole city"),
        },
        default="street",  # what works everywhere; where there are scripts, the page moves on to the map
    )
    drawing: Any = TextAreaField(_("The place you marked on the map"))
    street: Any = LineField(
        _("Street and number"),
        validators=[AtMost(rules.LABEL_MOST)],
        description=_("A square or a park is fine, too."),
    )
    street_unknown: Any = LineField()  # which street was not known when the areas were offered beside it
    street_choice: Any = LateChoice(_("Which one do you mean?"))
    coordinates: Any = LineField(
        _("Latitude and longitude"),
        validators=[AtMost(80)],
    )
    area: Any = OneOf(_("Area"))

    @property
    def place_is_open(self) -> bool:
        """Nobody has said yet where it is, in this form or in the stored draft: with scripts the map may come first."""
        said = (self.drawing.data, self.street.data, self.coordinates.data, self.area.data)
        return not self.where.raw_data and self.where.data == "street" and not any(said)

    matches: Sequence[StreetMatch] = ()
    offers_areas: bool = False
    example: str = ""

    def give_example(self, lon: float, lat: float) -> None:
        """Show how coordinates are written with a place of this process."""
        self.example = f"{lat:.4f}, {lon:.4f}"
        self.coordinates.description = gettext(
            "In degrees, latitude first, as your phone shows them. For example: %(example)s", example=self.example
        )

    def show_place(self, proposal: Proposal) -> None:
        """Fill in the place of a stored draft."""
        self.where.data = WAY_OF_KIND[proposal.place_kind] if proposal.place_kind else "street"
        self.street.data = proposal.place_label
        if proposal.geojson is not None:
            self.drawing.data = json.dumps(proposal.geojson)
        if proposal.place_kind is PlaceKind.POINT:
            self.coordinates.data = f"{proposal.lat}, {proposal.lon}"
            self.where.data = "street" if proposal.place_label else "map"
        if proposal.place_kind is PlaceKind.AREA:
            self.area.data = str(proposal.area_id)

    def wanted_place(self, streets: StreetTable, bounds: Bounds) -> Where | None:
        """The place that was said, or None with the reason beside its field. `bounds` tell latitude from longitude."""
        match self.where.data:
            case "map":
                return self._drawn()
            case "street":
                return self._at_street(streets)
            case "coordinates":
                return self._at_coordinates(bounds)
            case "area":
                return self._in_area()
            case "city":
                return WholeCity()
        return _wrong(self.where, gettext("Say where it is, or choose “It is about the whole city”."))

    def refuse_place(self, refusal: Refused) -> None:
        """Show why the place cannot be, beside the answer that gave it."""
        beside = {"street": self.street, "coordinates": self.coordinates, "area": self.area}
        _wrong(beside.get(self.where.data, self.where), translate(refusal.message))

    def _drawn(self) -> Where | None:
        if not (self.drawing.data or "").strip():
            return _wrong(self.where, gettext("Mark the place on the map, or say in another way where it is."))
        return Drawn(self.drawing.data)

    def _at_street(self, streets: StreetTable) -> Where | None:
        text = self.street.data or ""
        if not text:
            return _wrong(self.street, gettext("Write the name of the street."))
        if self.street.errors:
            return None
        found = streets.match(text)
        place = next((one for one in found if one.label == self.street_choice.data), None)
        if place is None and len(found) == 1 and found[0].quality == "exact":
            place = found[0]
        if place is not None:
            return AtPoint(place.lon, place.lat, place.label)
        if found:
            self.matches = found
            self.street_choice.choices = {one.label: one.label for one in found}
            return _wrong(
                self.street_choice, gettext("We are not sure which place you mean. Choose one, or write it differently.")
            )
        self.offers_areas = True
        if self.area.data and self.street_unknown.data == text:
            return InArea(uuid.UUID(self.area.data), text[: rules.LABEL_MOST])
        self.street_unknown.data = text
        self.street_unknown.raw_data = [text]
        return _wrong(
            self.street,
            gettext(
                "We do not know “%(street)s”. Write it differently, or choose the area it is in; we keep what you wrote.",
                street=text,
            ),
        )

    def _at_coordinates(self, bounds: Bounds) -> Where | None:
        found = None if self.coordinates.errors else parse_coordinates(self.coordinates.data or "", bounds)
        if found is None:
            return _wrong(
                self.coordinates,
                gettext(
                    "We cannot read these coordinates. Write two numbers, latitude first: %(example)s", example=self.example
                ),
            )
        return AtPoint(found.lon, found.lat)

    def _in_area(self) -> Where | None:
        if not self.area.data:
            return _wrong(self.area, gettext("Choose an area."))
        return InArea(uuid.UUID(self.area.data), (self.street.data or "")[: rules.LABEL_MOST])


def _wrong(field: Any, message: str) -> Where | None:
    """There is no place: say why beside the field."""
    field.errors = [*field.errors, message]
    return None
