"""The demonstration city is complete and true to its own rules."""

import json
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from shapely.geometry import shape
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.developers.demo import accounts, content, loading
from app.extensions import db as database
from app.features.accounts import passwords, totp
from app.features.accounts.models import Person, RoleAssignment
from app.features.accounts.vault import vault
from app.features.answers.models import MilestoneState, OfficialAnswer
from app.features.answers.queries import carried, implementations_in, sources_of_implementation
from app.features.budgets.models import Pot, PotState, ProjectProposal
from app.features.consents.models import Answer, ConsentRecord, Usage
from app.features.moderation.models import Decision, Report, ReportState, Verb
from app.features.proposals.models import Comment, CommentState, Photo, Proposal, ProposalState, Support
from app.features.spaces.models import Action, Area, Process
from app.features.spaces.queries import action_open, phase_now
from app.features.voting.exporting import sealed
from app.features.voting.models import Ballot, BoxState, VotingParticipation
from app.features.voting.package import archive, verify
from app.features.voting.queries import box_of, envelopes_of
from app.kernel import clock
from app.kernel.audit import AuditEntry
from app.kernel.files import files
from app.kernel.model import Model
from app.kernel.outbox import OutboxRow
from app.kernel.permissions import Channel, Role

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def city(app: Flask) -> Iterator[Session]:
    """The whole city, loaded once for this file and undone at its end."""
    with database.isolated():
        runner = app.test_cli_runner()
        told = runner.invoke(args=["demo", "load"])
        assert told.exit_code == 0, told.output
        assert "The demonstration city was built" in told.output
        yield database.session()
    (app.config["SETTINGS"].var / accounts.FILE).unlink(missing_ok=True)


@pytest.fixture
def browser(app: Flask, city: Session) -> FlaskClient:
    return app.test_client()


