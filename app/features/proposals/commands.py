"""What somebody asks for when writing or discussing a proposal: frozen values, checked by the use cases and not here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.features.proposals.models import Stance
from app.kernel.permissions import Channel


@dataclass(frozen=True)
class Drawn:
    """A place that was drawn on the map: the GeoJSON text that the map wrote into the form."""

    geojson: str
    label: str = ""


@dataclass(frozen=True)
class AtPoint:
    """A place given as a point, in degrees (WGS 84): from coordinates, or from the street table."""

    lon: float
    lat: float
    label: str = ""


@dataclass(frozen=True)
class InArea:
    """A whole area of the process; `label` keeps what was written about the place in words."""

    area_id: UUID
    label: str = ""


@dataclass(frozen=True)
class WholeCity:
    """The proposal is about the whole city."""

    label: str = ""


Where = Drawn | AtPoint | InArea | WholeCity


@dataclass(frozen=True)
class StartDraft:
    """Begin a proposal in one process. What is not written yet may stay empty.

    `proposal_id` is the number that the form was given, so that a second click finds the draft of the first; `token` the
    secret that makes it the writer's, for people without an account. Both are made up when left out.
    """

    process_id: UUID
    title: str = ""
    text: str = ""
    category_id: UUID | None = None
    where: Where | None = None
    author_name: str = ""
    name_hidden: bool = False
    language: str = "en"
    proposal_id: UUID | None = None
    token: str | None = None


@dataclass(frozen=True)
class SaveDraft:
    """Write down the present state of a draft. `token` proves that it is the writer's, for people without an account.

    `where` None means "not said yet". `seen` is when the writer's page had last read the draft: a later change made in
    another window is not overwritten silently. None skips that check.
    """

    proposal_id: UUID
    title: str
    text: str
    category_id: UUID | None = None
    where: Where | None = None
    author_name: str = ""
    name_hidden: bool = False
    token: str | None = None
    seen: datetime | None = None


@dataclass(frozen=True)
class Contact:
    """How to reach somebody without an account. Each part may be empty; kept apart from the proposal."""

    email: str = ""
    phone: str = ""
    postal: str = ""
    locale: str = "en"
    large_print: bool = False


@dataclass(frozen=True)
class PublishProposal:
    """Publish a draft. `follow`: the author asked for news (with an account); `contact`: without one."""

    proposal_id: UUID
    token: str | None = None
    follow: bool = False
    contact: Contact | None = None


@dataclass(frozen=True)
class OwnProposal:
    """A verb about one's own proposal (withdraw, undo, hide my name); `token` for people without an account."""

    proposal_id: UUID
    token: str | None = None


@dataclass(frozen=True)
class AddPhoto:
    """Put a photo on a draft. `full` and `thumbnail` are JPEG files made by `pictures.read_picture`, never what was sent.

    The alternative text says what can be seen; it may still be missing in a draft.
    """

    proposal_id: UUID
    full: bytes
    thumbnail: bytes
    width: int
    height: int
    alternative_text: str = ""
    token: str | None = None


@dataclass(frozen=True)
class DescribePhoto:
    """Say what a photo of a draft shows."""

    proposal_id: UUID
    photo_id: UUID
    alternative_text: str
    token: str | None = None


@dataclass(frozen=True)
class RemovePhoto:
    """Take a photo off a draft."""

    proposal_id: UUID
    photo_id: UUID
    token: str | None = None


@dataclass(frozen=True)
class HideName:
    """Show one's name on the proposal, or not; possible at any time."""

    proposal_id: UUID
    hidden: bool
    token: str | None = None


@dataclass(frozen=True)
class TakeInProposal:
    """A proposal that came on paper, at the desk or by phone. The voice is the author, the hands are the actor.

    `received_at` is when the sheet arrived (or the call was taken): the phase must have been open then. None means now.
    `form_id` is chosen by the form when it is opened, so that a form sent twice is taken in once. None means a new one.
    `hands_id` is who typed it, where somebody else closes the batch that it came in. None means the actor.
    """

    process_id: UUID
    title: str
    text: str
    where: Where
    channel: Channel
    category_id: UUID | None = None
    author_id: UUID | None = None
    author_name: str = ""
    name_hidden: bool = False
    contact: Contact | None = None
    language: str = "en"
    received_at: datetime | None = None
    form_id: UUID | None = None
    hands_id: UUID | None = None


@dataclass(frozen=True)
class ClaimProposal:
    """Put a proposal from paper to one's account: `token` stands on the slip, `contact` was written on the form."""

    token: str
    contact: str


@dataclass(frozen=True)
class ClaimAtDesk:
    """A clerk puts a proposal from paper to the account with this address, having made sure that it is theirs.

    `contact` is what the person says they wrote on the form, so that they could be reached; empty where nothing was written.
    """

    reference: str
    email: str
    contact: str = ""


@dataclass(frozen=True)
class WriteComment:
    """A remark under a proposal; `parent_id` makes it a reply to a comment of the same proposal."""

    proposal_id: UUID
    text: str
    stance: Stance = Stance.NEUTRAL
    parent_id: UUID | None = None
    language: str = "en"
