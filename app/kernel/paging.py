"""One page of a longer list."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Items of page `number` (from 1) out of `total` items, `size` a page."""

    items: Sequence[Item]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one, so that an empty list has a page."""
        return max(1, ceil(self.total / self.size))

    @property
    def previous(self) -> int | None:
        """Number of the page before, if any."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """Number of the page after, if any."""
        return self.number + 1 if self.number < self.pages else None


def last_page(number: int, total: int, size: int) -> int:
    """`number`, or the last page there is: a list that became shorter still shows its end, not an empty page."""
    return min(number, max(1, ceil(total / size)))


def page_of(items: Sequence[Item], number: int, size: int) -> Page[Item]:
    """One page of a list that is at hand as a whole."""
    number = last_page(number, len(items), size)
    return Page(items[(number - 1) * size : number * size], number, size, len(items))


def page_number(value: str | None) -> int:
    """A page number from an address; whatever is not one means the first page."""
    return max(1, min(int(value), 100_000)) if value and value.isascii() and value.isdigit() and len(value) < 7 else 1
