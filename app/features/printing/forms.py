"""What staff choose for a print run."""

from uuid import UUID

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField, SelectField

from app.features.printing.commands import OrderPrint
from app.features.printing.layout.model import FormKey, Kind, Look, Paper, Variant
from app.features.printing.rules import MOST_COPIES
from app.web.forms import AtMost, Between, Filled, Form, LineField

_HOW_MANY = _("Write a number from 1 to 20000.")


class OrderForm(Form):
    """Which form, in which look, how often."""

    form = SelectField(_("Form"), [Filled(_("Choose a form."))])
    variant = SelectField(_("How it is set"))
    language = SelectField(_("Language"))
    paper = SelectField(_("Paper"))
    number = IntegerField(_("Number of copies"), [Filled(_HOW_MANY), Between(1, MOST_COPIES, _HOW_MANY)])
    test = BooleanField(
        _("This is a test print"), description=_("A word stands across every page, and what is scanned from it counts nowhere.")
    )
    issued_to = LineField(
        _("Station or desk that gets them"), [AtMost(120)], description=_("It can be said later, when they are handed out.")
    )

    def offer(self, forms: list[tuple[str, str]], languages: list[tuple[str, str]]) -> None:
        """What there is to choose from."""
        self.form.choices = forms
        self.language.choices = languages
        self.variant.choices = [("standard", _("Standard print")), ("large", _("Large print")), ("easy", _("Easy language"))]
        self.paper.choices = [("a4", _("A4")), ("letter", _("US letter"))]

    def to_command(self, process_id: UUID, city: str) -> OrderPrint:
        """The order as the use case takes it."""
        kind, _sign, subject = self.form.data.partition("/")
        look = Look(Variant(self.variant.data), self.language.data, Paper(self.paper.data))
        key = FormKey(Kind(kind), UUID(subject))
        return OrderPrint(process_id, key, look, self.number.data, city, self.test.data, self.issued_to.data or "")


class IssueForm(Form):
    """Who gets the sheets of a run."""

    issued_to = LineField(
        _("Station or desk that gets them"), [Filled(_("Say which station or desk gets these sheets.")), AtMost(120)]
    )
