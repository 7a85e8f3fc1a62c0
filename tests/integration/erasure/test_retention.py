"""What is removed by itself: told before, removed at night, and the page says what the program does."""

from datetime import timedelta

import pytest
from sqlalchemy import select

import config
from app.extensions import db
from app.features.accounts.models import Person, SignInLink
from app.features.consents.models import Usage
from app.features.erasure import nightly
from app.features.erasure.manage_routes import NIGHT, next_run
from app.features.erasure.models import Erasure, ErasureState, Origin, RetentionRun
from app.features.erasure.nightly import take_up
from app.features.erasure.use_cases.keeping import forecast
from app.features.notifications.tasks import empty_outbox
from app.features.proposals.models import GuestContact, ProposalState
from app.kernel import retention
from app.kernel.erasure_ledger import ledger
from app.kernel.files import files
from app.kernel.one_by_one import SomeFailed
from app.kernel.permissions import Role
from tests.factories import accounts, consents, proposals, spaces
from tests.factories.tools import add


def rule(name: str) -> retention.Rule:
    return next(one for one in retention.rules() if one.name == name)


def test_what_is_foretold_is_what_is_removed(session, clock):
    accounts.link()
    proposals.draft(author=None)
    proposals.proposal(state=ProposalState.WITHDRAWN, withdrawn_from="draft", changed_at=clock.now)
    session.commit()
    clock.advance(days=40)
    foretold = {one.rule.name: one.removes for one in nightly.would() if one.removes}
    assert foretold == {"links": 1, "guest_drafts": 1, "drafts_thrown_away": 1}

    done = nightly.run()

    assert {name: removed for name, (removed, _) in done.items() if removed} == foretold
    assert nightly.would()
    assert not any(one.removes for one in nightly.would())
    assert {run.rule for run in db.session().scalars(select(RetentionRun)) if run.removed} == set(foretold)


def test_usages_go_after_two_years_and_those_under_a_consent_in_force_stay(session, clock):
    person, agreement = accounts.person(), consents.agreement()
    consents.consent(agreement, person)
    old = clock.now - timedelta(days=731)
    consents.usage(person, at=old, kind="desk")
    consents.usage(person, at=old, agreement_id=agreement.id)
    consents.usage(person, kind="desk")
    session.commit()
    before = retention.cut_off(rule("usages"), clock.now)
    assert rule("usages").count(session, before) == 1

    assert nightly.run(frozenset({"usages"})) == {"usages": (1, 0)}

    assert rule("usages").count(session, before) == 0
    left = sorted((usage.agreement_id == agreement.id, usage.at == old) for usage in db.session().scalars(select(Usage)))
    assert left == [(False, False), (True, True)]


def test_the_page_says_what_the_next_night_removes_and_changes_nothing(as_role, session, clock):
    accounts.link()
    session.commit()
    clock.advance(days=2, hours=1)
    client = as_role(Role.STEWARD, spaces.process())
    page = client.get("/staff/erasing/rules").text

    assert "Links that were sent by mail" in page
    when = next_run(clock.now, "Europe/Helsinki")
    assert forecast(db.session(), rule("links"), when).removes == 1
    assert db.session().query(SignInLink).count() == 1


def test_the_public_page_lists_the_rules_about_residents(client):
    page = client.get("/my-data/kept").text

    assert all(str(one.what) in page.replace("&#39;", "'") for one in retention.rules() if one.public)
    assert "Notes on what was removed each night" not in page


