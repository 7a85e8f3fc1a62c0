"""What staff type when they decide about an objection."""

from app.web.forms import AtMost, Form, TextField, _


class DecideForm(Form):
    """Upheld, or the compelling grounds that the person reads."""

    reason = TextField(
        _("What the person reads"),
        description=_(
            "For compelling grounds: what is so important for the city's task that it outweighs this person's situation. "
            "Write to the person, in a language they read. If you uphold the objection, you may leave it empty."
        ),
        validators=[AtMost(4000)],
    )


class ConfirmForm(Form):
    """A second person agrees, or says why not."""

    reason = TextField(
        _("Why you do not agree"),
        description=_("Only for sending it back. Your colleagues read it, the person does not."),
        validators=[AtMost(2000)],
    )
