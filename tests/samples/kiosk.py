"""Sample data for the public screen."""

SAMPLES = {
    "kiosk.start": lambda world: "/kiosk",
    "kiosk.leave": lambda world: "/kiosk/leave",
}
