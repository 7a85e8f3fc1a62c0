"""Factories build what a test needs, one line each; one file a room. tests/README.md says how they are written."""
