"""Every way in which something can come has a word, in one place, in every language."""

import pytest
from flask import Flask
from flask_babel import force_locale

from app.kernel.permissions import Channel
from app.web.filters import channel_word


@pytest.mark.parametrize("language", ["en", "de", "fi", "ar"])
def test_every_channel_has_a_word(app: Flask, language: str) -> None:
    with app.test_request_context(), force_locale(language):
        words = [channel_word(one) for one in (*Channel, "joined")]
        assert not set(words) & {str(one) for one in (*Channel, "joined")}
        assert len(set(words)) == len(words)
        assert channel_word("pigeon") == "pigeon"
