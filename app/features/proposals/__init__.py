"""Proposals: drafting, publishing, finding, supporting, discussing and following them."""
