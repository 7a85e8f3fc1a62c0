"""The rooms of the house, one folder a feature, the same furniture in each (see docs/architecture.md)."""
