"""A public screen: larger, and it forgets its visitor."""

from app.extensions import db
from app.features.spaces.models import Participation
from tests.factories import spaces


def test_the_start_page_makes_the_browser_a_public_screen_until_staff_end_that(client):
    spaces.process("Parks for everybody")
    db.session.commit()
    assert "data-kiosk" not in client.get("/").text

    start = client.get("/kiosk")
    assert "Parks for everybody" in start.text
    assert 'href="/kiosk/leave"' in start.text, "whoever came by a link finds the way back"
    assert any("kiosk=1" in one and "Max-Age=86400" in one for one in start.headers.getlist("Set-Cookie"))
    page = client.get("/")
    assert "data-kiosk" in page.text
    assert page.headers["Cache-Control"] == "no-store"

    page = client.post("/kiosk/leave", follow_redirects=True).text
    assert "This browser is an ordinary one again." in page
    assert "data-kiosk" not in page
    assert "data-kiosk" not in client.get("/").text


def test_the_reset_signs_out_and_clears_what_the_browser_keeps(as_role):
    client = as_role("resident")
    client.get("/kiosk?lang=ar")
    assert client.get("/my-data").status_code == 200

    response = client.post("/kiosk/reset")

    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Sign in to see your data" in client.get("/my-data").text  # in English again, and signed out
    assert "data-kiosk" in client.get("/kiosk").text


def test_the_reset_ends_the_sign_in_itself_not_only_in_this_browser(as_role):
    client = as_role("resident")
    client.get("/kiosk")
    copied = client.get_cookie("plaza").value

    client.post("/kiosk/reset")

    client.set_cookie("plaza", copied)
    assert "Sign in to see your data" in client.get("/my-data").text


def test_a_stale_page_forgets_its_visitor_but_no_other_host_signs_anybody_out(app, as_role, monkeypatch):
    client = as_role("resident")
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert client.post("/kiosk/reset", data={"csrf_token": "stale"}).status_code == 400  # no public screen, so not believed
    assert "Sign in to see your data" not in client.get("/my-data").text

    client.get("/kiosk")
    assert client.post("/kiosk/reset", data={"csrf_token": "stale"}).status_code == 302
    assert "Sign in to see your data" in client.get("/my-data").text


def test_a_public_screen_leaves_the_page_of_an_accident_by_itself(app, client, monkeypatch):
    client.get("/kiosk")

    def breaks(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.view_functions, "spaces.home", breaks)
    page = client.get("/")

    assert page.status_code == 500
    assert 'data-module="kiosk-reset"' in page.text


def test_a_visitor_who_left_is_forgotten_by_the_next_request_without_any_script(as_role, clock):
    client = as_role("resident")
    client.get("/kiosk?lang=ar")
    copied = client.get_cookie("plaza").value
    client.get("/my-data")

    clock.advance(seconds=79)
    assert client.get("/my-data").status_code == 200  # still within the pause
    clock.advance(seconds=81)
    response = client.get("/my-data")

    assert (response.status_code, response.location) == (303, "/kiosk")
    assert response.headers["Cache-Control"] == "no-store"
    assert 'lang="en"' in client.get("/kiosk").text  # in the city's own language again
    assert "Sign in to see your data" in client.get("/my-data").text
    client.set_cookie("plaza", copied)
    assert "Sign in to see your data" in client.get("/my-data").text  # ended in the database, too


def test_what_a_visitor_who_left_had_begun_is_not_the_next_ones(client, clock):
    process = spaces.process(slug="open", participation=Participation.ANYBODY)
    db.session.commit()
    client.get("/kiosk")
    form = client.get(f"/proposals/new?process={process.slug}").text
    draft = form.split('name="draft"')[1].split('value="')[1].split('"')[0]
    client.post(f"/proposals/new?process={process.slug}", data={"draft": draft, "title": "A secret bench"})
    assert "A secret bench" in client.get("/proposals/drafts").text

    clock.advance(minutes=10)

    assert client.get("/proposals/drafts").status_code == 303
    assert "A secret bench" not in client.get("/proposals/drafts").text


def test_whoever_writes_without_scripts_has_longer_than_a_reader(client, clock):
    process = spaces.process(slug="open", participation=Participation.ANYBODY)
    db.session.commit()
    client.get("/kiosk")
    client.get(f"/proposals/new?process={process.slug}")

    clock.advance(seconds=170)

    assert client.post(f"/proposals/new?process={process.slug}", data={"title": "Slowly written"}).status_code != 303


def test_a_page_without_scripts_goes_back_to_the_start_by_itself(client):
    spaces.process(slug="open", participation=Participation.ANYBODY)
    db.session.commit()
    assert "http-equiv" not in client.get("/proposals").text
    client.get("/kiosk")

    assert '<noscript><meta http-equiv="refresh" content="82; url=/kiosk"></noscript>' in client.get("/proposals").text
    assert 'content="182; url=/kiosk"' in client.get("/proposals/new?process=open").text


def test_a_script_can_say_that_somebody_is_still_writing(client, clock):
    client.get("/kiosk")
    for _ in range(3):
        clock.advance(seconds=60)
        assert client.post("/kiosk/here").status_code == 204
    assert client.get("/proposals").status_code == 200


def test_a_screen_whose_clock_was_taken_away_begins_anew(as_role):
    client = as_role("resident")
    client.get("/kiosk")
    client.set_cookie("kiosk_until", "99999999999.forged")

    assert client.get("/my-data").status_code == 303
    assert "Sign in to see your data" in client.get("/my-data").text


def test_a_form_of_an_earlier_visitor_sent_once_more_shows_nothing(app, client, monkeypatch):
    process = spaces.process(slug="open", participation=Participation.ANYBODY)
    db.session.commit()
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    client.get("/kiosk")
    address = f"/proposals/new?process={process.slug}"
    token = client.get(address).text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    typed = {"csrf_token": token, "title": "", "text": "A secret of mine"}
    assert "A secret of mine" in client.post(address, data=typed).text

    client.post("/kiosk/reset")

    response = client.post(address, data=typed)
    assert (response.status_code, response.location) == (303, "/kiosk")
    assert "A secret of mine" not in response.text


def test_no_form_lets_the_browser_fill_it_in_again(client):
    spaces.process(slug="open", participation=Participation.ANYBODY)
    db.session.commit()
    client.get("/kiosk")

    for address in ("/proposals/new?process=open", "/account/sign-up", "/account/sign-in", "/proposals"):
        page = client.get(address).text
        forms = [part.split(">")[0] for part in page.split("<form")[1:]]
        assert forms, address
        assert all('autocomplete="off"' in form for form in forms), address
        assert "autocomplete" not in page.replace('autocomplete="off"', ""), address


def test_nothing_leads_away_and_no_file_is_given_out(client):
    process = spaces.process(slug="open", participation=Participation.ANYBODY)
    db.session.commit()
    client.get("/kiosk")

    assert client.get(f"/forms/{process.slug}/proposal.pdf").status_code == 403
    for address in ("/", f"/processes/{process.slug}", "/proposals", "/data"):
        page = client.get(address, follow_redirects=True).text
        assert ".pdf" not in page
        assert 'href="http' not in page.replace('href="http://localhost', "")


def test_no_window_is_filled_with_something_that_has_no_way_back(client):
    client.get("/kiosk")
    window = {"Sec-Fetch-Dest": "document"}

    page = client.get("/api/v1/proposals", headers=window)
    assert page.status_code == 403
    assert 'href="/kiosk"' in page.text
    assert client.get("/api/v1/proposals", headers={"Sec-Fetch-Dest": "empty"}).status_code == 200  # the map asks so
