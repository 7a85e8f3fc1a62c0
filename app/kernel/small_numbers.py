"""Numbers that stand side by side, where a small one could point at somebody. Pure; the rooms say how small is too small."""

from collections.abc import Collection, Mapping

JOINED = "joined"
"""The name under which small numbers stand together."""
FEWEST_INSIDE = 5
"""How many there must be at least where only staff see a number of people."""


def joined(numbers: Mapping[str, int], fewest: int, *, every: Collection[str] = ()) -> dict[str, int]:
    """The numbers by name, small ones as one under `JOINED`, with the next smallest until they are not small together.

    What stands in `every` is there with nought, too, and nought is as small as one: so nobody sees the first one come, and the
    sum alone, without a name, is told until there is enough for two. Without `every`, names that are not there are left
    alone, and a single one says no more than the sum, so it stays.
    """
    known = {**dict.fromkeys(every, 0), **numbers}
    small = {name for name, number in known.items() if number < fewest and (number or name in every)}
    if not small or len(known) == 1:
        return dict(known)
    for name in sorted(known.keys() - small, key=lambda one: (known[one], one)):
        if sum(known[one] for one in small) >= fewest:
            break
        small.add(name)
    kept = {name: number for name, number in known.items() if name not in small}
    return kept | {JOINED: sum(known[name] for name in small)}
