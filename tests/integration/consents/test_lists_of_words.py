"""Kinds of data are listed in every language of the installation, however many there are."""

import pytest

from tests.factories import consents


@pytest.mark.parametrize("language", ["en", "de", "fi", "ar"])
def test_an_agreement_with_four_kinds_of_data_is_shown_in_every_language(client, session, language):
    consents.agreement(purpose_term="research", categories=("name", "contact", "age_band", "area"))
    session.commit()
    page = client.get("/my-data/agreements", headers={"Accept-Language": language})
    assert page.status_code == 200
    assert f'lang="{language}"' in page.get_data(as_text=True)