def number(session: Session, table: type[Model]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def process(session: Session, folder: str) -> Process:
    slug = content.read(f"{folder}/process.json")["slug"]
    return session.scalars(select(Process).where(Process.slug == slug)).one()


def test_three_processes_are_in_three_phases(city: Session) -> None:
    now = clock.now()
    collecting, voting, finished = (process(city, folder) for folder in loading.FOLDERS)
    assert action_open(collecting, Action.PROPOSE, now)
    assert action_open(voting, Action.VOTE, now)
    assert not action_open(voting, Action.PROPOSE, now)
    assert phase_now(finished, now) is None
    assert action_open(collecting, Action.PROPOSE, now + timedelta(days=40))
    assert action_open(voting, Action.VOTE, now + timedelta(days=30))


def test_there_are_some_hundred_proposals_that_all_differ(city: Session) -> None:
    proposals = city.scalars(select(Proposal).where(Proposal.state == ProposalState.PUBLISHED)).all()
    assert len(proposals) >= 90
    languages = Counter(proposal.language for proposal in proposals)
    assert {language for language, times in languages.items() if times >= 5} >= {"fi", "en", "de", "ar", "sv"}
    assert len({proposal.title for proposal in proposals}) == len(proposals)
    assert len({proposal.text for proposal in proposals}) == len(proposals)
    assert {proposal.place_kind for proposal in proposals} == set(type(proposals[0].place_kind or ""))
    assert {proposal.channel for proposal in proposals} == set(Channel)
    assert any(proposal.author_id is None and proposal.channel is Channel.WEB for proposal in proposals)
    taken_in = [proposal for proposal in proposals if proposal.channel in (Channel.PAPER, Channel.PHONE, Channel.DESK)]
    assert all(proposal.hands_id and not proposal.author_id for proposal in taken_in)


def test_everything_is_told_in_every_language_of_the_city(app: Flask, city: Session) -> None:
    languages = set(app.config["SETTINGS"].languages)
    for found in city.scalars(select(Process)):
        for texts in (found.title, found.summary, found.description):
            assert set(texts) == languages
        for row in (*found.phases, *found.categories):
            assert set(getattr(row, "name", None) or getattr(row, "title", {})) == languages
    for pot in city.scalars(select(Pot)):
        for one in (pot, *pot.projects):
            assert set(one.title) == set(one.description) == languages


def test_numbers_on_proposals_equal_the_rows_behind_them(city: Session) -> None:
    supports = dict(city.execute(select(Support.proposal_id, func.count()).group_by(Support.proposal_id)).tuples().all())
    shown = (Comment.state == CommentState.PUBLISHED) & Comment.parent_id.is_(None)
    comments = dict(
        city.execute(select(Comment.proposal_id, func.count()).where(shown).group_by(Comment.proposal_id)).tuples().all()
    )
    answers = dict(city.execute(select(OfficialAnswer.proposal_id, OfficialAnswer.status)).tuples().all())
    for proposal in city.scalars(select(Proposal)):
        assert proposal.supports_count == supports.get(proposal.id, 0)
        assert proposal.comments_count == comments.get(proposal.id, 0)
        assert proposal.answer_status == answers.get(proposal.id)
    assert sum(comments.values()) >= 150
    counts = sorted(supports.values(), reverse=True)
    assert counts[0] > 3 * counts[len(counts) // 2] > 0, "a few have many supports, most have few"


def test_every_place_lies_inside_the_process_and_its_area(city: Session) -> None:
    outlines = {area.id: shape(json.loads(area.geojson)).buffer(1e-7) for area in city.scalars(select(Area))}
    for proposal in city.scalars(select(Proposal)):
        if proposal.geojson is None:
            continue
        drawn = shape(proposal.geojson)
        home = city.get_one(Process, proposal.process_id)
        assert outlines[home.area_id].covers(drawn), proposal.title
        assert proposal.area_id
        point = shape({"type": "Point", "coordinates": [proposal.lon, proposal.lat]})
        assert outlines[proposal.area_id].covers(point), proposal.title


def test_nothing_happens_before_what_it_follows_or_in_the_future(city: Session) -> None:
    now = clock.now()
    proposals = {proposal.id: proposal for proposal in city.scalars(select(Proposal))}
    comments = {comment.id: comment for comment in city.scalars(select(Comment))}
    for comment in comments.values():
        published = proposals[comment.proposal_id].published_at
        assert published
        assert published <= comment.created_at <= now
        if comment.parent_id:
            assert comments[comment.parent_id].created_at <= comment.created_at
    for answer in city.scalars(select(OfficialAnswer)):
        published = proposals[answer.proposal_id].published_at
        assert published
        assert published < answer.published_at <= now, proposals[answer.proposal_id].title
    for support in city.scalars(select(Support)):
        published = proposals[support.proposal_id].published_at
        assert published
        assert published <= support.created_at <= now
    assert city.scalar(select(func.max(AuditEntry.at))) <= now


def test_every_role_has_an_account_that_can_sign_in(app: Flask, city: Session) -> None:
    settings = app.config["SETTINGS"]
    cast = accounts.stored(settings.var)
    assert cast
    assert {account.role for account in cast} == {*(str(role) for role in Role), accounts.RESIDENT}
    assert {account.locale for account in cast if not account.is_staff} == set(settings.languages)
    processes = number(city, Process)
    for account in cast:
        person = city.scalars(select(Person).where(Person.email == account.email)).one()
        assert passwords.matches(person.password_hash, account.password)
        if account.is_staff:
            assert vault.open(person.totp_secret or "", person.id) == account.totp_secret
            assert person.totp_confirmed_at
        if account.is_staff and account.role != Role.ADMINISTRATOR:
            held = city.scalars(select(RoleAssignment.role).where(RoleAssignment.person_id == person.id)).all()
            assert held == [Role(account.role)] * processes
    assert len({account.password for account in cast}) == len(cast)
    assert stat.S_IMODE((settings.var / accounts.FILE).stat().st_mode) == 0o600


def test_the_table_shows_each_account_with_the_code_of_this_moment(app: Flask, city: Session) -> None:
    told = app.test_cli_runner().invoke(args=["demo", "accounts"])
    assert told.exit_code == 0
    for account in accounts.stored(app.config["SETTINGS"].var) or ():
        line = next(line for line in told.output.splitlines() if account.email in line)
        assert account.password in line
        if account.is_staff:
            code = line.split()[-2] + line.split()[-1]
            assert totp.matching_step(account.totp_secret, code, clock.now(), after=None)


def test_the_address_above_the_table_is_where_people_sign_in(app: Flask, browser: FlaskClient) -> None:
    base_url = app.config["SETTINGS"].base_url
    address = accounts.table((), base_url).splitlines()[0].split()[-1]
    page = browser.get(address.removeprefix(base_url))
    assert page.status_code == 200
    assert 'name="password"' in page.text


def test_moderators_find_a_queue_and_hidden_things_have_reasons(city: Session) -> None:
    states = Counter(city.scalars(select(Proposal.state)))
    assert states[ProposalState.PENDING] >= 3
    assert states[ProposalState.HIDDEN] >= 1
    hidings = city.scalars(select(Decision).where(Decision.verb == Verb.HIDE)).all()
    assert len(hidings) == states[ProposalState.HIDDEN] + 1  # and one comment
    assert all(decision.reason for decision in hidings)
    assert city.scalar(select(func.count()).where(Report.state == ReportState.OPEN)) >= 2


def test_votes_are_cast_and_the_finished_one_is_certified(city: Session) -> None:
    for pot in city.scalars(select(Pot)):
        opened = city.scalar(select(func.count()).where(Ballot.pot_id == pot.id))
        ballots = opened or envelopes_of(city, pot.id)
        here = (VotingParticipation.pot_id == pot.id, VotingParticipation.channel != Channel.PAPER)  # theirs are at the station
        taken_part = city.scalar(select(func.count()).where(*here))
        assert ballots == taken_part
        assert ballots
    finished = city.scalars(select(Pot).where(Pot.process_id == process(city, "light").id)).one()
    assert finished.state is PotState.CERTIFIED
    assert finished.result
    assert finished.result["supported"]
    won = [project.title["en"] for project in finished.projects if project.number in finished.result["winners"]]
    assert len(won) == 5, "the texts of the process speak of five winners"
    assert "Reading lamps at tram stops" in won
    open_pots = city.scalars(select(Pot).where(Pot.process_id == process(city, "corners").id)).all()
    assert [pot.state for pot in open_pots] == [PotState.READY] * 2
    assert all(pot.result is None for pot in open_pots)
    sources = set(city.scalars(select(ProjectProposal.proposal_id)))
    assert len(sources) >= 20


def test_the_finished_vote_can_be_counted_again_at_home(app: Flask, city: Session, tmp_path: Path) -> None:
    pot = city.scalars(select(Pot).where(Pot.process_id == process(city, "light").id)).one()
    box = box_of(city, pot.process_id)
    assert box
    assert box.state is BoxState.OPENED
    assert sealed(city, pot.id) == envelopes_of(city, pot.id) == 1187
    place = tmp_path / "package.zip"
    with app.app_context():
        place.write_bytes(b"".join(archive.stream(database.session(), pot)))
    ran = subprocess.run([sys.executable, verify.__file__, place], check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout
    assert "1187 ballots" in ran.stdout


def test_the_pages_tell_of_the_winners_what_the_texts_tell(city: Session) -> None:
    told = {
        found.implementation.title["en"]: found for found in map(carried, implementations_in(city, [process(city, "light").id]))
    }
    states = Counter(found.state for found in told.values())
    assert states == {MilestoneState.DONE: 4, MilestoneState.RUNNING: 1}
    late = told.pop("Reading lamps at tram stops")
    assert late.state is MilestoneState.RUNNING
    for found in told.values():
        sources = sources_of_implementation(city, found.implementation.id)
        answers = city.scalars(select(OfficialAnswer).where(OfficialAnswer.proposal_id.in_([one.id for one in sources])))
        assert found.spent in [answer.cost for answer in answers], found.implementation.title


def test_consents_were_given_refused_and_taken_back_and_data_was_used(city: Session) -> None:
    said = Counter(city.scalars(select(ConsentRecord.answer)))
    assert said[Answer.GIVEN] >= 5
    assert said[Answer.REFUSED] >= 2
    assert said[Answer.WITHDRAWN] >= 1
    aino = city.scalars(select(Person).where(Person.email == "aino@plaza.example")).one()
    assert city.scalars(select(Usage).where(Usage.person_id == aino.id)).all()


def test_pictures_are_there_with_words_for_those_who_do_not_see_them(city: Session) -> None:
    photos = city.scalars(select(Photo)).all()
    assert len(photos) >= 8
    for photo in photos:
        assert photo.alternative_text
        assert files.path(photo.key).exists()
        assert files.path(photo.thumbnail_key).exists()


def test_no_flood_of_letters_but_a_handful_in_the_mailbox(app: Flask, city: Session) -> None:
    assert number(city, OutboxRow) == 0
    assert 3 <= len(list((app.config["SETTINGS"].var / "mail").glob("*.eml"))) <= 12


def test_loading_twice_changes_nothing(app: Flask, city: Session) -> None:
    tables = [mapper.class_ for mapper in Model.registry.mappers]
    before = {table.__name__: number(city, table) for table in tables}
    secrets = (app.config["SETTINGS"].var / accounts.FILE).read_bytes()
    told = app.test_cli_runner().invoke(args=["demo", "load"])
    assert told.exit_code == 0
    assert "The demonstration city is there" in told.output
    assert {table.__name__: number(city, table) for table in tables} == before
    assert (app.config["SETTINGS"].var / accounts.FILE).read_bytes() == secrets


@pytest.mark.parametrize("path", ["/", "/processes", "/proposals", "/budgets", "/proposals/features.geojson", "/data"])
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_the_pages_of_the_city_open(browser: FlaskClient, path: str, locale: str) -> None:
    assert browser.get(path, headers={"Accept-Language": locale}).status_code == 200


def test_every_published_proposal_has_a_page(browser: FlaskClient, city: Session) -> None:
    for reference in city.scalars(select(Proposal.reference).where(Proposal.state == ProposalState.PUBLISHED)).all():
        assert browser.get(f"/proposals/{reference}").status_code == 200, reference


def test_when_the_file_of_passwords_is_lost_everybody_gets_a_new_one(app: Flask, city: Session) -> None:
    path = app.config["SETTINGS"].var / accounts.FILE
    before = {account.email: account.password for account in accounts.stored(path.parent) or ()}
    path.unlink()
    told = app.test_cli_runner().invoke(args=["demo", "load"])
    assert "everybody got a new one" in told.output
    for account in accounts.stored(path.parent) or ():
        assert account.password != before[account.email]
        person = city.scalars(select(Person).where(Person.email == account.email)).one()
        city.refresh(person)
        assert passwords.matches(person.password_hash, account.password)
