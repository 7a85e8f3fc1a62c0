"""What people say about the news they want."""

from typing import Any

from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from app.features.notifications.queries import LABELS, News
from app.web.filters import translate
from app.web.forms import Form


class NoneIsAnAnswer:
    """Ticking nothing is an answer too, so the question is not called optional."""

    field_flags = {"without_optional_mark": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Everything is fine."""


class NewsForm(Form):
    """One box for each kind of news; a box without a tick means no."""

    news = SelectMultipleField(
        validators=[NoneIsAnAnswer()], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def label(self, question: str) -> "NewsForm":
        """Put the question and the kinds of news into the reader's language."""
        self.news.label.text = question
        self.news.choices = [(news.value, translate(LABELS[news])) for news in News]
        return self

    def wishes(self) -> dict[News, bool]:
        """What was ticked and what was not."""
        return {news: news.value in (self.news.data or []) for news in News}
