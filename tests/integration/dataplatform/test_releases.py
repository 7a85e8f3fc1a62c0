"""What leaves the house: exact counts, protected people, and only those who consent now."""

import csv
import dataclasses
import io
import json

import pytest

from app.features.consents.commands import WithdrawConsent
from app.features.consents.models import Usage
from app.features.consents.use_cases import withdraw_consent
from app.features.dataplatform import rules, use_cases
from app.features.dataplatform.commands import MakeRelease
from app.features.dataplatform.declarations import Audience, Basis, Column
from app.features.dataplatform.models import Release
from app.features.dataplatform.queries import data_set
from app.features.dataplatform.use_cases import make_release
from app.features.proposals.models import CommentState, ProposalState, Stance
from app.kernel.errors import Forbidden, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import SYSTEM, Actor, Role
from tests.factories import accounts, consents, proposals, spaces


def cells(client, **wanted):
    table = csv.DictReader(io.StringIO(client.get("/data/feedback-by-area.csv").text))
    return [row for row in table if all(row[key] == value for key, value in wanted.items())]


@pytest.mark.parametrize(("people", "shown", "suppressed"), [(9, "", "true"), (10, "10", "false"), (25, "25", "false")])
def test_cells_of_nine_ten_and_twenty_five_people_have_the_values_they_must(session, client, people, shown, suppressed):
    process = spaces.process()
    category = spaces.category(process)
    proposal = proposals.proposal(process, category_id=category.id)  # its author is the first person
    for _ in range(people - 1):
        proposals.support(proposal)

    (cell,) = cells(client, category_code=category.code)

    assert (cell["people"], cell["suppressed"]) == (shown, suppressed)
    assert (cell["proposals"], cell["supports"]) == ("1", str(people - 1))


def test_one_person_counts_once_however_much_they_do(session, client):
    process = spaces.process()
    busy = accounts.person()
    first = proposals.proposal(process, author=busy)
    for _ in range(12):
        proposals.comment(first, author=busy, stance=Stance.IN_FAVOUR)

    (cell,) = cells(client, process=process.slug)

    assert (cell["comments_in_favour"], cell["people"], cell["suppressed"]) == ("12", "", "true")


def test_entries_without_an_account_count_as_entries_never_as_people(session, client):
    process = spaces.process()
    for _ in range(15):
        proposals.guest_proposal(process)

    (cell,) = cells(client, process=process.slug)

    assert (cell["proposals"], cell["entries_without_account"], cell["people"]) == ("15", "15", "")


def test_hidden_and_waiting_things_are_in_no_figure(session, client):
    process = spaces.process()
    shown = proposals.proposal(process)
    proposals.comment(shown, state=CommentState.HIDDEN, stance=Stance.AGAINST)
    for state in (ProposalState.HIDDEN, ProposalState.PENDING, ProposalState.DRAFT, ProposalState.WITHDRAWN):
        proposals.support(proposals.proposal(process, state=state))

    (cell,) = cells(client, process=process.slug)

    assert (cell["proposals"], cell["supports"], cell["comments_against"]) == ("1", "0", "0")


def test_the_map_layer_has_the_outline_of_each_area(session, client):
    process = spaces.process()
    proposals.proposal(process)
    proposals.proposal(process, at=None)

    features = client.get("/data/feedback-by-area.geojson").json["features"]

    assert {feature["geometry"]["type"] for feature in features} <= {"Polygon", "MultiPolygon"}
    assert len(features) == 2


