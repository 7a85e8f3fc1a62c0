"""The letters of a development server, for the developer who wants to click their links."""

import dataclasses

import pytest

from tests.factories import accounts


def test_letters_are_listed_and_their_links_can_be_followed(db, client, mailbox) -> None:
    accounts.person(email="ada@example.org")
    db.session.commit()
    client.post("/account/sign-in/link", data={"email": "ada@example.org"})
    mailbox.collect()
    page = client.get("/development/mail").get_data(as_text=True)
    assert "Your link to sign in" in page
    assert "ada@example.org" in page
    letter = client.get(page.split('href="/development/mail/')[1].split('"')[0].join(["/development/mail/", ""]))
    assert '<a href="http://127.0.0.1:8000/account/link/' in letter.get_data(as_text=True)


def test_markup_in_a_letter_stays_text(app, client, db) -> None:
    folder = app.config["SETTINGS"].var / "mail"
    folder.mkdir(exist_ok=True)
    path = folder / "20260511T090000000000-markup.eml"
    path.write_bytes(b'Subject: <b>x</b>\nTo: a@example.org\n\n<script>alert(1)</script> https://a.b/?x="><b>\n')
    try:
        page = client.get("/development/mail/20260511T090000000000-markup").get_data(as_text=True)
        assert "<script>alert(1)" not in page
        assert "<b>x</b>" not in page
    finally:
        path.unlink()


@pytest.mark.parametrize("key", ["..%2f..%2fsecret", "nothing", "%00", "*"])
def test_a_key_is_a_name_in_the_list_and_never_a_path(client, key) -> None:
    assert client.get(f"/development/mail/{key}").status_code == 404


def test_production_has_no_such_page(app, client, monkeypatch) -> None:
    production = dataclasses.replace(app.config["SETTINGS"], env="production")
    monkeypatch.setitem(app.config, "SETTINGS", production)
    assert client.get("/development/mail").status_code == 404
    assert client.get("/development/mail/20260511T090000000000-1").status_code == 404
