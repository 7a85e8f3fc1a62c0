"""What staff type here."""

from uuid import UUID

from app.features.newsletters.commands import WriteNewsletter
from app.kernel.texts import Texts
from app.web.forms import AtMost, Form, LineField, TextField, Unmarked, _, city_languages


class NewsletterForm(Form):
    """A newsletter in the languages of the installation: fields `title_en`, `text_fi` and so on."""

    def texts(self, name: str) -> Texts:
        """What was typed for one text, by language, without the empty ones."""
        return {code: text for code in city_languages() if (text := self._fields[f"{name}_{code}"].data)}

    def to_command(self, agreement_id: UUID, newsletter_id: UUID | None = None) -> WriteNewsletter:
        """The newsletter as the use case takes it."""
        return WriteNewsletter(agreement_id, self.texts("title"), self.texts("text"), newsletter_id)


def newsletter_form(**data: object) -> NewsletterForm:
    """The form with a field for each text in each language of the installation."""

    class WithLanguages(NewsletterForm):
        pass

    for code in city_languages():
        setattr(WithLanguages, f"title_{code}", LineField(_("Title"), validators=[AtMost(150), Unmarked()]))
        setattr(WithLanguages, f"text_{code}", TextField(_("Text"), validators=[AtMost(20_000), Unmarked()]))
    return WithLanguages(data=data)
