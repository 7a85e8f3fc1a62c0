"""What differs from the published descriptions stands in one list, and each difference has its reason in the documentation."""

import re
from pathlib import Path

from tests.support.deviations import DEVIATIONS, GOVSTACK, HELSINKI, TRACKER

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "interfaces.md").read_text(encoding="utf-8")
HEADINGS = {GOVSTACK: "GovStack Consent Building Block", HELSINKI: "Helsinki GDPR API", TRACKER: "Estonian data tracker"}


def test_every_deviation_has_its_reason_and_every_reason_its_deviation() -> None:
    for document, heading in HEADINGS.items():
        part = TEXT.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0].split("### Deviations", 1)[1]
        written = re.findall(r"^\| `([a-z0-9-]+)` \|", part, re.MULTILINE)
        assert written == [one.name for one in DEVIATIONS if one.document == document]
