"""Scanned forms: from a file of pages to what is marked on each, with how sure that is; a person decides."""
