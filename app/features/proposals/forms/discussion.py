"""What people type when they discuss a proposal."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _
from wtforms import RadioField

from app.features.proposals.commands import WriteComment
from app.features.proposals.labels import STANCES
from app.features.proposals.models import Stance
from app.features.proposals.rules import COMMENT_MOST
from app.web.filters import translate
from app.web.forms import AtMost, Filled, Form, TextField


class CommentForm(Form):
    """A remark with where its writer stands."""

    stance = RadioField(
        _("Where do you stand?"), default=Stance.NEUTRAL.value, validators=[Filled(_("Choose where you stand."))]
    )
    text = TextField(_("Your comment"), validators=[Filled(_("Write your comment first.")), AtMost(COMMENT_MOST)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stance.choices = [(stance.value, translate(look.label)) for stance, look in STANCES.items()]

    def to_command(self, proposal_id: UUID, language: str) -> WriteComment:
        """What is typed, as a command."""
        return WriteComment(proposal_id, self.text.data or "", Stance(self.stance.data), language=language)


class ReplyForm(Form):
    """A reply to a comment; it takes no side of its own."""

    text = TextField(_("Your reply"), id="reply-text", validators=[Filled(_("Write your reply first.")), AtMost(COMMENT_MOST)])

    def to_command(self, proposal_id: UUID, parent_id: UUID, language: str) -> WriteComment:
        """What is typed, as a command."""
        return WriteComment(proposal_id, self.text.data or "", parent_id=parent_id, language=language)
