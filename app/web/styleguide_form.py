"""A form with every kind of field, for the styleguide."""

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from app.web.forms import Form, LineField, TextField


class SampleForm(Form):
    """What a resident may be asked; only shown, never sent."""

    class Meta:
        csrf = False

    title = LineField(
        _("Title"),
        [
            InputRequired(_("Give the proposal a title.")),
            Length(max=80, message=_("Shorten the title to at most 80 characters.")),
        ],
        description=_("One line that says what should change."),
    )
    text = TextField(
        _("What should change, and why?"), [InputRequired(_("Say what should change, and why.")), Length(max=1000)]
    )
    area = SelectField(
        _("Area"),
        choices=[
            SelectChoice("", _("Choose an area")),
            SelectChoice("1", "Kallio"),
            SelectChoice("2", "Sörnäinen"),
            SelectChoice("3", "Vallila"),
        ],
    )
    place = RadioField(
        _("Where is it?"),
        [InputRequired(_("Choose where it is."))],
        choices=[
            SelectChoice("spot", _("At one place")),
            SelectChoice("line", _("Along a street")),
            SelectChoice("all", _("Everywhere")),
        ],
    )
    topics = SelectMultipleField(
        _("What is it about?"),
        choices=[
            SelectChoice("green", _("Parks and trees")),
            SelectChoice("street", _("Streets")),
            SelectChoice("play", _("Playgrounds")),
        ],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    cost = LineField(_("Estimated cost"), [Regexp(r"^\d+$", message=_("Write the cost as a number, such as 1200."))])
    day = DateField(_("Day of the meeting"), description=_("For example 27 May 2027."))
    photo = FileField(
        _("Photo"), description=_("A JPEG or PNG of at most 10 MB. We remove the place from it before anybody sees it.")
    )
    secret = PasswordField(_("Password"), [InputRequired(_("Type your password."))])
    agree = BooleanField(_("Show my name beside the proposal"), description=_("Otherwise it says “A resident of Kallio”."))
