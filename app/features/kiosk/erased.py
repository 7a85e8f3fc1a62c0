"""Nothing here says who a visitor was, so there is nothing to erase: the city's screens, and what only its own link opens."""

from app.kernel.erasing import nothing_of_people

nothing_of_people(
    "the city's own screens: where they stand and what they offer",
    "kiosk_device.name",
    "kiosk_device.place",
    "kiosk_device.languages",
    "kiosk_device.process_ids",
)
nothing_of_people("sealed with a key that only the visitor's link has, and gone after ten minutes", "kiosk_handover.sealed")
