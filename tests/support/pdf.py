"""Reading the PDF files that the application makes."""

import shutil
import subprocess

from tests.support.services import missing


def words_of_pdf(content: bytes) -> str:
    """The text of a PDF file, with one space between words. Without poppler the test is skipped, or fails where it may not."""
    if (reader := shutil.which("pdftotext")) is None:
        missing("There is no pdftotext to read a PDF file", "Install poppler-utils")
    found = subprocess.run([reader, "-", "-"], input=content, capture_output=True, check=True, timeout=20)
    return " ".join(found.stdout.decode().split())
