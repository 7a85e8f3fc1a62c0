"""How to reach somebody, as people write it on one line, finds its fields."""

import pytest

from app.features.intake.scanned import _contact


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Esko Laine esko@example.org", ("Esko Laine", "esko@example.org", "", "")),
        ("Esko Laine, esko@example.org", ("Esko Laine", "esko@example.org", "", "")),
        ("Esko Laine <esko@example.org>.", ("Esko Laine", "esko@example.org", "", "")),
        ("Esko Laine 050 123 4567 esko@example.org", ("Esko Laine", "esko@example.org", "050 123 4567", "")),
        ("Esko Laine\nPuh. 050-1234567 s-posti: esko@example.org", ("Esko Laine", "esko@example.org", "050-1234567", "")),
        ("Esko Laine tel +358 (0)50 123 4567", ("Esko Laine", "", "+358 (0)50 123 4567", "")),
        ("esko@example.org", ("", "esko@example.org", "", "")),
        ("0501234567", ("", "", "0501234567", "")),
        (
            "Hilja Virtanen\nMannerheimintie 5\n00100 Helsinki",
            ("Hilja Virtanen", "", "", "Hilja Virtanen\nMannerheimintie 5\n00100 Helsinki"),
        ),
        ("Hilja Virtanen, Street 12 00100 Helsinki", ("Hilja Virtanen", "", "", "Hilja Virtanen\nStreet 12 00100 Helsinki")),
        ("سميرة حسن هاتف: 050 123 4567", ("سميرة حسن", "", "050 123 4567", "")),
        ("two@example.org three@example.org", ("three@example.org", "two@example.org", "", "")),
    ],
)
def test_what_stands_on_one_line_is_taken_apart(text, found):
    name, email, phone, postal = found
    assert _contact(text, named=True) == {"author_name": name, "email": email, "phone": phone, "postal": postal}


def test_who_does_not_want_to_be_named_is_a_line_of_the_address():
    assert _contact("Esko Laine esko@example.org", named=False) == {
        "author_name": "",
        "email": "esko@example.org",
        "phone": "",
        "postal": "Esko Laine",
    }
