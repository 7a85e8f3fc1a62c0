"""Whether every text is translated, and rightly put together.

For each language: no message missing, empty or fuzzy; none copied from English (unless `translations/same.txt` says that it
may be the same); parameters, markup and plural forms as in the source; nothing left that no page says any more.
`… translations update` collects the marked texts and brings the catalogues up to date (what `make translations` does).
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "translations"
SAME = FOLDER / "same.txt"
# `msg` and `nmsg` mark texts in files that know no web; see app/kernel/messages.py.
KEYWORDS = ("msg", "nmsg:1,2", "_l", "lazy_gettext", "lazy_ngettext:1,2")
PARAMETER = re.compile(r"%\((\w+)\)[#0\- +]*\d*(?:\.\d+)?[a-zA-Z]|\{(\w+)\}")
TAG = re.compile(r"</?([a-zA-Z][\w-]*)")
LETTERS = re.compile(r"[^\W\d_]{2,}")


def languages() -> list[str]:
    """The languages that have a catalogue."""
    return sorted(path.parts[-3] for path in FOLDER.glob("*/LC_MESSAGES/messages.po"))


def extract(target: Path) -> None:
    """Write every marked text of the application to `target`. Raises CalledProcessError when a file cannot be read."""
    options = ["--project=Plaza", "--copyright-holder=Plaza contributors", "--add-comments=Translators:", "--no-location"]
    command = [_pybabel(), "-q", "extract", "-F", "pyproject.toml", "--omit-header", "--sort-output", *options]
    subprocess.run([*command, *(f"-k{word}" for word in KEYWORDS), "-o", str(target), "app"], cwd=ROOT, check=True)


def update() -> None:
    """Bring every catalogue up to date with the marked texts; new ones are empty, old ones are dropped."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        extract(template)
        options = ["--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date", "-w", "120"]
        for language in languages():
            command = [_pybabel(), "-q", "update", *options, "-l", language, "-i", str(template), "-d", str(FOLDER)]
            subprocess.run(command, cwd=ROOT, check=True)


def _pybabel() -> str:
    return str(Path(sys.executable).with_name("pybabel"))


def problems_in(catalogue: Catalog, template: Catalog, same: set[str]) -> Iterator[str]:
    """What is wrong with a catalogue, compared with the template of all marked texts; `same` may equal their source."""
    for source in template:
        if not source.id:
            continue
        translated = catalogue.get(source.id, source.context)
        if translated is None:
            yield f"missing: {_name(source)}"
        elif translated.fuzzy:
            yield f"fuzzy: {_name(source)}"
        else:
            yield from _problems_with(translated, same, catalogue.num_plurals)
    for translated in catalogue:
        if translated.id and template.get(translated.id, translated.context) is None:
            yield f"no longer used: {_name(translated)}"


def _problems_with(message: Message, same: set[str], plurals: int) -> Iterator[str]:
    sources = list(message.id) if isinstance(message.id, (tuple, list)) else [str(message.id)]
    texts = list(message.string) if isinstance(message.string, (tuple, list)) else [str(message.string or "")]
    if len(sources) > 1 and len(texts) != plurals:
        yield f"{len(texts)} plural forms instead of {plurals}: {_name(message)}"
    if not all(text.strip() for text in texts):
        yield f"empty: {_name(message)}"
        return
    needed, known = _shared_parameters(sources), set().union(*(_parameters(source) for source in sources))
    for text in texts:
        if text in sources and LETTERS.search(PARAMETER.sub("", TAG.sub("", text))) and text not in same:
            yield f"copied from English: {_name(message)}"
        if unknown := _parameters(text) - known:
            yield f"unknown parameter {', '.join(sorted(unknown))}: {_name(message)}"
        if forgotten := needed - _parameters(text):
            yield f"parameter {', '.join(sorted(forgotten))} forgotten: {_name(message)}"
        if _broken_percent(text) and any("%(" in source for source in sources):
            yield f"a % that is no parameter: {_name(message)}"
        if sorted(TAG.findall(text)) != sorted(TAG.findall(sources[0])):
            yield f"other markup than the source: {_name(message)}"
        if (text[:1].isspace(), text[-1:].isspace()) != (sources[0][:1].isspace(), sources[0][-1:].isspace()):
            yield f"white space at an end: {_name(message)}"


def _parameters(text: str) -> set[str]:
    return {first or second for first, second in PARAMETER.findall(text)}


def _shared_parameters(sources: list[str]) -> set[str]:
    """Parameters that every form needs: "one vote" may leave out the number, "two votes" in Arabic too."""
    shared = set.intersection(*(_parameters(source) for source in sources))
    return shared - {"num"} if len(sources) > 1 else shared


def _broken_percent(text: str) -> bool:
    return "%" in PARAMETER.sub("", text).replace("%%", "")


def _name(message: Message) -> str:
    text = message.id[0] if isinstance(message.id, (tuple, list)) else str(message.id)
    return repr(text if len(text) < 90 else text[:87] + "…")


def main(words: list[str]) -> int:
    """Check, or update; 1 when something is wrong."""
    if words == ["update"]:
        update()
        print(f"Catalogues updated: {', '.join(languages())}. Fill in what is empty, then: make check")
        return 0
    same = set(SAME.read_text(encoding="utf-8").splitlines()) if SAME.exists() else set()
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "messages.pot"
        extract(target)
        with target.open("rb") as file:
            template = read_po(file)
    wrong = 0
    for language in languages():
        with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
            catalogue = read_po(file, locale=language)
        for problem in problems_in(catalogue, template, same):
            wrong += 1
            print(f"{language}: {problem}")
    print(f"{len(template)} texts in {', '.join(languages()) or 'no language yet'}: {wrong} problems")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
