"""People and staff. Staff have their second factor; nobody is signed in until `sign_in`."""

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import inspect

from app.extensions import db
from app.features.accounts.models import LinkPurpose, Person, RoleAssignment, SignInLink, SignInSession
from app.features.accounts.rules import LINK_LIFE
from app.features.accounts.use_cases import open_session
from app.kernel import clock
from app.kernel.permissions import Role
from app.kernel.references import new_token, token_hash
from tests.factories.tools import add, number


def person(**attributes: Any) -> Person:
    """Somebody with an account and a confirmed address."""
    n = number()
    return add(
        Person(
            **{
                "email": f"person{n}@example.org",
                "display_name": f"Person {n}",
                "email_confirmed_at": clock.now(),
                **attributes,
            }
        )
    )


def grant(somebody: Person, role: Role, process: Any = None) -> None:
    """Give `somebody` a role in `process`; administrators have theirs everywhere."""
    somebody.totp_secret = somebody.totp_secret or "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    somebody.totp_confirmed_at = somebody.totp_confirmed_at or clock.now()
    if role is Role.ADMINISTRATOR:
        somebody.is_administrator = True
        add(somebody)
        return
    if process is None:
        raise ValueError(f"name the process in which this person is {role.value}")
    add(RoleAssignment(person_id=somebody.id, process_id=process.id, role=role))


def staff(role: Role, process: Any = None, **attributes: Any) -> Person:
    """A person with a role."""
    somebody = person(**attributes)
    grant(somebody, role, process)
    return somebody


def link(purpose: LinkPurpose = LinkPurpose.SIGN_IN, *, person: Person | None = None, **attributes: Any) -> str:
    """A link that waits in somebody's letter; returns its secret."""
    token = new_token()
    email = (person.email if person else None) or f"reader{number()}@example.org"
    add(
        SignInLink(
            **{
                "email": email,
                "person_id": person.id if person else None,
                "purpose": purpose,
                "token_hash": token_hash(token),
                "expires_at": clock.now() + LINK_LIFE,
                **attributes,
            }
        )
    )
    return token


def sign_in(client: FlaskClient, somebody: Person, *, second_factor: bool | None = None, device: str = "Test") -> SignInSession:
    """Sign `somebody` in at `client`, second factor passed for staff unless told otherwise. Commits, as signing in does."""
    if inspect(somebody).detached:  # a request in between has closed the session that knew them
        somebody = db.session.get_one(Person, inspect(somebody).identity)
    row, token = open_session(db.session(), somebody, device=device)
    passed = somebody.totp_confirmed_at is not None if second_factor is None else second_factor
    row.second_factor_at = clock.now() if passed else None
    db.session.commit()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
        cookie.permanent = True
    return row
