"""Notifications: what is sent to whom, when, in which language; and the worker that delivers the outbox."""
