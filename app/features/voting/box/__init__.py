"""The box: how a ballot is sealed, shown to be there, and opened. Pure: bytes in, bytes out; no database, no network.

Used by the casting use cases and, on a computer without any network, by whoever opens the box. docs/voting.md says in plain
words what this protects and what it does not.
"""
