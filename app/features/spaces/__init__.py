"""Processes, their phases and categories, and the areas of the city: what is open, where, and until when."""
