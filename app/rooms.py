"""The rooms of the house, in the order in which they stand on each other."""

ROOMS = (
    "accounts",
    "spaces",
    "notifications",
    "maps",
    "proposals",
    "moderation",
    "answers",
    "counting",
    "budgets",
    "voting",
    "rehearsals",
    "committee",
    "consents",
    "erasure",
    "newsletters",
    "intake",
    "kiosk",
    "dataplatform",
    "insights",
    "interfaces",
)
