"""Moderation: reports, the queue, decisions with reasons."""
