"""The letters with codes as PDF: the code in large letters, the address and its QR code, and how to vote in every language."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from babel import Locale
from flask_babel import force_locale, gettext

from app.features.spaces.queries import Action, Process
from app.features.voting.letters.spool import Letter
from app.kernel.texts import pick
from app.web.filters import show_beginning, show_ending
from app.web.qr import qr_svg
from app.web.typesetting import typeset

TEMPLATE = Path(__file__).parent / "letter.typ"


def letters_pdf(process: Process, letters: Iterable[Letter], city: str, languages: Sequence[str], url: str) -> bytes:
    """One page a letter. The first language is set larger; the others say the same below it."""
    data = {
        "city": city,
        "process": pick(process.title, languages[0], tuple(languages))[0],
        "url": url.split("://", 1)[-1],
        "qr": str(qr_svg(url)),
        "texts": [_text(process, language) for language in languages],
        "letters": [{"number": letter.number, "code": letter.code} for letter in letters],
    }
    return typeset(TEMPLATE, data)


def _text(process: Process, language: str) -> dict[str, object]:
    with force_locale(language):
        until = _until(process)
        return {
            "lang": language,
            "rtl": Locale.parse(language).text_direction == "rtl",
            "title": gettext("Your code for voting"),
            "intro": gettext("You can vote from %(until)s, without an account.", until=until)
            if until
            else gettext("You can vote without an account."),
            "steps": [
                gettext("Open the address below the code, or scan the square."),
                gettext("Type the code. Choose in peace; nothing counts yet."),
                gettext("Look your ballot over, then cast it. It cannot be changed afterwards."),
            ],
            "others": gettext("You would rather not vote on a screen? Go to a voting desk with your residence card."),
            "secret": gettext("Keep this letter to yourself: whoever has the code can vote in your name."),
        }


def _until(process: Process) -> str:
    votes = [phase for phase in process.phases if Action.VOTE in phase.actions]
    if not votes:
        return ""
    begins, ends = min(phase.starts_at for phase in votes), max(phase.ends_at for phase in votes)
    return gettext("%(first)s to %(last)s", first=show_beginning(begins), last=show_ending(ends))
