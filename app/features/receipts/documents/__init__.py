"""The two formats of a receipt, and the canonical bytes that are signed. Pure: no database, no web."""
