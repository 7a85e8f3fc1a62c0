"""What minors and people with a code type."""

from datetime import date
from uuid import UUID

from flask_babel import get_locale
from wtforms import SelectField

from app.features.consents.commands import NoteAge
from app.kernel import clock
from app.web.forms import AtMost, EmailAddress, Filled, Form, LineField, Unmarked, _


class GuardianForm(Form):
    """The adult who answers, and once the month in which one decides alone."""

    month = SelectField(_("Month"), coerce=int, validators=[Unmarked()])
    year = SelectField(_("Year"), coerce=int, validators=[Unmarked()])
    name = LineField(_("Name of the adult"), validators=[Filled(_("Write the name of the adult.")), AtMost(80)])
    email = LineField(
        _("E-mail address of the adult"),
        description=_("They get an e-mail with a link to the text, and nothing else."),
        validators=[Filled(_("Write an e-mail address of the adult, such as name@example.org.")), AtMost(254), EmailAddress()],
    )

    def age_command(self, person_id: UUID) -> NoteAge:
        """The first day of the month after the one that was chosen."""
        year, month = self.year.data, self.month.data
        return NoteAge(person_id, date(year + month // 12, month % 12 + 1, 1))


def guardian_form(age: int, *, known: bool) -> GuardianForm:
    """The form; whoever has said their month already is not asked again."""
    form = GuardianForm()
    if known:
        del form.month
        del form.year
        return form
    this_year = clock.now().year
    names = get_locale().months["stand-alone"]["wide"]
    form.month.choices = [(number, names[number]) for number in range(1, 13)]
    form.year.choices = [(year, str(year)) for year in range(this_year, this_year + age + 1)]
    return form


class CodeForm(Form):
    """The code of a slip."""

    code = LineField(
        _("Your code"),
        description=_("16 letters and digits from your slip, such as ABCD-2345-EFGH-6789."),
        validators=[Filled(_("Write the code of your slip.")), AtMost(60)],
    )
