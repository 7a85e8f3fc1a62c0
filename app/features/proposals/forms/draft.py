"""A whole proposal on one page."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, FileField, HiddenField

from app.features.proposals import rules
from app.features.proposals.commands import SaveDraft, StartDraft, Where
from app.features.proposals.forms.choices import Needed, OneOf
from app.features.proposals.forms.place import PlaceQuestion
from app.features.proposals.queries import Proposal
from app.kernel.messages import Message
from app.web.filters import translate
from app.web.forms import AtMost, Form, LineField, TextField

_ = lazy_gettext

SLOTS = range(1, rules.PHOTOS_MOST + 1)


ORDER = ("title", "text", "category_id", "where", "drawing", "street", "street_choice", "coordinates", "area")
"""Fields as the page shows them; names and photos follow."""
Choices = Mapping[str, str]


def _file() -> Any:
    return FileField(_("Photo"))


def _words() -> Any:
    return LineField(
        _("What does the photo show?"),
        validators=[AtMost(rules.ALTERNATIVE_TEXT_MOST)],
        description=_("One sentence for people who cannot see it."),
    )


class DraftForm(PlaceQuestion, Form):
    """Title, text, category, place, name and photos. Each of four slots holds a photo that is there, or takes a new one.

    Lengths are checked here; what is missing is said by `rules.missing`, because a draft may be incomplete.
    """

    draft = HiddenField()
    seen = HiddenField()
    title = LineField(
        _("Title"),
        validators=[Needed(), AtMost(rules.TITLE_MOST)],
        description=_("One short sentence that says what you want."),
    )
    text = TextField(
        _("Your proposal"),
        validators=[Needed(), AtMost(rules.TEXT_MOST)],
        description=_("What should change, and why? Who would be glad of it?"),
    )
    category_id = OneOf(_("What is it about?"), validators=[Needed()])
    author_name = LineField(
        _("Your name"),
        validators=[AtMost(rules.NAME_MOST)],
        description=_("It is shown with your proposal. Leave it empty if you do not want that."),
    )
    name_hidden = BooleanField(_("Do not show my name with this proposal"))
    photo_1, photo_2, photo_3, photo_4 = (_file() for _slot in SLOTS)
    photo_1_text, photo_2_text, photo_3_text, photo_4_text = (_words() for _slot in SLOTS)
    photo_1_id, photo_2_id, photo_3_id, photo_4_id = (HiddenField() for _slot in SLOTS)

    def __iter__(self) -> Iterator[Any]:
        """In the order of the page, so that the summary of errors reads from top to bottom."""
        first = [self._fields[name] for name in ORDER if name in self._fields]
        return iter([*first, *(field for name, field in self._fields.items() if name not in ORDER)])

    def slot(self, number: int) -> tuple[Any, Any, Any]:
        """File, words and id of slot 1 to 4."""
        return self[f"photo_{number}"], self[f"photo_{number}_text"], self[f"photo_{number}_id"]

    def show_stored(self, proposal: Proposal) -> None:
        """Fill the form with a draft as it is stored."""
        self.title.data, self.text.data = proposal.title, proposal.text
        if "category_id" in self:
            self.category_id.data = str(proposal.category_id or "")
        if "author_name" in self:
            self.author_name.data = proposal.author_name
        if "name_hidden" in self:
            self.name_hidden.data = proposal.name_hidden
        self.show_place(proposal)
        self.bind(proposal, {})

    def bind(self, proposal: Proposal, came_from: Mapping[uuid.UUID, int]) -> None:
        """Tie the form to the stored draft: its id, when it was read, and its photos in the first slots.

        `came_from` says in which slot a photo was when the form was sent, so that its words, and what is wrong with them,
        move with it. Behind the photos follow files that could not be taken, with the reason, then words without a file.
        """
        self.draft.data = str(proposal.id)
        self.seen.data = proposal.changed_at.isoformat() if proposal.changed_at else ""
        sent = {n: (self[f"photo_{n}"].errors, self[f"photo_{n}_text"].data, self[f"photo_{n}_text"].errors) for n in SLOTS}
        not_taken = [n for n in SLOTS if n not in came_from.values() and self[f"photo_{n}"].errors]
        without_file = [
            n for n in SLOTS if n not in (*came_from.values(), *not_taken) and not _is_id(self[f"photo_{n}_id"].data)
        ]
        order = [came_from.get(photo.id) for photo in proposal.photos] + not_taken + [n for n in without_file if sent[n][1]]
        for number in not_taken[rules.PHOTOS_MOST - len(proposal.photos) :]:  # no slot is left to say it in
            self.general_errors.extend(sent[number][0])
        for number in SLOTS:
            file, words, photo_id = self.slot(number)
            source = order[number - 1] if number <= len(order) else None
            photo = proposal.photos[number - 1] if number <= len(proposal.photos) else None
            file.errors, words.data, words.errors = sent[source] if source else ((), "", ())
            photo_id.data = str(photo.id) if photo else ""
            if photo is not None and source is None:
                words.data = photo.alternative_text

    def seen_at(self) -> datetime | None:
        """When the page that was sent had read the draft."""
        try:
            moment = datetime.fromisoformat(self.seen.data or "")
        except ValueError:
            return None
        return moment if moment.tzinfo else None

    def what_fits(self) -> dict[str, Any]:
        """The answers as a draft can hold them: what is too long is cut there, never in the form."""
        category = self.category_id.data if "category_id" in self else ""
        return {
            "title": (self.title.data or "")[: rules.TITLE_MOST],
            "text": (self.text.data or "")[: rules.TEXT_MOST],
            "category_id": uuid.UUID(category) if category else None,
            "author_name": (self.author_name.data or "")[: rules.NAME_MOST] if "author_name" in self else "",
            "name_hidden": bool(self.name_hidden.data) if "name_hidden" in self else False,
        }

    def to_start(
        self, process_id: uuid.UUID, where: Where | None, *, draft_id: uuid.UUID, token: str | None, language: str
    ) -> StartDraft:
        """Begin the draft that this form was opened for."""
        return StartDraft(process_id, where=where, proposal_id=draft_id, token=token, language=language, **self.what_fits())

    def to_save(self, proposal_id: uuid.UUID, where: Where | None, *, token: str | None) -> SaveDraft:
        """Write down the draft that this form shows."""
        return SaveDraft(proposal_id, where=where, token=token, seen=self.seen_at(), **self.what_fits())

    def show_missing(self, missing: Mapping[str, Message]) -> None:
        """Put what a stored draft still needs beside its fields, where nothing is said yet."""
        place_is_wrong = any(self[name].errors for name in ("where", "street", "street_choice", "coordinates", "area"))
        for name, message in missing.items():
            if name in self and not self[name].errors and not (name == "where" and place_is_wrong):
                self[name].errors = [translate(message)]

    def has_errors(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.general_errors) or any(field.errors for field in self)


def draft_form(categories: Choices, areas: Choices, *, with_account: bool) -> DraftForm:
    """The form with what this process offers to choose from, and only the questions that this writer is asked.

    The choices belong to a class of their own: answers are compared with them while the form is being filled.
    """
    choices = {
        "category_id": OneOf(_("What is it about?"), validators=[Needed()], choices={"": gettext("Choose one"), **categories}),
        "area": OneOf(_("Area"), validators=[Needed()], choices={"": gettext("Choose an area"), **areas}),
    }
    form: DraftForm = type("DraftForm", (DraftForm,), choices)()
    if not categories:
        del form.category_id
    if with_account:
        del form.author_name
    else:
        del form.name_hidden
    return form


def _is_id(text: str | None) -> bool:
    """Whether a photo was in this slot when the form was sent; one that is gone takes its words along."""
    try:
        return uuid.UUID(text or "") is not None
    except ValueError:
        return False
