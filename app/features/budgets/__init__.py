"""Budgets: pots, their projects, the rule in force, and what became of it."""
