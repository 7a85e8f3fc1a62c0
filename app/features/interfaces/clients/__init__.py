"""The door that registered programs come in by: tokens, scopes, limits."""
