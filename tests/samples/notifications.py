"""The pages of notifications: which news, stopping them from a letter, the letters of a development server."""

from typing import Any
from uuid import uuid4

from app.features.notifications import letters
from app.features.notifications.models import PaperLetter
from app.features.notifications.queries import News
from app.kernel import clock, mail
from tests.factories import accounts, proposals
from tests.factories.tools import add
from tests.samples.world import Visit, World

KEY = "20260511T090000000000-1"


def build(world: World) -> None:
    """A reader with a link for stopping news."""
    with world.app.app_context():
        world.stop_token = letters.stop_token(letters.Reader(News.ANSWERS, accounts.person().id))
        world.guest_stop_token = letters.stop_token(letters.Reader(News.COMMENTS, None, letters.address_hash("g@example.org")))
    world.letter = a_paper_letter(world)
    a_paper_letter(world, printed_at=clock.now(), large=True, language="ar")
    a_paper_letter(world, printed_at=clock.now(), sent_at=clock.now())


def a_paper_letter(world: World, **attributes: Any) -> PaperLetter:
    """News that waits to be printed and posted."""
    about = proposals.proposal(world.process)
    words = {"subject": "The city has answered", "text": "Hello,\n\nread it here.", "address": "Aino Virtanen\nStreet 1"}
    known = {"key": str(uuid4()), "mail": "answers.answered", "language": "en", **words, **attributes}
    return add(PaperLetter(proposal_id=about.id, process_id=about.process_id, **known))


def a_letter(world: World) -> str:
    """The address of a letter that lies in the folder; tests about mail empty it, so it is put there when it is looked at."""
    settings = world.app.config["SETTINGS"]
    message = mail.letter(
        sender=settings.mail_from,
        to="rosa@example.org",
        subject="Your link to sign in",
        body="Hello,\n\nhere it is: http://127.0.0.1:8000/account/link/x\n",
        key="1",
    )
    folder = settings.var / "mail"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{KEY}.eml").write_bytes(message.as_bytes())
    return f"/development/mail/{KEY}"


SAMPLES = {
    "notifications.preferences": lambda world: "/account/news",
    "notifications.stop": lambda world: [
        f"/mail/stop/{world.stop_token}",
        f"/mail/stop/{world.guest_stop_token}",
        Visit("/mail/stop/forged", status=404),
    ],
    "notifications.development_mail": lambda world: "/development/mail",
    "notifications.development_letter": lambda world: [
        a_letter(world),
        Visit("/development/mail/..%2Fsecret.key", status=404),
    ],
}
SAMPLES["letters_manage.stop"] = lambda world: f"/staff/letters-to-post/{a_paper_letter(world).id}/stop"
SAMPLES["letters_manage.index"] = lambda world: "/staff/letters-to-post"
GROW = {"letters_manage.index": a_paper_letter}
UNIQUE = {"mail_choice": ("person_id", "news"), "paper_letter": ("key",)}
