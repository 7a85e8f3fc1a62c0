"""A resident's way past a new field: run as a program in a copy of the repository, prints what was seen as JSON.

    python field_walk.py DATABASE_URL FIELD VALUE

The copy's own code (PYTHONPATH) meets a database that its migrations made.
"""

import io
import json
import re
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any


def walk(url: str, field: str, value: str) -> dict[str, Any]:
    """Write a proposal with `value` in `field`, publish it, and look wherever it should be seen."""
    import app
    from tests.factories import accounts, spaces
    from tests.support.application import testing_settings

    with tempfile.TemporaryDirectory() as var:
        house = app.create_app(testing_settings(Path(var), url), WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=True)
        client = house.test_client()
        slug = spaces.process(slug="walk").slug
        accounts.sign_in(client, accounts.person())  # commits
        form = client.get(f"/proposals/new?process={slug}").text
        draft = re.search(r'name="draft"[^>]*value="([0-9a-f-]{36})"', form)
        assert draft, form
        answers = {"draft": draft[1], "title": "A bench", "text": "In the shade.", "where": "city", "action": "continue"}
        too_long = client.post(f"/proposals/new?process={slug}", data={**answers, field: "x" * 201})
        sent = client.post(f"/proposals/{draft[1]}/edit", data={**answers, field: value})
        review = client.get(sent.headers.get("Location", "/nowhere"))
        client.post(f"/proposals/{draft[1]}/publish")
        listed = client.get("/api/v1/proposals").json["items"]
        with zipfile.ZipFile(io.BytesIO(client.post("/my-data/everything.zip").data)) as archive:
            everything = json.loads(archive.read("everything.json"))
        reader = house.test_client()
        page = f"/proposals/{listed[0]['reference']}"
        return {
            "application": app.__file__,
            "form": form,
            "too_long": [too_long.status_code, too_long.text],
            "sent": sent.status_code,
            "review": review.text,
            "page": reader.get(page).text,
            "arabic": house.test_client().get(f"{page}?lang=ar").text,
            "list": listed,
            "one": reader.get(f"/api/v1{page}").json,
            "described": reader.get("/api/v1/openapi.json").json["components"]["schemas"]["Proposal"]["properties"],
            "csv": reader.get("/data/proposals.csv").data.decode("utf-8-sig"),
            "meanings": reader.get("/data/proposals.README.md").text,
            "everything": everything,
        }


if __name__ == "__main__":
    json.dump(walk(*sys.argv[1:]), sys.stdout)
