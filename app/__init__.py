"""Plaza: a participatory platform for cities. `create_app` is the contents page of the house."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import config as configuration
from app.rooms import ROOMS


def create_app(settings: configuration.Settings | None = None, **overrides: Any) -> Flask:
    """Build the application from `settings`, or from the environment. Raises ConfigurationError when it may not start."""
    from app import extensions, web
    from app.kernel import migrate, retention

    settings = settings or configuration.from_environment()
    app = Flask(__name__, static_folder=str(configuration.ROOT / "static"), template_folder="web/templates")
    app.config.update(settings.as_flask())
    app.config.update(overrides)
    if settings.behind_proxy:  # one proxy, ours: it says who asks and that they came over TLS
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]

    extensions.db.bind(settings.database_url)
    extensions.files.bind(settings.var / "files")
    extensions.ledger.bind(settings.erasure_ledger)
    extensions.bind_celery(app, settings)
    web.init_app(app)
    for room in ROOMS:
        _open_room(app, room)
    _open_room(app, "", package="app.developers")
    try:
        retention.set_days(settings.keep_days)
    except ValueError as error:
        raise configuration.ConfigurationError(f"PLAZA_KEEP_DAYS: {error}.") from error
    if not settings.production:
        import_module("app.developers.hints").init_app()
    app.cli.add_command(migrate.cli)
    return app


def _open_room(app: Flask, room: str, *, package: str | None = None) -> None:
    """Register what a room offers: pages (`routes`, `manage_routes`), `api`, commands (`cli`), tasks; models always."""
    package = package or f"app.features.{room}"
    for name in ("models", "governed", "mails", "queries", "personal_data", "erased", "retention", "tasks"):
        if _exists(package, name):
            import_module(f"{package}.{name}")
    for name in ("routes", "authoring_routes", "manage_routes", "api"):
        if _exists(package, name):
            module = import_module(f"{package}.{name}")
            for blueprint in getattr(module, "blueprints", None) or [module.bp]:
                app.register_blueprint(blueprint)
    if _exists(package, "cli"):
        module = import_module(f"{package}.cli")
        for group in getattr(module, "clis", None) or [module.cli]:
            _add_commands(app, group)


def _add_commands(app: Flask, group: Any) -> None:
    """A group of commands; one that an earlier room has begun gets the further commands."""
    begun = app.cli.commands.get(group.name)
    if begun is None:
        app.cli.add_command(group)
        return
    for command in group.commands.values():
        begun.add_command(command)  # type: ignore[attr-defined]


def _exists(package: str, name: str) -> bool:
    return find_spec(package) is not None and find_spec(f"{package}.{name}") is not None
