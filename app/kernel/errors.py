"""Why something was not done, in words for the person who asked.

Use cases raise these; each door (page, API, task, command line) shows them in its own way. None of them leaves a trace in
the database: the edge rolls back.
"""

from collections.abc import Mapping

from app.kernel.messages import Message, msg


class Refused(Exception):
    """The request was understood and refused. `message` says why and what to do; `field` is the form field it is about."""

    status = 422

    def __init__(self, message: Message, *, field: str | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.field = field


class Invalid(Refused):
    """Several fields are wrong at once. `errors` maps field names to messages."""

    def __init__(self, errors: Mapping[str, Message]) -> None:
        super().__init__(msg("Some answers need another look."))
        self.errors = dict(errors)


class Forbidden(Refused):
    """This person may not do this."""

    status = 403

    def __init__(self, message: Message | None = None) -> None:
        super().__init__(message or msg("You are not allowed to do this."))


class SignInRequired(Refused):
    """Somebody signed in could do this."""

    status = 401

    def __init__(self, message: Message | None = None) -> None:
        super().__init__(message or msg("Sign in to do this."))


class NotFound(Refused):
    """It does not exist, or this person may not know that it does: the two answer alike."""

    status = 404

    def __init__(self, message: Message | None = None) -> None:
        super().__init__(message or msg("We could not find this."))


class PhaseClosed(Refused):
    """No phase of the process allows this now."""

    status = 409


class Conflict(Refused):
    """Somebody else, or an earlier click, was faster."""

    status = 409


class TooManyAttempts(Refused):
    """Wait before the next attempt. `seconds` says how long."""

    status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__(msg("Too many attempts. Wait %(seconds)s seconds, then try again.", seconds=seconds))
        self.seconds = seconds
