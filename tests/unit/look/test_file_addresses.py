"""Files are kept by browsers for a year, under addresses that say what is in them; no other address promises that."""

import shutil
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from app.web import assets

STATIC = Path(__file__).parents[3] / "static"
MODULES = STATIC / "js" / "modules"


def house(static: Path, **config: object) -> FlaskClient:
    """An application that has files and nothing else; `/address?of=…` tells where one is, `/modules?of=…` what is preloaded."""
    app = Flask("files", static_folder=str(static))
    app.config.update({"ENV_NAME": "production", "TESTING": True, **config})
    assets.init_app(app)
    app.add_url_rule("/address", "address", lambda: assets.static_url(request.args["of"]))
    app.add_url_rule("/modules", "modules", lambda: assets.module_urls(*request.args.getlist("of")))
    return app.test_client()


def address(client: FlaskClient, name: str) -> str:
    return client.get("/address", query_string={"of": name}).text


@pytest.fixture(scope="module")
def browser() -> FlaskClient:
    return house(STATIC)


@pytest.mark.parametrize("path", sorted((STATIC / "js").rglob("*.js")), ids=lambda path: path.name)
def test_every_script_is_kept_for_a_year_beside_those_that_it_imports(browser: FlaskClient, path: Path) -> None:
    name = path.relative_to(STATIC).as_posix()
    answer = browser.get(address(browser, name))
    assert answer.data == path.read_bytes()
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    beside = address(browser, "js/main.js").removesuffix("main.js")
    assert address(browser, name) == beside + name.removeprefix("js/")


def test_a_page_from_before_an_update_gets_the_present_script_and_asks_again(browser: FlaskClient) -> None:
    answer = browser.get("/scripts/earlier/modules/theme.js")
    assert answer.data == (MODULES / "theme.js").read_bytes()
    assert answer.headers["Cache-Control"] == "no-cache"
    again = browser.get("/scripts/earlier/modules/theme.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["modules/gone.js", "../css/tokens.css", "..%2fcss%2ftokens.css", "../../config.py", ""])
def test_nothing_but_a_script_is_under_the_address_of_scripts(browser: FlaskClient, name: str) -> None:
    assert browser.get(f"/scripts/earlier/{name}").status_code == 404


def test_a_change_to_one_script_moves_all_of_them(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for folder in (before, after):
        shutil.copytree(STATIC / "js", folder / "js")
    assert address(house(before), "js/main.js") == address(house(after), "js/main.js")
    changed = tmp_path / "changed"
    shutil.copytree(STATIC / "js", changed / "js")
    (changed / "js/modules/theme.js").write_text("export default () => {};\n", encoding="utf-8")
    assert address(house(before), "js/main.js") != address(house(changed), "js/main.js")


def test_what_is_sent_is_what_its_address_says_also_while_files_are_being_replaced(tmp_path: Path) -> None:
    shutil.copytree(STATIC / "js", tmp_path / "js")
    running = house(tmp_path)
    old = address(running, "js/modules/theme.js")
    (tmp_path / "js/modules/theme.js").write_text("export default () => {};\n", encoding="utf-8")
    assert running.get(old).data == (MODULES / "theme.js").read_bytes()


def test_a_developer_sees_a_change_at_once(tmp_path: Path) -> None:
    shutil.copytree(STATIC / "js", tmp_path / "js")
    running = house(tmp_path, ENV_NAME="development")
    old = address(running, "js/modules/theme.js")
    (tmp_path / "js/modules/theme.js").write_text("export default () => {};\n", encoding="utf-8")
    assert running.get(address(running, "js/modules/theme.js")).text == "export default () => {};\n"
    assert address(running, "js/modules/theme.js") != old


def test_a_module_is_named_ahead_together_with_all_that_it_waits_for(browser: FlaskClient) -> None:
    def named(*names: str) -> list[str]:
        return [one.rpartition("/")[2] for one in browser.get("/modules", query_string={"of": names}).get_json()]

    assert named("ballot") == ["ballot.js", "ballot-draft.js", "ballot-list.js", "ballot-ranking.js"]
    assert named("disclosure", "theme", "navigation") == ["disclosure.js", "theme.js", "navigation.js"]
    assert named("copy") == ["copy.js"]


def test_another_file_is_kept_under_the_fingerprint_of_its_content_alone(browser: FlaskClient) -> None:
    def kept(where: str) -> str:
        with browser.get(where) as answer:
            assert answer.status_code == 200
            return answer.headers["Cache-Control"]

    assert kept(address(browser, "icons/sprite.svg")) == "public, max-age=31536000, immutable"
    for other in ("", "?v=", "?v=0", "?v=earlier"):
        assert kept(f"/static/icons/sprite.svg{other}") == "no-cache", other
    assert address(browser, "icons/gone.svg") == "/static/icons/gone.svg?v=0"
