"""Every pin stands whole inside its map and beside its buttons when a page opens: pot, proposals, result; phone to desk."""

from typing import Any

import pytest

from tests.factories import budgets, proposals, spaces
from tests.support.browser import DESK, PHONE, TABLET

pytestmark = pytest.mark.browser
CITY = (24.9352, 60.1642, 24.9534, 60.1791)
PLACES = [(24.9360, 60.1650), (24.9525, 60.1652), (24.9362, 60.1783), (24.9526, 60.1784), (24.9440, 60.1710)]
CUT_OFF = """() => [...document.querySelectorAll(".map")].flatMap((map) => {
  const frame = map.getBoundingClientRect(), buttons = map.querySelector(".map__controls").getBoundingClientRect();
  return [...map.querySelectorAll(".map-pin__drawing, .map-cluster")].map((pin) => {
    const box = pin.getBoundingClientRect();
    const outside = box.left < frame.left || box.top < frame.top || box.right > frame.right || box.bottom > frame.bottom;
    const under = box.left < buttons.right && box.right > buttons.left && box.top < buttons.bottom && box.bottom > buttons.top;
    return outside ? "outside" : under ? "under the buttons" : "seen";
  });
})"""


def places_on(page: Any, address: str) -> list[str]:
    """How each pin or group of pins of the page is seen."""
    page.goto(address)
    page.locator(".map .map-pin, .map .map-cluster").first.wait_for()
    page.wait_for_timeout(300)
    found: list[str] = page.evaluate(CUT_OFF)
    return found


@pytest.mark.parametrize("size", [PHONE, TABLET, DESK], ids=lambda size: str(size["width"]))
@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_pin_is_cut_off_when_a_page_opens(new_page, live, size, language):
    area = spaces.area(box=CITY)
    process = spaces.process("Parks", area=area)
    pot = budgets.pot(process)
    over = budgets.finished_pot(budgets.finished_process(area=area))
    for lon, lat in PLACES:
        budgets.project(pot, lon=lon, lat=lat)
        proposals.proposal(process, at=(lon, lat))
    budgets.certified(over, [budgets.project(over, lon=lon, lat=lat) for lon, lat in PLACES])
    live.db.session.commit()
    page = new_page(viewport=size)
    for address in (f"/budgets/{pot.id}?", "/proposals?view=map", f"/budgets/{over.id}/result?"):
        seen = places_on(page, f"{address}&lang={language}")
        assert len(seen) > 1, address
        assert set(seen) == {"seen"}, (address, seen)


def test_a_column_that_grows_while_the_page_is_put_together_keeps_every_pin_in_sight(new_page, live):
    pot = budgets.pot(spaces.process("Parks", area=spaces.area(box=CITY)))
    for lon, lat in PLACES:
        budgets.project(pot, lon=lon, lat=lat)
    live.db.session.commit()
    page = new_page(viewport=DESK)
    places_on(page, f"/budgets/{pot.id}")
    page.evaluate("document.querySelector('.map').style.blockSize = '24rem'")
    page.wait_for_function(f"() => ({CUT_OFF})().every((pin) => pin === 'seen')")  # no eval: forbidden
