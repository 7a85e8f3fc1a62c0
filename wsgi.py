"""Where servers and workers find the application: `wsgi:app` and `wsgi:celery`."""

from app import create_app
from app.extensions import celery

app = create_app()

__all__ = ["app", "celery"]
