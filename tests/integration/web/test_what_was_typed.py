"""A form that comes back with a mistake shows what was typed, not what was made of it."""

import re

import pytest
from markupsafe import escape


def value_of(page, name):
    return re.search(rf'<input[^>]* name="{name}"[^>]*value="([^"]*)"', page.replace("\n", " ")).group(1)


@pytest.mark.parametrize("typed", ["not an email", "  Ada @ example", "ADA@EXAMPLE", "two  spaces", "a\u200bb c"])
@pytest.mark.parametrize("address", ["/account/sign-in", "/account/sign-up", "/account/sign-in/link"])
def test_an_address_that_is_none_comes_back_as_it_was_typed(client, address, typed):
    page = client.post(address, data={"email": typed, "display_name": "Ada", "password": ""})

    assert page.status_code == 422
    assert value_of(page.text, "email") == str(escape(typed))


def test_a_good_answer_beside_a_bad_one_comes_back_as_typed_too(client):
    page = client.post("/account/sign-up", data={"email": " Ada@Example.ORG ", "display_name": "Ada  von  L", "password": "x"})

    assert value_of(page.text, "email") == " Ada@Example.ORG "
    assert value_of(page.text, "display_name") == "Ada  von  L"


def test_what_could_turn_the_page_around_does_not_come_back(client):
    page = client.post("/account/sign-in", data={"email": "a\u202eb\x00 c", "password": ""})

    assert value_of(page.text, "email") == "ab c"
