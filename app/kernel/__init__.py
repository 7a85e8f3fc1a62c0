"""Plumbing: what every room stands on. Knows no feature and no HTTP."""
