"""Insights: what happened and in which numbers, for staff and public. First: the audit log, for auditors and administrators."""