def test_an_unused_account_is_told_a_month_before_and_then_erased(session, clock, mailbox):
    email = accounts.person().email
    session.commit()
    clock.advance(days=699)
    assert nightly.run(frozenset({"accounts"})) == {"accounts": (0, 0)}
    clock.advance(days=2)
    assert nightly.would()[0].tells == 1
    assert nightly.run(frozenset({"accounts"})) == {"accounts": (0, 1)}
    assert nightly.run(frozenset({"accounts"})) == {"accounts": (0, 0)}
    assert "because nobody uses it" in mailbox.to(email)[-1]["Subject"]
    clock.advance(days=31)

    assert nightly.run(frozenset({"accounts"})) == {"accounts": (1, 0)}
    assert take_up(stalled_only=False) == 1

    erasure = db.session().query(Erasure).one()
    assert (erasure.origin, erasure.state) == (Origin.UNUSED, ErasureState.DONE)
    assert db.session().query(Person).filter_by(email=email).count() == 0


def test_whoever_signs_in_after_the_letter_keeps_the_account(app, session, clock):
    person_id = accounts.person().id
    session.commit()
    clock.advance(days=701)
    nightly.run(frozenset({"accounts"}))
    client = app.test_client()
    accounts.sign_in(client, db.session().get(Person, person_id))
    clock.advance(days=31)

    assert nightly.run(frozenset({"accounts"})) == {"accounts": (0, 0)}


def test_a_browser_that_stays_signed_in_counts_as_use(as_role, session, clock):
    client = as_role("resident")
    person_id = client.person.id
    clock.advance(days=2)
    client.get("/my-data")

    assert db.session().get(Person, person_id).last_used_at == clock.now


def test_staff_and_people_without_an_address_are_never_unused(session, clock):
    accounts.staff(Role.MODERATOR, spaces.process())
    accounts.staff(Role.ADMINISTRATOR)
    accounts.person(email=None)
    session.commit()
    clock.advance(days=2000)

    assert forecast(db.session(), rule("accounts"), clock.now).tells == 0


def test_how_to_reach_a_guest_goes_with_the_proposal_that_they_took_back(session, clock):
    """Whoever made it on paper has no account to erase: what the city was told to reach them goes when it is of no use."""
    process = spaces.process()
    kept, _token = proposals.guest_proposal(process, email="kept@example.org")
    gone, _token = proposals.guest_proposal(process, email="gone@example.org")
    gone.state, gone.withdrawn_from, gone.changed_at = ProposalState.WITHDRAWN, "published", clock.now
    session.commit()
    rules = frozenset({"guest_contacts_taken_back"})
    clock.advance(days=6)
    assert nightly.run(rules) == {"guest_contacts_taken_back": (0, 0)}, "they can still bring it back"
    clock.advance(days=2)
    assert nightly.run(rules) == {"guest_contacts_taken_back": (1, 0)}
    assert [one.proposal_id for one in db.session().query(GuestContact)] == [kept.id]


def test_answers_on_paper_are_not_kept_for_ever(session, clock):
    """An account that nobody uses goes after two years; whoever has none and allows nothing any more has that right, too."""
    agreement = consents.agreement(months=12)
    over, allows, writes = (accounts.person(email=None, display_name=name) for name in ("Over", "Allows", "Writes"))
    for person in (over, allows, writes):
        consents.consent(agreement, person)
    picture = consents.paper(agreement, over).key
    proposals.proposal(spaces.process(), author=writes)
    process = spaces.process()
    staff = accounts.staff(Role.CLERK, process, email=None)
    consents.consent(agreement, staff)
    session.commit()
    clock.advance(days=360)
    consents.consent(agreement, session.get_one(Person, allows.id))
    session.commit()
    rules = frozenset({"answers_without_account"})
    clock.advance(days=380)
    assert nightly.run(rules) == {"answers_without_account": (1, 0)}, "that of a year ago has ended by itself, unnoticed"
    take_up(stalled_only=False)
    empty_outbox()
    left = {one.display_name for one in db.session().query(Person)}
    assert "Over" not in left
    assert {"Allows", "Writes", staff.display_name} <= left
    assert not files.path(picture).exists()
    assert nightly.run(rules) == {"answers_without_account": (0, 0)}


