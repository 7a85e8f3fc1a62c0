"""Receipts: what somebody agreed to, refused or took back, signed by the city, so that they can show it to anybody."""
