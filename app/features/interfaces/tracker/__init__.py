"""The Estonian data tracker: who used one person's data, for the portal at which that person looks."""
