"""What staff type about a category."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import lazy_gettext

from app.features.spaces.commands import AddCategory, RenameCategory
from app.features.spaces.forms.texts import TextsForm, TextSpec

_ = lazy_gettext


class CategoryForm(TextsForm):
    """The name of a category in every language."""

    TEXTS: ClassVar[Mapping[str, TextSpec]] = {
        "name": TextSpec(_("Name"), 80, needed=_("Write the name in at least one language."))
    }

    def to_add(self, process_id: uuid.UUID) -> AddCategory:
        """The command for a new category."""
        return AddCategory(process_id, self.new_uuid, self.texts("name"))

    def to_rename(self, process_id: uuid.UUID, category_id: uuid.UUID) -> RenameCategory:
        """The command for the category that this form was opened for."""
        return RenameCategory(process_id, category_id, self.version_number, self.texts("name"))

    @classmethod
    def of(cls, category: Any, *, typed: bool = True) -> "CategoryForm":
        """The form of a category; with `typed=False` what is stored, whatever was sent."""
        values = {f"name_{language}": text for language, text in category.name.items()} | {"version": category.version}
        return cls.build(data=values) if typed else cls.build(formdata=None, data=values)
