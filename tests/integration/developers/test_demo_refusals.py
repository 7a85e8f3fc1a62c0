"""The demonstration city is made only where it may, and says so."""

from dataclasses import replace

import pytest
from flask import Flask

from app.developers.demo import accounts


@pytest.mark.parametrize("command", ["load", "accounts"])
def test_production_is_refused_in_a_clear_sentence(
    app: Flask, db: object, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], env="production"))
    told = app.test_cli_runner().invoke(args=["demo", command])
    assert told.exit_code == 1
    assert "The demonstration city is for development only" in told.output


def test_without_a_city_the_table_says_how_to_make_one(app: Flask, db: object) -> None:
    path = app.config["SETTINGS"].var / accounts.FILE
    path.unlink(missing_ok=True)
    told = app.test_cli_runner().invoke(args=["demo", "accounts"])
    assert told.exit_code == 1
    assert "demo load" in told.output
