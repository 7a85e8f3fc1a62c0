"""Lists of processes and areas that imports have made long."""

import re
from datetime import timedelta

import pytest

from app.features.spaces.manage_routes import areas as areas_page
from app.features.spaces.manage_routes import processes as processes_page
from app.features.spaces.routes import PAGE_SIZE
from app.kernel.permissions import Role
from tests.factories import spaces


@pytest.fixture
def many(clock, db):
    """One process that is open, and as many finished ones as two pages hold."""
    running = spaces.process("Runs now")
    for number in range(2 * PAGE_SIZE):
        over = spaces.process(f"Election {number:02}", area=running.area, open_for=None, imported=True)
        spaces.phase(over, starts_at=clock.now - timedelta(days=40 + number), ends_at=clock.now - timedelta(days=30 + number))
    db.session.commit()


def test_a_long_list_of_processes_comes_in_pages_and_each_stands_on_one(client, many):
    pages = [client.get(f"/processes?page={number}").text for number in (1, 2, 3)]

    assert [page.count('class="process-card"') for page in pages] == [PAGE_SIZE - 1, PAGE_SIZE, 1]
    assert "Runs now" in pages[0]
    assert "Runs now" not in pages[1]
    for number in range(2 * PAGE_SIZE):
        assert sum(f"Election {number:02}<" in page for page in pages) == 1
    assert f"1 to {PAGE_SIZE} of {2 * PAGE_SIZE + 1}" in pages[0]
    assert "Finished</h2>" in pages[2]


@pytest.mark.parametrize("coming", [0, PAGE_SIZE - 2, PAGE_SIZE - 1, PAGE_SIZE, 2 * PAGE_SIZE])
def test_the_home_page_leads_to_the_finished_processes_behind_however_many_others(client, many, db, clock, coming):
    area = spaces.area()
    for _ in range(coming):
        process = spaces.process(area=area, open_for=None)
        spaces.phase(process, starts_at=clock.now + timedelta(days=3), ends_at=clock.now + timedelta(days=9))
    db.session.commit()

    address = re.search(r'<a href="([^"]+)">All finished processes', client.get("/").text)[1]
    page, _, anchor = address.partition("#")

    assert f'id="{anchor}"' in client.get(page).text


@pytest.mark.parametrize("number", ["99", "0", "-1", "x", "1e9", "\u0661"])
def test_a_page_number_that_is_none_leads_to_a_page_that_is_there(client, many, number):
    page = client.get(f"/processes?page={number}")

    assert page.status_code == 200
    assert 'class="process-card"' in page.text


def test_a_long_list_asks_the_database_as_often_as_a_short_one(client, db, query_counter):
    running = spaces.process("Runs now")
    db.session.commit()

    def asked():
        with query_counter() as queries:
            client.get("/processes")
        return queries.count

    asked()
    few = asked()
    for _ in range(3 * PAGE_SIZE):
        spaces.process(area=running.area)
    db.session.commit()
    assert asked() == few


def test_staff_see_processes_and_areas_in_pages_too(as_role, monkeypatch):
    monkeypatch.setattr(processes_page, "PAGE_SIZE", 2)
    monkeypatch.setattr(areas_page, "PAGE_SIZE", 2)
    city = spaces.area()
    for number in range(3):
        spaces.process(f"Process {number}", area=spaces.area(parent=city))
    client = as_role(Role.ADMINISTRATOR)

    for address, rows in (("/staff/processes", [2, 1]), ("/staff/areas", [2, 2])):
        assert [client.get(f"{address}?page={number}").text.count("data-row=") for number in (1, 2)] == rows
    assert "4 areas" in client.get("/staff/areas").text
