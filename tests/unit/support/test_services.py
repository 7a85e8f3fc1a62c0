"""A missing service skips with its reason, or fails where services are required."""

import pytest

from tests.support.services import free_port, require


def test_a_missing_service_skips_and_says_what_and_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUIRE_SERVICES", raising=False)
    port = free_port()
    with pytest.raises(pytest.skip.Exception, match=f"Redis does not answer on 127.0.0.1:{port}"):
        require(f"redis://127.0.0.1:{port}/0", "Redis")


def test_a_missing_service_fails_where_services_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUIRE_SERVICES", "1")
    with pytest.raises(pytest.fail.Exception, match="REQUIRE_SERVICES=1, and Redis does not answer"):
        require(f"redis://127.0.0.1:{free_port()}/0", "Redis")


def test_a_missing_browser_fails_where_services_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.support.browser import chromium_path

    monkeypatch.setenv("REQUIRE_SERVICES", "1")
    monkeypatch.setenv("PLAZA_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(pytest.fail.Exception, match="There is no Chromium"):
        chromium_path()
