"""What a clerk types from one sheet of a batch: the questions of a single sheet, without those that the batch answers."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext
from wtforms import SelectField
from wtforms.validators import ValidationError

from app.features.intake import entries
from app.features.intake.forms.consents import ConsentSheetForm
from app.features.intake.forms.proposals import TakeInForm, where_field
from app.features.proposals.use_cases import Contact, TakeInProposal, Where
from app.kernel.permissions import Channel
from app.kernel.texts import clean_line
from app.web.forms import AtMost, LineField, _

NOT_MARKED = "none"
"""The choice that says that a sheet has no category."""


class ProposalSheetForm(TakeInForm):
    """A proposal on paper. The channel is the batch's; a second person reads it, so nobody ticks that they have compared it."""

    channel = None
    read_back = None
    serial = LineField(
        _("Number printed on the sheet"), description=_("Leave it empty where none is printed."), validators=[AtMost(40)]
    )
    where = where_field(_("The whole city, or no place is written"))

    def validate_category_id(self, field: SelectField) -> None:
        """What the sheet leaves out is chosen as that, and not passed over."""
        if len(field.choices) > 1 and not field.data:
            raise ValidationError(gettext("Choose the category that is marked, or that none is."))

    @property
    def category(self) -> uuid.UUID | None:
        """The category that is marked; None where none is."""
        return uuid.UUID(self.category_id.data) if self.category_id.data not in (None, "", NOT_MARKED) else None

    def to_entry(self, where: Where) -> dict[str, Any]:
        """What the sheet says, as it is kept until the batch is closed."""
        return entries.proposal_entry(self.to_command(uuid.UUID(int=0), where))

    def to_command(self, process_id: uuid.UUID, where: Where) -> TakeInProposal:
        """The proposal as the use case takes it."""
        return TakeInProposal(
            process_id=process_id,
            title=self.title.data or "",
            text=self.text.data or "",
            where=where,
            channel=Channel.PAPER,
            category_id=self.category,
            author_name=self.author_name.data or "",
            contact=Contact(
                email=self.email.data or "",
                phone=self.phone.data or "",
                postal=self.postal.data or "",
                locale=self.language.data,
            ),
            language=self.language.data,
            form_id=self.sheet_id,
        )


def typed_from_proposal(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the form when an entry is opened again."""
    place = entry.get("where") or {}
    ways = {"city": "city", "area": "area", "point": "street" if place.get("label") else "coordinates"}
    fields = ("title", "text", "language", "category_id", "author_name", "serial", *entries.CONTACT)
    return {
        **{name: entry.get(name, "") for name in fields},
        "category_id": "" if entry.get("category_id") == entries.OPEN else entry.get("category_id") or NOT_MARKED,
        "where": ways.get(place.get("kind", ""), "street"),
        "street": place.get("label", ""),
        "area": place.get("area_id", ""),
        "coordinates": f"{place['lat']}, {place['lon']}" if place.get("kind") == "point" and not place.get("label") else "",
    }


class AnswerSheetForm(ConsentSheetForm):
    """An answer about personal data on paper."""

    channel = None
    read_back = None
    sheet = None  # type: ignore[assignment]
    serial = LineField(
        _("Number printed on the sheet"), description=_("Leave it empty where none is printed."), validators=[AtMost(40)]
    )

    def to_entry(self) -> dict[str, Any]:
        """What the sheet says, as it is kept until the batch is closed."""

        def typed(name: str) -> str:
            field = self._fields.get(name)
            return (field.data or "") if field else ""

        young = {}
        if self.young:
            day = date(self.year.data + self.month.data // 12, self.month.data % 12 + 1, 1)
            young = {"guardian": typed("guardian"), "of_age_on": day.isoformat()}
        yes = self.answer.data == "yes"
        return {
            **{name: typed(name) for name in ("person", "code", "language", "answer")},
            **({name: typed(name) for name in ("of_age", "area", *entries.DETAILS)} if yes else {}),
            "languages": [word for word in map(clean_line, typed("languages").split(",")) if word][:10] if yes else [],
            **young,
        }


def typed_from_answer(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the form when an entry is opened again."""
    known: dict[str, Any] = {name: value for name, value in entry.items() if isinstance(value, str)}
    if entry.get("of_age_on"):
        day = date.fromisoformat(entry["of_age_on"])
        known |= {"month": (day.month - 2) % 12 + 1, "year": day.year - (day.month == 1)}
    return {**known, "languages": ", ".join(entry.get("languages", ()))}
