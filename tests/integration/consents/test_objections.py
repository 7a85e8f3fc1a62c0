"""An objection does what the page says: it is kept, and those who look after the agreement see it."""

import ast
from pathlib import Path

from app.extensions import db as database
from app.features.consents.commands import ObjectTo
from app.features.consents.models import LegalBasis
from app.features.consents.use_cases import object_to
from app.kernel.permissions import Actor
from tests.factories import accounts, consents

TASK = {"legal_basis": LegalBasis.PUBLIC_TASK, "categories": ("proposals",), "purpose_term": "participation"}
DATA_SETS = Path(__file__).parents[3] / "app" / "features" / "dataplatform" / "datasets"


def test_stewards_see_who_objects_and_why_until_it_is_taken_back(as_role, session):
    agreement, person = consents.agreement(process=False, **TASK), accounts.person()
    object_to(
        session,
        Actor(person_id=person.id),
        ObjectTo(agreement.id, agreement.current.id, person.id, reason="My employer reads it."),
    )
    database.session.commit()
    staff = as_role("administrator")
    page = staff.get("/staff/agreements/objections").text
    assert "My employer reads it." in page
    assert person.display_name in page
    assert "/staff/agreements/objections" in staff.get("/staff/agreements").text

    consents.withdraw(agreement, person)
    database.session.commit()
    assert "My employer reads it." not in staff.get("/staff/agreements/objections").text
    assert as_role("resident").get("/staff/agreements/objections").status_code in (403, 404)


def test_the_page_promises_only_what_happens(as_role, session):
    agreement = consents.agreement(**TASK)
    database.session.commit()
    page = as_role("resident").get(f"/my-data/object/{agreement.id}").text
    assert "left out" not in page
    assert "Nothing stops by itself" in page
    assert "left out" not in as_role("resident").get(f"/my-data/agreements/{agreement.code}").text


def test_rows_about_people_join_consents_or_leave_out_who_objects():
    """A data set that hands over people rests on consent; one on the public task would have to use `objections`."""
    sets = [path for path in DATA_SETS.glob("*.py") if "PeopleRows" in path.read_text()]
    assert sets
    for path in sets:
        names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        assert names & {"details_of", "contact_opt_ins", "in_force", "profiles", "objections"}, path.name
