"""Where a recipient's server takes messages."""

from wtforms.validators import InputRequired

from app.web.forms import AtMost, Form, LineField, _


class EndpointForm(Form):
    """One address."""

    url = LineField(
        _("Address of their server"),
        description=_("It begins with https:// and takes messages by POST."),
        validators=[InputRequired(_("Write the address.")), AtMost(500)],
    )
