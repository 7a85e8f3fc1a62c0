"""Intake: printed forms, and clerks who take in paper, visits and phone calls."""
