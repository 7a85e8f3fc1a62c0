"""The accessibility statement is there, honest, and one click away from every page."""

import re

import pytest


@pytest.mark.parametrize("language", ["en", "de", "fi", "ar"])
@pytest.mark.parametrize("address", ["/", "/proposals", "/account/sign-in", "/there-is-no-such-page"])
def test_the_footer_of_every_page_leads_to_the_statement(client, language, address):
    page = client.get(address, query_string={"lang": language})
    footer = page.text.split('<footer class="site-footer"')[1]

    assert 'href="/accessibility"' in footer
    assert f'<html lang="{language}"' in page.text
    assert f'<html lang="{language}"' in client.get("/accessibility", query_string={"lang": language}).text


def test_the_statement_says_what_is_not_known_and_whom_to_tell(client):
    page = " ".join(client.get("/accessibility").text.split())

    for words in ("real screen reader", "Firefox or Safari", "partly compliant", "Tell us about a barrier", "complain"):
        assert words in page
    assert "customer service of your city" in page


def test_the_statement_names_the_citys_own_address_where_there_is_one(client, monkeypatch):
    monkeypatch.setattr("app.web.filters.City.contact", "help@city.example")

    assert 'href="mailto:help@city.example"' in client.get("/accessibility").text


def test_a_city_that_is_called_like_the_software_does_not_run_itself(client, monkeypatch):
    def foot():
        return re.search(r'site-footer__name">(.*?)</p>', client.get("/").text).group(1)

    assert foot().startswith("This service runs with Plaza")
    monkeypatch.setattr("app.web.filters.City.name", "Turku")
    assert foot().startswith("Turku runs this service with Plaza")
