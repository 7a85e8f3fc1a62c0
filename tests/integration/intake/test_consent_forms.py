"""The question of a data agreement on paper: the text that the page shows, in every language, and a slip to take away."""

import subprocess

import pytest

from app.extensions import db
from app.features.consents.commands import EndAgreement
from app.features.consents.models import LegalBasis
from app.features.consents.use_cases import end_agreement
from app.features.spaces.models import Process, ProcessState
from app.kernel.permissions import SYSTEM, Role
from tests.factories import consents, spaces

NOTICE = {
    "en": "The planning department may contact me about this topic.",
    "de": "Das Planungsamt darf mich zu diesem Thema anschreiben.",
    "fi": "Kaavoitus saa ottaa minuun yhteyttä tästä aiheesta.",
    "ar": "يجوز لقسم التخطيط أن يتواصل معي بشأن هذا الموضوع.",
}


@pytest.fixture
def agreement(session):
    found = consents.agreement(
        spaces.process("Benches"), notice=NOTICE, categories=("name", "contact", "age_band", "area"), purpose_term="research"
    )
    session.commit()
    return found


def words_of(pdf, tmp_path):
    path = tmp_path / "form.pdf"
    path.write_bytes(pdf)
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    return " ".join(text.replace("\u2066", "").replace("\u2069", "").split())  # they keep codes in their own direction


@pytest.mark.parametrize("size", ["standard", "large", "easy"])
@pytest.mark.parametrize("language", ["en", "de", "fi", "ar"])
def test_it_can_be_printed_in_every_language_and_in_large_print(client, agreement, size, language):
    response = client.get(f"/forms/consents/{agreement.code}.pdf?print={size}&in={language}")
    assert response.data.startswith(b"%PDF")
    assert b"StructTreeRoot" in response.data or b"ObjStm" in response.data
    again = client.get(
        f"/forms/consents/{agreement.code}.pdf?print={size}&in={language}", headers={"If-None-Match": response.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


def test_everything_that_one_decides_on_is_on_the_sheet(client, agreement, tmp_path):
    text = words_of(client.get(f"/forms/consents/{agreement.code}.pdf?in=en").data, tmp_path)
    for words in (
        NOTICE["en"],
        "Planning department",
        "planning@example.org",
        "Consent of each person (GDPR, article 6(1)(a))",
        "365 days",
        "12 months, or until you take it back",
        "Yes, I allow it",
        "A no costs you nothing.",
        "How old are you?",
        "Where do you live?",
        "an adult who is responsible for you signs",
        "You get a slip with a code.",
        "/my-data/code",
        f"Version 1 · {agreement.code}",
    ):
        assert words in text, words
    assert "Which languages do you speak?" not in text  # only what the agreement asks for
    german = words_of(client.get(f"/forms/consents/{agreement.code}.pdf?in=de").data, tmp_path)
    assert NOTICE["de"] in german


def test_another_text_is_another_sheet(client, session, agreement):
    address = f"/forms/consents/{agreement.code}.pdf?in=en"
    before = client.get(address).headers["ETag"]
    consents.revise(agreement, notice={"en": "Other words."}, material=False)
    session.commit()
    assert client.get(address, headers={"If-None-Match": before}).status_code == 200


def test_only_what_people_are_asked_in_public_now_is_printed(client, session, agreement):
    task = consents.agreement(legal_basis=LegalBasis.PUBLIC_TASK, categories=("proposals",), purpose_term="participation")
    hidden = consents.agreement(spaces.process("Hidden", state=ProcessState.DRAFT))
    draft = consents.draft(spaces.process("Later"))
    end_agreement(session, SYSTEM, EndAgreement(agreement.id))
    codes = [found.code for found in (task, hidden, draft, agreement)]
    session.commit()
    assert [client.get(f"/forms/consents/{code}.pdf").status_code for code in codes] == [404] * 4
    assert client.get("/forms/consents/no-such.pdf").status_code == 404


def test_no_other_sizes_and_languages(client, agreement):
    address = f"/forms/consents/{agreement.code}.pdf"
    assert client.get(f"{address}?print=tiny").status_code == 404
    assert client.get(f"{address}?in=xx").status_code == 404


def test_the_sheet_is_found_from_the_public_page_and_from_the_clerks(client, as_role, agreement):
    address = f"/forms/consents/{agreement.code}.pdf"
    process, code = db.session.merge(agreement).process_id, agreement.code
    assert address in client.get(f"/my-data/agreements/{code}").text
    clerk = as_role(Role.CLERK, db.session.get(Process, process))
    page = clerk.get("/staff/intake/consents").text
    assert f"{address}?in=ar&amp;print=large" in page or f"{address}?print=large&amp;in=ar" in page
