"""Behind the city's proxy, addresses are those that residents see; without one, nobody can pretend."""

import os
from pathlib import Path

import pytest

from tests.support.commands import run

# In a process of its own: a second application here would take the database of the first one.
ASK = """
from flask import request
from wsgi import app
headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "plaza.example.org", "X-Forwarded-For": "192.0.2.7"}
with app.test_client() as client:
    client.get("/healthz", headers=headers)
    print(request.host_url, request.remote_addr)
"""


@pytest.mark.parametrize(
    ("setting", "believed"),
    [("1", "https://plaza.example.org/ 192.0.2.7"), ("", "http://localhost/ 127.0.0.1")],
)
def test_a_proxy_is_believed_only_where_there_is_one(tmp_path: Path, setting: str, believed: str) -> None:
    environment = {**os.environ, "PLAZA_ENV": "testing", "PLAZA_VAR": str(tmp_path), "PLAZA_BEHIND_PROXY": setting}
    _ended, said = run("-c", ASK, environment=environment)
    assert said.strip() == believed
