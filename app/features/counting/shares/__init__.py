"""The Method of Equal Shares: every voter gets an equal share of the money, and supporters of a project pay for it together."""
