"""Where people go back to: only ever to a page of ours."""

import pytest

from app.features.accounts.routes.places import clean_place


@pytest.mark.parametrize("target", ["/", "/proposals?q=bench&page=2#top", "/processes/spring-2026"])
def test_a_page_of_ours_is_kept(target: str) -> None:
    assert clean_place(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "/\t/evil.example",
        "/\n/evil",
        "/\x00",
        "/\x7f/evil",
        "https://evil.example",
        "javascript:alert(1)",
        "proposals",
        "/" + "x" * 500,
    ],
)
def test_another_host_and_nonsense_lead_home(target: str | None) -> None:
    assert clean_place(target) == "/"
