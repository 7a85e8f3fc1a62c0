"""Linking a profile from the command line, and on the administrators' page."""

from uuid import uuid4

from sqlalchemy import select

from app.features.interfaces.models import CityProfile
from app.kernel.permissions import Role
from tests.factories import accounts


def test_a_profile_is_linked_and_the_link_taken_away(app, db) -> None:
    accounts.person(email="rosa@example.org")
    db.session.commit()
    run, profile = app.test_cli_runner(), str(uuid4())
    linked = run.invoke(args=["interfaces", "link-profile", "--email", "rosa@example.org", "--profile", profile])
    assert linked.output == "Linked.\n"
    assert str(db.session.scalars(select(CityProfile.profile_id)).one()) == profile
    again = run.invoke(args=["interfaces", "link-profile", "--email", "rosa@example.org", "--profile", str(uuid4())])
    assert again.exit_code == 1
    nobody = run.invoke(args=["interfaces", "unlink-profile", "--email", "nobody@example.org"])
    assert "Nobody has an account" in nobody.output
    run.invoke(args=["interfaces", "unlink-profile", "--email", "rosa@example.org"])
    assert db.session.scalars(select(CityProfile)).all() == []


def test_an_administrator_links_it_on_a_page(as_role, db) -> None:
    accounts.person(email="rosa@example.org")
    administrator = as_role(Role.ADMINISTRATOR)
    db.session.commit()
    form = {"email": "rosa@example.org", "profile_id": "not one", "action": "link"}
    page = administrator.post("/staff/interfaces/profiles", data=form)
    assert page.status_code == 422
    assert "This is not an identifier." in page.text
    assert 'value="not one"' in page.text
    assert administrator.post("/staff/interfaces/profiles", data={**form, "profile_id": str(uuid4())}).status_code == 302
    assert administrator.post("/staff/interfaces/profiles", data={**form, "action": "unlink"}).status_code == 302
    page = administrator.post("/staff/interfaces/profiles", data={**form, "action": "unlink"})
    assert "This person has no linked profile." in page.text
