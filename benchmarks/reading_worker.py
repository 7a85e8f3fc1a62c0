"""A worker that delivers until nothing waits: `python -m benchmarks.reading_worker`, in the environment of a house."""

import app.tasks  # noqa: F401  the handlers
import config
from app import create_app
from app.extensions import db
from app.kernel import outbox


def main() -> None:
    """Work until nothing is due."""
    house = create_app(config.from_environment())
    with house.app_context():
        while outbox.deliver_due(db.separate_transaction):
            pass


if __name__ == "__main__":
    main()
