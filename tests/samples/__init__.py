"""Sample data for every page: one file a room. tests/README.md says how they are written."""
