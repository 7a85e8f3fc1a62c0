"""What is wrong with a file of areas, row by row."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.kernel.errors import Refused
from app.kernel.messages import Message, msg, nmsg


@dataclass(frozen=True)
class Problem:
    """One reason why a file cannot be imported. `row` counts features from 1; None means the whole file."""

    reason: Message
    row: int | None = None
    name: str = ""

    def __str__(self) -> str:
        where = f"row {self.row}" + (f" ({self.name})" if self.name else "") if self.row else "file"
        return f"{where}: {self.reason}"


class FileRefused(Refused):
    """The file is not imported, not even in part. `problems` says why, row by row."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        count = len(problems)
        whole = [problem.reason for problem in problems if problem.row is None]
        summary = nmsg(
            "Nothing was imported: one area in this file needs another look.",
            "Nothing was imported: %(num)s problems in this file need another look.",
            count,
        )
        super().__init__(whole[0] if whole and count == 1 else summary, field="file")
        self.problems = tuple(problems)


def whole_file(template: str, **params: object) -> FileRefused:
    """The refusal of a file that cannot be read at all."""
    return FileRefused([Problem(msg(template, **params))])
