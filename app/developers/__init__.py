"""For those who work on Plaza: opening the house, a city to look at, and the checks. Nothing in the product needs it."""
