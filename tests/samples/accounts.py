"""The pages of accounts: signing in and up, links from letters, settings, second factor, people and roles."""

from app.extensions import db
from app.features.accounts.models import LinkPurpose
from app.kernel.permissions import Role
from tests.factories import accounts
from tests.samples.world import Visit, World


def build(world: World) -> None:
    """Links that wait in letters. Roles need a process, so people with roles are made when they are first asked for."""
    world.sign_in_link = accounts.link(email="rosa@example.org", person=accounts.person(display_name="Otto Other"))
    world.sign_up_link = accounts.link(LinkPurpose.SIGN_UP, email="new@example.org", pending_name="Nora New")
    world.new_email_link = accounts.link(LinkPurpose.NEW_EMAIL, email="other@example.org", person=accounts.person())
    db.session.commit()


def _waiting(world: World, *, second_factor: bool) -> Visit:
    """A member of staff who has signed in and not entered a code yet, with a second factor or without."""
    viewer = f"staff {'with' if second_factor else 'without'} second factor"
    if viewer not in world._people:
        person = accounts.staff(Role.MODERATOR, world.process)
        if not second_factor:
            person.totp_secret = person.totp_confirmed_at = None
        world._people[viewer] = person
        world._clients[viewer] = world.app.test_client()
        accounts.sign_in(world._clients[viewer], person, second_factor=False)
    return Visit("/account/second-factor" if second_factor else "/account/second-factor/set-up", viewer=viewer)


def _people(world: World) -> list[Visit | str]:
    world.person("moderator")
    return ["/staff/people", "/staff/people?q=Rosa", "/staff/people?q=nobody-of-this-name"]


def _give(world: World) -> list[str]:
    person = world.person("moderator")
    role = f"role={Role.CLERK.value}&process={world.process.id}"
    return [f"/staff/people/{person.id}/give?{role}", f"/staff/people/{person.id}/give?role={Role.ADMINISTRATOR.value}"]


SAMPLES = {
    "accounts.sign_in": lambda world: Visit("/account/sign-in?next=/proposals", viewer="nobody"),
    "accounts.sign_up": lambda world: Visit("/account/sign-up?next=/proposals", viewer="nobody"),
    "accounts.ask_for_link": lambda world: "/account/sign-in/link",
    "accounts.check_mail": lambda world: "/account/letter-sent?next=/proposals",
    "accounts.link": lambda world: [
        f"/account/link/{world.sign_in_link}",
        f"/account/link/{world.sign_up_link}",
        f"/account/link/{world.new_email_link}",
        Visit("/account/link/used-or-never-written", status=410),
    ],
    "accounts.sign_out": lambda world: "/account/sign-out",
    "accounts.settings": lambda world: [
        Visit("/account/settings", viewer="resident"),
        Visit("/account/settings", viewer="moderator"),
    ],
    "accounts.email": lambda world: "/account/email",
    "accounts.password": lambda world: "/account/password",
    "accounts.devices": lambda world: "/account/devices",
    "accounts.second_factor": lambda world: _waiting(world, second_factor=True),
    "accounts.set_up": lambda world: _waiting(world, second_factor=False),
    "accounts.recovery_codes": lambda world: Visit("/account/second-factor/codes", viewer="moderator"),
    "accounts_manage.index": _people,
    "accounts_manage.show": lambda world: [
        f"/staff/people/{world.person('moderator').id}",
        f"/staff/people/{world.person('resident').id}",
        f"/staff/people/{world.person('administrator').id}",
    ],
    "accounts_manage.confirm_giving": _give,
    "accounts_manage.confirm_taking": lambda world: (
        f"/staff/people/{world.person('moderator').id}/take?role=moderator&process={world.process.id}"
    ),
    "accounts_manage.confirm_reset": lambda world: f"/staff/people/{world.person('moderator').id}/reset-second-factor",
    "accounts_manage.block": lambda world: f"/staff/people/{world.person('moderator').id}/block",
    "accounts_manage.unblock": lambda world: f"/staff/people/{world.person('moderator').id}/unblock",
}


def nobody_of_this_id(world: World) -> Visit:
    """An id that is nobody's."""
    return Visit(f"/staff/people/{world.process.id}", viewer="administrator", status=404)


EXTRAS = (nobody_of_this_id,)
GROW = {
    "accounts_manage.index": lambda world: accounts.staff(Role.CLERK, world.process),
    "accounts.devices": lambda world: accounts.sign_in(world.app.test_client(), world.person("resident")),
}
UNIQUE = {
    "person": ("email",),
    "role_assignment": ("person_id", "process_id", "role"),
    "sign_in_session": ("token_hash",),
    "sign_in_link": ("token_hash",),
    "recovery_code": ("person_id", "code_hash"),
}
