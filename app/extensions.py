"""The unbound parts that `create_app` binds: one of each, imported wherever it is needed."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from celery import Celery, Task
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_wtf import CSRFProtect

from app.kernel import file_broker
from app.kernel.database import Database, intent
from app.kernel.erasure_ledger import ledger
from app.kernel.files import files

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings

db = Database()
login_manager = LoginManager()
csrf = CSRFProtect()
babel = Babel()
limiter = Limiter(get_remote_address, default_limits=[])
celery = Celery("plaza")

__all__ = ["babel", "celery", "csrf", "db", "files", "ledger", "limiter", "login_manager"]

log = logging.getLogger(__name__)


def bind_celery(app: "Flask", settings: "Settings") -> None:
    """Point Celery at the broker and run every task inside an application context, with a session that is closed."""

    class ContextTask(Task):
        abstract = True

        def __call__(self, *args: object, **kwargs: object) -> object:
            with celery.flask_app.app_context(), intent(writing=True):  # also where tasks were made for an earlier app
                try:
                    return self.run(*args, **kwargs)
                finally:
                    db.session.remove()

    celery.Task = ContextTask
    celery.conf.update(
        broker_url=settings.broker_url,
        task_ignore_result=True,
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
        timezone="UTC",
        worker_hijack_root_logger=False,
        task_always_eager=bool(app.config.get("TASKS_EAGER", False)),
        beat_schedule_filename=str(settings.var / "beat"),
        imports=("app.tasks",),
    )
    if settings.broker_url.startswith("filesystem"):
        file_broker.register()
        celery.conf.broker_transport_options = _broker_folders(settings.var / "broker")
    celery.set_default()
    celery.flask_app = app


def _broker_folders(root: Path) -> dict[str, str | bool]:
    """The broker that needs no server: messages are files. In and out are the same folder for us, its only users."""
    for name in ("messages", "control", "done"):
        (root / name).mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(root / "messages"),
        "data_folder_out": str(root / "messages"),
        "control_folder": str(root / "control"),
        "processed_folder": str(root / "done"),
        "store_processed": False,
    }
