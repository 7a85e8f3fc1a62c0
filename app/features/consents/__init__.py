"""Consents: purposes, data agreements, records, usages, and one's own data."""
