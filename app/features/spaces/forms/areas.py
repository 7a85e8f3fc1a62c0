"""A file of areas, and how to read it."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from flask_babel import lazy_gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice

from app.features.spaces.area_files.reading import MOST_BYTES
from app.features.spaces.area_files.rows import ImportOptions
from app.features.spaces.commands import RenameArea, UploadAreas
from app.features.spaces.forms.texts import TextsForm, TextSpec
from app.kernel.texts import clean_line
from app.web.forms import AtMost, Form, LineField, city_languages

_ = lazy_gettext


class AreasForm(Form):
    """A GeoJSON file with its options."""

    file = FileField(
        _("GeoJSON file"),
        [FileRequired(_("Choose a file."))],
        description=_("Polygons with a name each, longitude and latitude in degrees (WGS 84), at most 20 MB."),
    )
    parent_code = SelectField(
        _("The areas lie inside"), description=_("For areas whose file does not say so itself."), validate_choice=False
    )
    name_property = LineField(
        _("Property with the name"), [AtMost(64)], description=_("Leave it empty to look for “name” and the like.")
    )
    code_property = LineField(
        _("Property with the code"),
        [AtMost(64)],
        description=_(
            "The code recognises an area when you import again. Leave it empty to look for “code”, “id” and the like."
        ),
    )
    repair = BooleanField(_("Repair outlines that cross themselves"))

    def offer_parents(self, areas: Iterable[tuple[str, str]]) -> None:
        """The areas to choose from, codes and indented names."""
        self.parent_code.choices = [
            SelectChoice("", _("No other area: they are at the top")),
            *(SelectChoice(*each) for each in areas),
        ]

    def to_command(self) -> UploadAreas:
        """The command. At most one byte more than allowed is read."""
        with self.file.data.stream as stream:
            content = stream.read(MOST_BYTES + 1)
        return UploadAreas(
            file_name=clean_line(self.file.data.filename or "areas.geojson")[-200:],
            content=content,
            options=ImportOptions(
                language=city_languages()[0],
                parent_code=clean_line(self.parent_code.data or ""),
                name_property=self.name_property.data or "",
                code_property=self.code_property.data or "",
                repair=bool(self.repair.data),
            ),
        )


class AreaForm(TextsForm):
    """The names of one area."""

    other_names: Mapping[str, str]

    TEXTS: ClassVar[Mapping[str, TextSpec]] = {
        "name": TextSpec(_("Name"), 120, needed=_("Write the name in at least one language."))
    }

    def to_command(self, area_id: uuid.UUID) -> RenameArea:
        """The command. Names in languages that the installation does not have stay as they are."""
        return RenameArea(area_id, self.version_number, {**self.other_names, **self.texts("name")})

    @classmethod
    def of(cls, area: Any, *, typed: bool = True) -> "AreaForm":
        """The form of an area; with `typed=False` what is stored, whatever was sent."""
        values = {f"name_{language}": text for language, text in area.name.items()} | {"version": area.version}
        form = cls.build(data=values) if typed else cls.build(formdata=None, data=values)
        form.other_names = {language: text for language, text in area.name.items() if language not in form.languages}
        return form
