"""The numbers that are printed on forms, as they are typed and kept, and the codes on their slips."""

from app.features.printing.queries import SERIAL_LENGTH, follow_code, grouped, read_code

SERIAL_MOST = 32


def normal_serial(text: str) -> str:
    """A serial as somebody typed it, as it was printed: upper case, without spaces and dashes, taken for what it looks like."""
    printed = read_code(text)
    if printed and len(printed) == SERIAL_LENGTH:
        return printed
    return "".join(char for char in text.upper() if char.isalnum())[:SERIAL_MOST]


def shown_serial(serial: str) -> str:
    """A serial as it stands on paper: in groups where we have printed it, else as it was typed."""
    printed = read_code(serial)
    return grouped(printed) if printed and len(printed) == SERIAL_LENGTH else serial


def slip_code(secret: str, serial: str) -> str | None:
    """The code that stands on the slip of a sheet with this serial; None for a serial that we have not printed."""
    printed = read_code(serial)
    return follow_code(secret.encode(), printed) if printed and len(printed) == SERIAL_LENGTH else None
