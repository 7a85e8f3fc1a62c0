"""What staff type about a process."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from flask_babel import lazy_gettext
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.features.spaces.commands import ChangeProcess, CreateProcess, ProcessDetails
from app.features.spaces.forms.texts import TextsForm, TextSpec
from app.features.spaces.models import Participation, Publication
from app.web.forms import AtMost, LineField

_ = lazy_gettext


class ProcessForm(TextsForm):
    """Texts in every language, address, area, and who may do what."""

    TEXTS: ClassVar[Mapping[str, TextSpec]] = {
        "title": TextSpec(_("Title"), 120, needed=_("Write the title in at least one language.")),
        "summary": TextSpec(_("Summary"), 400, lines=True, hint=_("What it is about, in one or two sentences.")),
        "description": TextSpec(
            _("Description"),
            10_000,
            lines=True,
            hint=_("Everything that people want to know. An empty line begins a new paragraph."),
        ),
    }

    slug = LineField(
        _("Address of the page"),
        [AtMost(80)],
        description=_("Small letters, digits and hyphens. Leave it empty, and it is made from the title."),
    )
    area_id = SelectField(
        _("Area"),
        [InputRequired(_("Choose an area."))],
        description=_("Proposals must lie inside it."),
        validate_choice=False,
    )
    publication = RadioField(
        _("When does a new proposal appear?"),
        [InputRequired(_("Choose when proposals appear."))],
        choices=[
            SelectChoice(Publication.AT_ONCE.value, _("At once")),
            SelectChoice(Publication.AFTER_APPROVAL.value, _("After a moderator has approved it")),
        ],
        default=Publication.AT_ONCE.value,
    )
    participation = RadioField(
        _("Who may make proposals?"),
        [InputRequired(_("Choose who may make proposals."))],
        choices=[
            SelectChoice(Participation.ACCOUNT.value, _("People with an account")),
            SelectChoice(Participation.ANYBODY.value, _("Anybody, with or without an account")),
        ],
        default=Participation.ACCOUNT.value,
    )
    contact = LineField(
        _("Whom can people ask?"),
        [AtMost(200)],
        description=_("A name, a department, an e-mail address or a telephone number. Everybody sees it."),
    )

    def offer_areas(self, areas: Iterable[tuple[uuid.UUID, str]]) -> None:
        """The areas to choose from, ids and indented names."""
        self.area_id.choices = [
            SelectChoice("", _("Choose an area")),
            *(SelectChoice(str(area_id), name) for area_id, name in areas),
        ]

    def details(self) -> ProcessDetails:
        """What was typed."""
        return ProcessDetails(
            title=self.texts("title"),
            summary=self.texts("summary"),
            description=self.texts("description"),
            slug=self.slug.data or "",
            area_id=_uuid(self.area_id.data),
            publication=Publication(self.publication.data),
            participation=Participation(self.participation.data),
            contact=self.contact.data or "",
        )

    def to_create(self) -> CreateProcess:
        """The command for a new draft."""
        return CreateProcess(self.new_uuid, self.details())

    def to_change(self, process_id: uuid.UUID) -> ChangeProcess:
        """The command for the process that this form was opened for."""
        return ChangeProcess(process_id, self.version_number, self.details())

    @classmethod
    def of(cls, process: Any, areas: Iterable[tuple[uuid.UUID, str]], *, typed: bool = True) -> "ProcessForm":
        """The form of a process; with `typed=False` what is stored, whatever was sent."""
        values = {f"{name}_{language}": text for name in cls.TEXTS for language, text in getattr(process, name).items()}
        values |= {
            "slug": process.slug,
            "area_id": str(process.area_id),
            "publication": process.publication.value,
            "participation": process.participation.value,
            "contact": process.contact,
            "version": process.version,
        }
        form = cls.build(data=values) if typed else cls.build(formdata=None, data=values)
        form.offer_areas(areas)
        return form


def _uuid(text: str | None) -> uuid.UUID:
    """The id chosen; one that no area has when it cannot be read, so that the use case says what to do."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return uuid.UUID(int=0)
