"""Sample data for newsletters: a draft, one that was sent, and the page that ends one."""

from flask import current_app

from app.features.newsletters.stopping import stop_token
from app.features.newsletters.use_cases import send_newsletter
from app.kernel.permissions import SYSTEM
from tests.factories import consents, newsletters
from tests.samples.world import Visit, World


def build(world: World) -> None:
    """An agreement the resident said yes to, with a draft and a sent newsletter."""
    from app.extensions import db

    world.news_agreement = newsletters.agreement(world.process)
    consents.consent(world.news_agreement, world.person("resident"))
    world.news_draft = newsletters.newsletter(
        world.news_agreement, title={"en": "Draft", "ar": "مسودة"}, text={"en": "Text", "ar": "نص"}
    )
    world.news_sent = newsletters.newsletter(world.news_agreement)
    send_newsletter(db.session(), SYSTEM, world.news_sent.id)


def _stop(world: World) -> list[Visit]:
    with world.app.app_context():
        assert current_app
        own = stop_token(world.news_agreement.id, world.person("resident").id)
        other = stop_token(world.news_agreement.id, world.person("moderator").id)
    return [
        Visit(f"/newsletters/stop/{own}", viewer="nobody"),
        Visit(f"/newsletters/stop/{other}", viewer="nobody"),
        Visit("/newsletters/stop/never-written", viewer="nobody", status=404),
    ]


SAMPLES = {
    "newsletters.stop": _stop,
    "newsletters_manage.index": lambda world: "/staff/newsletters",
    "newsletters_manage.new": lambda world: f"/staff/newsletters/new/{world.news_agreement.id}",
    "newsletters_manage.show": lambda world: [
        f"/staff/newsletters/{world.news_draft.id}",
        f"/staff/newsletters/{world.news_sent.id}",
    ],
    "newsletters_manage.change": lambda world: f"/staff/newsletters/{world.news_draft.id}/change",
    "newsletters_manage.discard": lambda world: f"/staff/newsletters/{world.news_draft.id}/discard",
}
GROW = {"newsletters_manage.index": lambda world: newsletters.newsletter(newsletters.agreement(world.process))}
