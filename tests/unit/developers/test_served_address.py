"""Commands beside the server name the address that is served, whatever its port."""

import pytest

from app.developers.demo.accounts import ADDRESS, remember_address, served_address


def test_the_address_that_was_served_is_remembered(tmp_path):
    remember_address(tmp_path / "var", "http://127.0.0.1:8113")

    assert served_address(tmp_path / "var", "http://127.0.0.1:8000") == "http://127.0.0.1:8113"


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"rubbish\n"])
def test_without_a_readable_address_the_configured_one_is_named(tmp_path, content):
    if content is not None:
        (tmp_path / ADDRESS).write_bytes(content)

    assert served_address(tmp_path, "http://127.0.0.1:8000") == "http://127.0.0.1:8000"
