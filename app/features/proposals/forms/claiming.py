"""What proves that a proposal from paper is one's own."""

from app.features.proposals.commands import ClaimProposal
from app.web.forms import AtMost, Filled, Form, LineField, _


class ClaimProposalForm(Form):
    """The contact that was written on the form."""

    contact = LineField(
        _("What did you write on the form, so that we can reach you?"),
        description=_("The e-mail address, the telephone number or the postal address."),
        validators=[Filled(_("Write what is on the form.")), AtMost(300)],
    )

    def to_command(self, token: str) -> ClaimProposal:
        """The claim as the use case takes it."""
        return ClaimProposal(token, self.contact.data or "")
