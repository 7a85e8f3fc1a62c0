import os, re
from typing import Any
import pytest
from tests.browser.main_job.windows import Windows
from tests.browser.main_job.test_axe_everywhere import pages
from tests.samples import world as worlds
from tests.support.browser import sign_in_window
WANT = re.compile(os.environ.get("WANT","."))
LOOKS = {"en360": ({"width":360,"height":780},"en","light"),"en1280": ({"width":1280,"height":900},"en","light"),"ar360d": ({"width":360,"height":780},"ar","dark"),"ar1280": ({"width":1280,"height":900},"ar","light")}
@pytest.mark.timeout(1200)
@pytest.mark.browser
def test_shots(live: Any, browser: Any):
    world = worlds.build(live.app); live.db.session.commit()
    todo=[(e,v) for e,v in pages(live,world) if e and WANT.search(e)]
    for name in os.environ.get("LOOKS","en360,en1280,ar360d").split(","):
        vp,loc,cs=LOOKS[name]; wins={}; w=Windows(browser,live.url)
        for n,(e,v) in enumerate(todo):
            who=v.viewer or worlds.NOBODY
            if who not in wins:
                p=w(viewport=vp,locale=loc,color_scheme=cs)
                if who!=worlds.NOBODY:
                    person=world.person(who); sign_in_window(p,live,live.db.session.get(type(person),person.id))
                wins[who]=p
            p=wins[who]; p.goto(v.url)
            os.makedirs("/tmp/shots",exist_ok=True)
            p.screenshot(path=f"/tmp/shots/{n:03}-{e}-{name}.png",full_page=True)
