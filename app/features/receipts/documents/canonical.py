"""The bytes of a document that are signed (RFC 8785): the same document is the same bytes everywhere and always."""

import json
from typing import Any

import rfc8785

TOO_DEEP = 40
"""Levels of a document that are read; ours have seven."""


class NotADocument(ValueError):
    """The bytes are no JSON object that could be read in one way only."""


def canonical(document: dict[str, Any]) -> bytes:
    """The canonical bytes of `document`. Raises NotADocument for what JSON cannot say in one way (NaN, numbers beyond 2^53)."""
    try:
        return rfc8785.dumps(document)
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError, ValueError) as error:
        raise NotADocument from error


def read(data: bytes | str) -> dict[str, Any]:
    """A JSON object from bytes of somebody else. Raises NotADocument: no JSON, no object, a name twice, too deep."""
    try:
        document = json.loads(data, object_pairs_hook=_each_name_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise NotADocument from error
    if not isinstance(document, dict) or _depth(document) > TOO_DEEP:
        raise NotADocument
    return document


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotADocument
    return found


def _no_constant(_name: str) -> None:
    raise NotADocument


def _depth(value: Any) -> int:
    """How deep a value is, level by level, so that no depth can exhaust the stack."""
    depth, level = 0, [value]
    while level and depth <= TOO_DEEP:
        depth += 1
        inside = [one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)]
        level = [one for values in inside for one in values if isinstance(one, dict | list)]
    return depth
