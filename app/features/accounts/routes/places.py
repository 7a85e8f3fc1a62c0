"""Where people come from and go back to."""

from flask import request

from app.web.access import safe_next

LONGEST = 500


def wanted_place(default: str = "/") -> str:
    """Where somebody wanted to go when they were asked to sign in: `next`, kept through every step."""
    return clean_place(request.values.get("next"), default)


def clean_place(target: str | None, default: str = "/") -> str:
    """`target` if it is a short path of ours without control characters (browsers drop tabs, and "/⇥/host" is a host)."""
    if not target or len(target) > LONGEST or any(ord(c) < 33 or ord(c) == 127 for c in target):
        return default
    return safe_next(target, default)


def device() -> str:
    """What kind of browser this is, in two words for the list of devices: never the whole user agent, which identifies."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{browser} · {system}" if browser and system else browser or system


BROWSERS = (("Firefox", "Firefox"), ("Edg", "Edge"), ("OPR", "Opera"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
