"""A letter with a code: one sheet, its number in the window of the envelope whatever the language, every language readable."""

import re
import subprocess
from types import SimpleNamespace

import pytest

from app.features.voting.letters.pdf import letters_pdf
from app.features.voting.letters.spool import Letter

pytestmark = pytest.mark.one_database("sqlite")
LANGUAGES = ["en", "de", "fi", "ar"]
WINDOW = 110 / 25.4 * 72
"""Where the window of an envelope ends, from the left edge of the sheet, in points."""


@pytest.mark.parametrize("first", LANGUAGES)
def test_the_number_is_in_the_window_and_the_small_words_are_as_large_as_the_first(app, first: str) -> None:
    space = SimpleNamespace(title=dict.fromkeys(LANGUAGES, "Parks for all, and for everybody who comes after us"), phases=[])
    languages = [first, *(one for one in LANGUAGES if one != first)]
    letters = [Letter("A-000123", "ABCD-EFGH-JKMN-PQRS"), Letter("A-000124", "ABCD-EFGH-JKMN-PQRT")]
    with app.test_request_context("/"):
        pdf = letters_pdf(space, letters, "City of Example", languages, "https://plaza.example.org/voting/code")  # type: ignore[arg-type]
    found = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert found.count("<page ") == len(letters)
    words = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)<', found)
    (number,) = [one for one in words if one[4] == "A-000123"]
    assert float(number[2]) < WINDOW
    heights = {
        round(float(low) - float(high), 1) for _, high, _, low, said in words if said in ("code", "Code", "koodi", "Kirjoita")
    }
    assert min(heights) >= 14, "eleven points"
