"""What is in a package and how to check it, in plain words and in every language of the city."""

import textwrap

from flask import current_app
from flask_babel import force_locale, gettext

from app.features.budgets.queries import FEW_BALLOTS, Pot
from app.kernel.texts import pick

WIDTH = 100


def readme(pot: Pot, *, rows: bool, rehearsal: bool, few: bool = False, on_paper: str = "") -> str:
    """The text in one language after the other; first of all, when the vote does not count.

    `on_paper` says how ballots on paper are known: as `rows`, as `totals`, or not at all.
    """
    found = []
    for language in current_app.config["SETTINGS"].languages:
        with force_locale(language):
            notes = _does_not_count(pot, rehearsal=rehearsal)
            told = _what_has_rows(rows=rows, few=few, on_paper=on_paper)
            found.append(_in_one_language(pick(pot.title, language, ("en",))[0], notes, told, rows=rows))
    return ("\n" + "=" * WIDTH + "\n\n").join(found)


def _does_not_count(pot: Pot, *, rehearsal: bool) -> list[str]:
    notes = []
    if rehearsal:
        notes.append(gettext("This is a rehearsal: its ballots were for trying out, and its result counts for nothing."))
    if pot.annulled_at is not None:
        notes.append(
            gettext("The committee has annulled this vote later. The certificate is kept, but the result does not count.")
        )
    return notes


def _what_has_rows(*, rows: bool, few: bool, on_paper: str) -> str:
    """Whom a program counts that reads ballots.pb alone."""
    if few:
        return gettext(
            "There is no file of single ballots for counting programs. With fewer than %(number)s ballots in the box, or with "
            "some but fewer on paper, only totals of all together are published: either could be taken off the sum.",
            number=FEW_BALLOTS,
        )
    if not rows:
        return gettext("There is no file of single ballots for counting programs: the committee publishes totals only.")
    if on_paper == "rows":
        return gettext(
            "ballots.pb holds everybody's ballot, from the box and on paper. Its column voting_method says which: internet for "
            "the box, which also took ballots at kiosks and desks, and paper."
        )
    if on_paper == "totals":
        return gettext(
            "Of the ballots on paper only totals are known, so they have no row in ballots.pb. A program that counts this file "
            "alone leaves them out. Their sums stand in its comment and in paper.json, and verify.py adds them."
        )
    return gettext("ballots.pb holds everybody's ballot. Nobody voted on paper.")


def _in_one_language(title: str, notes: list[str], told: str, *, rows: bool) -> str:
    head = gettext("Check this vote yourself: %(title)s", title=title)
    return "\n".join(
        [
            head,
            "",
            *(line for note in notes for line in (_wrapped(note), "")),
            _wrapped(
                gettext(
                    "These files are everything that is needed to check this vote: that nothing was changed, taken out or put "
                    "in, and that it was counted as announced. No file says who cast which ballot; nobody has kept that."
                )
            ),
            "",
            _wrapped(
                gettext("You need Python 3.9 or newer, nothing else and no network. Unpack the files into a folder and write:")
            ),
            "",
            "    python3 verify.py",
            "",
            _wrapped(gettext("With a receipt, the program says in which block of the board the envelope is:")),
            "",
            "    python3 verify.py --receipt 3fa9",
            "",
            _wrapped(
                gettext(
                    "Better than the program in this package is a copy that you got from somebody you trust. "
                    "It is short enough to be read, and everybody may write another one."
                )
            ),
            "",
            *(f"{name:<18}{text}" for name, text in _files(rows=rows)),
            "",
            _wrapped(told),
            "",
            _wrapped(
                gettext(
                    "What this cannot show: whether somebody was watched while voting, whether a phone or the server was "
                    "tampered with before a ballot was sealed, and whether everybody on the list of voters is a real person."
                )
            ),
            "",
        ]
    )


def _files(*, rows: bool) -> list[tuple[str, str]]:
    ballots = [
        ("opened.jsonl", gettext("the ballots that came out of the box, sorted, equal ones joined")),
        ("ballots.pb", gettext("every ballot that is not blank, one in each row, for counting programs")),
    ]
    on_paper = ("paper_ballots.jsonl", gettext("the ballots on paper, where they were typed one by one, equal ones joined"))
    totals = [("totals.json", gettext("how many votes each project got; single ballots are not published"))]
    return [
        ("frozen.json", gettext("rule, limits, costs and projects as they were fixed before the vote")),
        ("key.json", gettext("the public key of the ballot box")),
        ("board.jsonl", gettext("the receipts of all envelopes, in blocks that follow from each other")),
        ("heads.json", gettext("the signed state of the board on each day")),
        ("statements.json", gettext("what those who opened the box found and signed")),
        *([*ballots, on_paper] if rows else totals),
        ("publication.json", gettext("whether single ballots are published or totals only, and why")),
        ("result.json", gettext("the certified result, with the reason for each project")),
        ("protocol.json", gettext("what happened, as it was certified, where the committee has a protocol")),
        ("protocol.pdf", gettext("the same to read and to print")),
        ("paper.json", gettext("totals of ballots on paper by station, where there were any")),
        ("manifest.json", gettext("the check code of each file")),
    ]


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH)