def test_an_unchanged_file_is_not_sent_twice(session, client):
    proposals.proposal()
    session.commit()
    first = client.get("/data/feedback-by-area.csv")

    again = client.get("/data/feedback-by-area.csv", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    proposals.proposal()
    changed = client.get("/data/feedback-by-area.csv", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def test_an_empty_city_gives_a_header_and_no_rows(client):
    assert client.get("/data/feedback-by-area.csv").text.startswith("process,area_code")


def test_words_that_a_spreadsheet_would_run_are_harmless(session, client):
    proposals.proposal(title="=HYPERLINK(evil)", text="@sum")

    text = client.get("/data/proposals.csv").text

    assert "'=HYPERLINK(evil)" in text
    assert "'@sum" in text


def test_the_opt_in_list_is_right_before_and_after_a_withdrawal(session, tmp_path):
    agreement = consents.agreement()
    stays, leaves = accounts.person(display_name="Stays"), accounts.person(display_name="Leaves")
    consents.consent(agreement, stays)
    consents.consent(agreement, leaves)

    make_release(session, SYSTEM, MakeRelease("contact-opt-ins", tmp_path)).publish()
    before = (tmp_path / "contact-opt-ins.csv").read_text()
    withdraw_consent(session, Actor(person_id=leaves.id), WithdrawConsent(agreement.id, leaves.id))
    make_release(session, SYSTEM, MakeRelease("contact-opt-ins", tmp_path)).publish()
    after = (tmp_path / "contact-opt-ins.csv").read_text()

    assert "Leaves" in before
    assert "Stays" in before
    assert "Leaves" not in after
    assert "Stays" in after
    assert session.query(Usage).filter_by(person_id=leaves.id, kind="release").count() == 1
    assert session.query(Usage).filter_by(person_id=stays.id, kind="release").count() == 2
    assert [one.people for one in session.query(Release).order_by(Release.number)] == [2, 1]


def test_a_steward_releases_only_their_own_processes(session, tmp_path):
    mine, other = spaces.process(), spaces.process()
    consents.consent(consents.agreement(mine), accounts.person(display_name="In mine"))
    consents.consent(consents.agreement(other), accounts.person(display_name="In another"))
    steward = Actor(person_id=accounts.person().id, roles=frozenset({(Role.STEWARD, mine.id)}))

    make_release(session, steward, MakeRelease("contact-opt-ins", tmp_path)).publish()

    text = (tmp_path / "contact-opt-ins.csv").read_text()
    assert "In mine" in text
    assert "In another" not in text


def test_a_release_needs_the_role_and_a_known_set(session, tmp_path):
    with pytest.raises(Forbidden):
        make_release(session, Actor(person_id=accounts.person().id), MakeRelease("feedback-by-area", tmp_path))
    with pytest.raises(NotFound):
        make_release(session, SYSTEM, MakeRelease("nothing", tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_column_without_a_basis_stops_the_release_before_it_starts():
    found = data_set("feedback-by-area")
    broken = dataclasses.replace(found, columns=(*found.columns, Column("shoe_size", "number", msg("Shoe size"), None)))

    with pytest.raises(Refused, match="shoe_size"):
        rules.check(broken)


def test_consent_is_never_the_basis_of_open_data():
    found = dataclasses.replace(data_set("contact-opt-ins"), audience=Audience.OPEN)
    assert any(column.basis is Basis.CONSENT for column in found.columns)

    with pytest.raises(Refused, match="consent"):
        rules.check(found)


def test_all_files_of_a_release_tell_what_one_reading_found(session, tmp_path, monkeypatch):
    process = spaces.process()
    proposals.proposal(process)
    found = data_set("feedback-by-area")
    readings = []

    def rows_while_somebody_proposes(*arguments):
        readings.append(arguments)
        yield from found.rows(*arguments)
        proposals.proposal(process)

    monkeypatch.setattr(use_cases, "data_set", lambda name: dataclasses.replace(found, rows=rows_while_somebody_proposes))
    make_release(session, SYSTEM, MakeRelease("feedback-by-area", tmp_path)).publish()

    table = list(csv.DictReader(io.StringIO((tmp_path / "feedback-by-area.csv").read_text(encoding="utf-8"))))
    layer = json.loads((tmp_path / "feedback-by-area.geojson").read_text(encoding="utf-8"))["features"]
    assert len(readings) == 1
    assert [row["proposals"] for row in table] == [str(feature["properties"]["proposals"]) for feature in layer] == ["1"]
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".csv", ".geojson", ".json", ".md"]


def test_nothing_is_left_lying_about_when_the_release_is_undone(session, tmp_path):
    prepared = make_release(session, SYSTEM, MakeRelease("feedback-by-area", tmp_path))
    assert not (tmp_path / "feedback-by-area.csv").exists()

    prepared.discard()

    assert list(tmp_path.iterdir()) == []


def test_a_steward_gets_the_list_as_one_file_and_people_see_it(as_role, session):
    process = spaces.process()
    person = accounts.person()
    consents.consent(consents.agreement(process), person)
    client = as_role(Role.STEWARD, process)
    assert client.get("/staff/releases/contact-opt-ins").status_code == 200

    response = client.post("/staff/releases/contact-opt-ins")

    assert response.mimetype == "application/zip"
    assert session.query(Usage).filter_by(person_id=person.id).one().by_department == "Planning department"


def test_replies_are_counted_apart_from_what_people_are_for_or_against(session, client):
    process = spaces.process()
    proposal = proposals.proposal(process)
    comment = proposals.comment(proposal, stance=Stance.AGAINST)
    for _ in range(2):
        proposals.comment(proposal, parent=comment)

    (cell,) = cells(client, process=process.slug)

    assert (cell["comments_against"], cell["comments_neutral"], cell["replies"]) == ("1", "0", "2")
