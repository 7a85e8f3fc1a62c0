"""Reading the PDF files that the application makes."""

import re
import shutil
import subprocess

from tests.support.services import missing

_TAG = re.compile(r"\s*([A-Z][A-Za-z0-9]*)\b.*(\((block|inline)\)|:)\s*$")
_WORDS = re.compile(r'\s*"(.*)"$')


def words_of_pdf(content: bytes) -> str:
    """The text of a PDF file, with one space between words. Without poppler the test is skipped, or fails where it may not."""
    if (reader := shutil.which("pdftotext")) is None:
        missing("There is no pdftotext to read a PDF file", "Install poppler-utils")
    found = subprocess.run([reader, "-", "-"], input=content, capture_output=True, check=True, timeout=20)
    return " ".join(found.stdout.decode().split())


def heard(pdf: bytes) -> list[tuple[str, str]]:
    """Each tag with the words right below it, in the order in which they are heard."""
    if (reader := shutil.which("pdfinfo")) is None:
        missing("There is no pdfinfo to read the tags of a PDF file", "Install poppler-utils")
    told = subprocess.run([reader, "-struct-text", "-"], input=pdf, capture_output=True, check=True, timeout=20)
    found: list[tuple[str, str]] = []
    for line in told.stdout.decode(errors="replace").splitlines():
        if words := _WORDS.match(line):
            tag, before = found[-1]
            found[-1] = tag, before + words[1]
        elif tag_line := _TAG.match(line):
            found.append((tag_line[1], ""))
    return found


def words_heard(pdf: bytes) -> list[str]:
    """Only the words, piece by piece."""
    return [words.strip() for _tag, words in heard(pdf) if words.strip()]
