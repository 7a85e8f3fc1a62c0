"""Addresses as people write them on paper and on phones, found in the demo city's own street table."""

import time

import pytest

from app.features.maps.queries import street_table
from app.features.maps.streets import Street, StreetTable, simplified

TABLE = street_table({})


def best(text: str) -> tuple[str, str] | None:
    found = TABLE.match(text)
    return (found[0].label, found[0].quality) if found else None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Mannerheimintie 12", "Mannerheimintie 12"),
        ("  MANNERHEIMINTIE   12 ", "Mannerheimintie 12"),
        ("mannerheimintie 12, 00100 Helsinki", "Mannerheimintie 12"),
        ("Mannerheimintie 12 00100 HELSINKI", "Mannerheimintie 12"),
        ("Mannerheimvägen 12, FI-00100 Helsingfors", "Mannerheimvägen 12"),
        ("12 Mannerheimintie", "Mannerheimintie 12"),
        ("Yrjonkatu 9", "Yrjönkatu 9"),
        ("yrjo\u0308nkatu 9", "Yrjönkatu 9"),
        ("Yrjönk. 9", "Yrjönkatu 9"),
        ("Kalevankatu3", "Kalevankatu 3"),
        ("Kalevankatu 3 b", "Kalevankatu 3b"),
        ("Et. Makasiinikatu 4", "Eteläinen Makasiinikatu 4"),
        ("P-Esplanadi 21", "Pohjoisesplanadi 21"),
        ("Pohjois-Esplanadi 21", "Pohjoisesplanadi 21"),
        ("S. Esplanaden 10", "Södra Esplanaden 10"),
        ("Yrjö Koskisen katu", "Yrjö-Koskisen katu"),
        ("Aleksanterinkatu – Alexandersgatan", "Aleksanterinkatu"),
        ("Rautatientori", "Rautatientori"),
        ("järnvägstorget", "Järnvägstorget"),
        ("Kaisaniemen puisto", "Kaisaniemen puisto"),
    ],
)
def test_awkward_spellings_of_one_street_are_that_street(written: str, meant: str) -> None:
    assert best(written) == (meant, "exact")


def test_both_names_of_a_street_lead_to_one_place() -> None:
    finnish, swedish = TABLE.match("Mannerheimintie 12")[0], TABLE.match("Mannerheimvägen 12")[0]
    assert (finnish.lon, finnish.lat) == (swedish.lon, swedish.lat)


def test_a_house_on_a_corner_plot_is_found_under_each_of_its_numbers() -> None:
    assert "30-34" in next(street for street in TABLE.streets if "Aleksanterinkatu" in street.names).numbers
    assert best("Aleksanterinkatu 32") == ("Aleksanterinkatu 30-34", "exact")


def test_a_staircase_and_flat_behind_the_number_do_no_harm() -> None:
    found = TABLE.match("Bulevardi 6 C 12")[0]
    assert (found.number, found.quality) == ("6", "exact")


def test_an_unknown_number_gives_the_nearest_and_says_so() -> None:
    found = TABLE.match("Aleksanterinkatu 33")[0]
    assert found.quality == "near"
    assert found.confidence < 0.9
    assert str(found.note) == "We do not know number 33. The nearest we know is 25."


def test_a_slip_of_the_pen_is_offered_but_never_taken_for_certain() -> None:
    found = TABLE.match("Manerheimintie 5")[0]
    assert found.label == "Mannerheimintie 5"
    assert found.quality == "near"
    assert found.confidence < 1
    assert "spelled differently" in str(found.note)


def test_the_beginning_of_a_name_offers_all_that_begin_so() -> None:
    names = {found.street for found in TABLE.match("Manner")}
    assert {"Mannerheimintie", "Mannerheimin aukio"} <= names or {"Mannerheimintie", "Mannerheiminaukio"} <= names
    assert all(found.quality == "near" for found in TABLE.match("Manner"))


def test_an_abbreviation_that_can_mean_two_streets_is_not_decided_for_the_reader() -> None:
    streets = [Street(("Kirkkokatu",), "street", (1.0, 2.0), {}), Street(("Kirkkokuja",), "street", (3.0, 4.0), {})]
    found = StreetTable(streets).match("Kirkkok.")
    assert {one.street for one in found} == {"Kirkkokatu", "Kirkkokuja"}
    assert all(one.quality == "near" for one in found)


@pytest.mark.parametrize(
    "text", ["", "   ", "12", "00100 Helsinki", "Helsinki", "?!", "Champs-Élysées 5", "x" * 5_000, "1 2 3 4"]
)
def test_what_is_no_street_of_ours_finds_nothing(text: str) -> None:
    assert TABLE.match(text) == []


def test_every_street_is_found_under_every_name_it_has() -> None:
    for street in TABLE.streets:
        for name in street.names:
            assert TABLE.match(name)[0].quality == "exact", name


def test_every_house_number_is_found_where_it_stands() -> None:
    for street in TABLE.streets:
        for number, at in street.numbers.items():
            found = TABLE.match(f"{street.names[0]} {number}")[0]
            assert (found.lon, found.lat, found.quality) == (*at, "exact"), (street.names[0], number)


def test_a_hundred_misspelled_addresses_are_read_in_a_moment() -> None:
    start = time.thread_time()  # not by the clock: others may use the processor meanwhile
    for _ in range(100):
        TABLE.match("Manerhemintie 5 A")
    assert time.thread_time() - start < 1


@pytest.mark.parametrize(
    ("one", "other"), [("Töölö", "toolo"), ("Straße", "strasse"), ("Yrjö-Koskisen", "yrjö koskisen"), ("ÅÄÖ", "aao")]
)
def test_spellings_are_alike_without_accents_capitals_and_signs(one: str, other: str) -> None:
    assert simplified(one) == simplified(other)
