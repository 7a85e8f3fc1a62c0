"""Other systems ask here: registered programs with tokens and scopes, and the three interfaces of consent that they speak.

GovStack's Consent Building Block (`govstack`), Helsinki's GDPR API (`helsinki`) and the Estonian data tracker (`tracker`) are
doors to what the room `consents` decides and remembers; nothing is kept twice. `docs/interfaces.md` is for who writes programs.
"""