def test_how_to_reach_guests_goes_a_year_after_the_process_has_ended(session, clock):
    process = spaces.process()
    proposals.guest_proposal(process, email="guest@example.org")
    ends = max(phase.ends_at for phase in process.phases)
    session.commit()
    clock.set(ends + timedelta(days=364))
    assert nightly.run(frozenset({"guest_contacts"})) == {"guest_contacts": (0, 0)}
    clock.advance(days=2)

    assert nightly.run(frozenset({"guest_contacts"})) == {"guest_contacts": (1, 0)}
    assert db.session().query(GuestContact).count() == 0


def test_a_rule_that_fails_stops_no_other_and_is_shown(as_role, session, clock, monkeypatch):
    accounts.link()
    session.commit()
    clock.advance(days=40)

    def broken(*_args):
        raise RuntimeError("secret words")

    monkeypatch.setitem(retention._rules, "attempts", retention.Rule("attempts", *[rule("links").what] * 3, 1, broken, broken))
    with pytest.raises(SomeFailed):
        nightly.run()

    assert db.session().query(SignInLink).count() == 0
    page = as_role(Role.STEWARD, spaces.process())
    monkeypatch.undo()
    text = page.get("/staff/erasing/rules").text
    assert "RuntimeError" in text
    assert "secret words" not in text


def test_days_are_set_by_name_and_checked(app, clock):
    try:
        retention.set_days({"links": "5", "outbox": "never"})
        assert retention.days_of(rule("links")) == 5
        assert retention.cut_off(rule("outbox"), clock.now) is None
        for wrong in ({"lniks": "5"}, {"links": "soon"}, {"drafts_thrown_away": "1"}):
            with pytest.raises(ValueError, match=next(iter(wrong))):
                retention.set_days(wrong)
    finally:
        retention.set_days({})
    assert config.from_environment({"PLAZA_ENV": "testing", "PLAZA_KEEP_DAYS": "links=5, outbox=never"}).keep_days == {
        "links": "5",
        "outbox": "never",
    }
    with pytest.raises(config.ConfigurationError):
        config.from_environment({"PLAZA_ENV": "testing", "PLAZA_KEEP_DAYS": "links"})


def test_ledger_lines_go_when_every_backup_is_older(session, clock):
    ledger.path.unlink(missing_ok=True)
    ledger.add(accounts.person().id)
    clock.advance(days=89)
    assert nightly.run(frozenset({"ledger"})) == {"ledger": (0, 0)}
    clock.advance(days=2)

    assert nightly.run(frozenset({"ledger"})) == {"ledger": (1, 0)}
    assert list(ledger.entries()) == []


def test_old_notes_and_requests_nobody_confirmed_go(session, clock):
    add(Erasure(origin=Origin.OWN, state=ErasureState.DONE, done_at=clock.now))
    add(Erasure(person_id=accounts.person().id, origin=Origin.OWN, state=ErasureState.ASKED))
    session.commit()
    clock.advance(days=8)
    assert nightly.run(frozenset({"requests"})) == {"requests": (1, 0)}
    clock.advance(days=1200)

    assert nightly.run(frozenset({"erasures"})) == {"erasures": (2, 0)}


def test_the_commands_list_try_and_run(app, session, clock):
    accounts.link()
    session.commit()
    clock.advance(days=10)
    run = app.test_cli_runner().invoke
    assert "links: Links that were sent by mail" in run(args=["retention", "list"]).output
    assert "links: would remove 1" in run(args=["retention", "run", "--dry-run", "--rule", "links"]).output
    assert run(args=["retention", "run", "--rule", "links"]).output == "links: removed 1, told 0\n"
    assert run(args=["retention", "run", "--rule", "lniks"]).exit_code == 1


def test_the_page_names_the_hour_at_which_the_worker_runs():
    from app.extensions import celery

    schedule = celery.conf.beat_schedule["erasure.retention"]["schedule"]
    assert (schedule.hour, schedule.minute) == ({NIGHT[0]}, {NIGHT[1]})
