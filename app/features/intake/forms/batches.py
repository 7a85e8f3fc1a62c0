"""What clerks type about a batch as a whole."""

import uuid
from datetime import date
from typing import Any

from flask_babel import gettext
from wtforms import BooleanField, DateField, HiddenField, IntegerField, SelectField
from wtforms.validators import DataRequired, ValidationError

from app.features.intake.commands import OpenBatch, TakeScans
from app.features.intake.models import SheetKind
from app.features.intake.rules import DECLARED_MOST, REASON_MOST, STATION_MOST
from app.features.proposals.use_cases import ClaimAtDesk
from app.web.forms import AtMost, Between, EmailAddress, Filled, Form, LineField, TextField, Unmarked, _

COUNT_THEM = _("Count the sheets: from 1 to 500. More than that are several batches.")


class BatchForm(Form):
    """Open a batch: what the sheets are, from where, which day, and how many there are."""

    batch_id = HiddenField()
    what = SelectField(_("What are the sheets?"), validators=[DataRequired(_("Say what the sheets are."))])
    station = LineField(
        _("Where were they handed in?"),
        description=_("Such as the name of a library or a desk."),
        validators=[Filled(_("Write where the sheets were handed in.")), AtMost(STATION_MOST)],
    )
    day = DateField(_("On which day?"), validators=[DataRequired(_("Write the day on which they arrived."))])
    declared = IntegerField(
        _("How many sheets are in the bundle?"),
        description=_("Count them before you enter the first one, or take the number that is written on the bundle."),
        validators=[
            Filled(_("Count the sheets: from 1 to 500. More than that are several batches.")),
            Between(1, DECLARED_MOST, _("Count the sheets: from 1 to 500. More than that are several batches.")),
        ],
    )
    at_once = BooleanField(
        _("Each proposal appears as soon as two people have read it alike, and not only when the batch is closed."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        try:
            self.form_id = uuid.UUID(self.batch_id.data or "")
        except ValueError:
            self.form_id = uuid.uuid4()
        self.batch_id.data = str(self.form_id)

    def to_command(self, agreements: dict[str, uuid.UUID | None], zone: str) -> OpenBatch:
        """The batch as the use case takes it. `agreements` are the processes of the agreements that are asked, by their ids."""
        kind, _colon, key = self.what.data.partition(":")
        consents = kind == SheetKind.CONSENT.value
        return OpenBatch(
            batch_id=self.form_id,
            process_id=agreements[key] if consents else uuid.UUID(key),
            kind=SheetKind(kind),
            station=self.station.data or "",
            day=self.day.data or date.min,
            declared=self.declared.data or 0,
            zone=zone,
            agreement_id=uuid.UUID(key) if consents else None,
            at_once=self.at_once.data,
        )


class StepForm(Form):
    """A step of a batch: a reason where one is needed, and a button."""

    reason = TextField(_("Reason"), validators=[Unmarked(), AtMost(REASON_MOST)])


class ScansForm(Form):
    """Which scanned sheets a batch takes."""

    file = SelectField(_("Which sheets?"), description=_("A bundle that was scanned as one file is taken as one."), default="")

    def to_command(self, batch_id: uuid.UUID) -> TakeScans:
        """The choice as the use case takes it."""
        return TakeScans(batch_id, uuid.UUID(self.file.data) if self.file.data else None)


class ReasonForm(Form):
    """Why a sheet does not count."""

    sheet_id = HiddenField()
    serial = LineField(_("Number printed on the sheet"), validators=[AtMost(40)])
    reason = TextField(_("Reason"), validators=[Filled(_("Write why this sheet does not count.")), AtMost(REASON_MOST)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        try:
            self.form_id = uuid.UUID(self.sheet_id.data or "")
        except ValueError:
            self.form_id = uuid.uuid4()
        self.sheet_id.data = str(self.form_id)


class SlipForm(Form):
    """The code of a slip that was torn off a form."""

    code = LineField(
        _("Your code"),
        description=_("16 letters and digits from your slip, such as ABCD-2345-EFGH-6789."),
        validators=[Filled(_("Write the code of your slip.")), AtMost(60)],
    )


class ClaimForm(Form):
    """A desk gives a proposal from paper to the account of the person who wrote it."""

    reference = LineField(_("Reference on the slip"), validators=[Filled(_("Write the reference.")), AtMost(16)])
    email = LineField(
        _("E-mail address of their account"), validators=[Filled(_("Write the address.")), AtMost(254), EmailAddress()]
    )
    contact = LineField(
        _("What did they write on the form, so that we can reach them?"),
        description=_(
            "The e-mail address, the telephone number or the postal address, as the person tells you now."
            " Leave it empty where they wrote none."
        ),
        validators=[AtMost(300)],
    )
    checked = BooleanField(_("The person is here with the slip, and has told me what the sheet says."))

    def to_command(self) -> ClaimAtDesk:
        """The claim as the use case takes it."""
        return ClaimAtDesk(self.reference.data or "", self.email.data or "", self.contact.data or "")

    def validate_checked(self, field: BooleanField) -> None:
        """A check at the desk is somebody's word, so it has to be given."""
        if not field.data:
            raise ValidationError(gettext("Make sure that it is theirs, then tick this."))
