"""What every page shares; knows no feature."""

from flask import Flask

from app.extensions import babel, csrf, limiter, login_manager
from app.web import (
    accessibility,
    assets,
    automated,
    described,
    errors,
    filters,
    health,
    kiosk,
    locale,
    logs,
    navigation,
    outbox,
    security,
    slots,
    styleguide,
    stylesheet,
    transaction,
    uploads,
)

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Dress the application: order matters, the transaction's edge comes first and closes last."""
    logs.init_app(app)
    transaction.init_app(app)
    security.init_app(app)
    uploads.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    login_manager.init_app(app)
    babel.init_app(app, locale_selector=locale.select_locale, timezone_selector=locale.select_timezone)
    locale.init_app(app)
    filters.init_app(app)
    assets.init_app(app)
    navigation.init_app(app)
    errors.init_app(app)
    health.init_app(app)
    described.init_app(app)
    outbox.init_app(app)
    kiosk.init_app(app)
    slots.init_app(app)
    accessibility.init_app(app)
    automated.init_app(app)
    styleguide.init_app(app)
    stylesheet.init_app(app)
