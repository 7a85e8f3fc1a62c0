"""Voting without an account on the pages: by code or by card, at home and at a public screen, and leaving nothing behind."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.budgets.models import Pot
from app.features.spaces.models import Process, ProcessState
from app.features.voting.commands import IssueCodes
from app.features.voting.keys.kept import kept_key
from app.features.voting.keys.keyring import Keyring
from app.features.voting.letters.spool import Spool
from app.features.voting.models import CodePrint, SlotMode, VotingCode, VotingParticipation, VotingSetup
from app.features.voting.use_cases import issue_codes
from app.kernel.permissions import SYSTEM, Channel, Role
from tests.factories import kiosk, spaces, voting
from tests.factories.tools import add


@pytest.fixture
def town(app, db):
    """A process with a list of two voters, a pot, and codes by number."""
    session = database.session()
    process = spaces.process("Vote on your street", open_for=["vote"])
    settings = app.config["SETTINGS"]
    secret, letters = Keyring(settings.keys).key(process.id, "voters", make=True), Spool(settings.var / "letters")
    for number in ("AB12345", "CD98765"):
        voting.listed(process, number, secret=secret)
    pot = voting.pot(process)
    printed = issue_codes(session, SYSTEM, IssueCodes(process.id, ("AB12345", "CD98765")), secret, letters)
    codes = {letter.number: letter.code for letter in letters.letters(printed.id)}
    session.commit()
    return process.id, pot.id, codes


def cast(client, pot_id, choice="1"):
    client.post(f"/voting/{pot_id}", data={"choice": [choice], "step": "review"})
    return client.post(f"/voting/{pot_id}/review", data={"choice": [choice]}, follow_redirects=True)


def test_somebody_votes_with_a_code_typed_in_small_letters(client, town, keyring):
    _process_id, pot_id, codes = town
    ways = client.get(f"/voting/{pot_id}")
    assert "With the code from my letter" in ways.text
    came_in = client.post("/voting/code", data={"code": f" {codes['AB12345'].lower().replace('-', ' ')} "})

    assert came_in.location == f"/voting/{pot_id}"
    done = cast(client, pot_id)

    assert "Your ballot is cast" in done.text
    assert "Your receipt" in done.text
    assert voting.inside(database.session.get_one(Pot, pot_id), keyring) == ["1"]
    assert "You have voted" in client.get(f"/voting/{pot_id}").text


def test_somebody_votes_with_card_and_date_of_birth(client, town, keyring):
    process_id, pot_id, _codes = town
    wrong = client.post(f"/voting/card/{process_id}", data={"number": "AB12345", "born": "1951-06-29"})
    right = client.post(f"/voting/card/{process_id}", data={"number": "AB12345", "born": "30.6.1951"})

    assert wrong.status_code == 422
    assert right.location == f"/voting/{pot_id}"
    assert "Your ballot is cast" in cast(client, pot_id).text


@pytest.mark.parametrize("typed", ["", "7KXM", "x" * 300, "7KXM-7KXM-7KXM-7KXM"])
def test_what_is_no_code_of_ours_is_refused_and_lets_nobody_in(client, town, typed):
    assert client.post("/voting/code", data={"code": typed}).status_code == 422
    assert client.get("/voting/yours").status_code == 302


def test_guessing_codes_gets_slow_and_never_keeps_a_right_code_out(client, town):
    from app.features.voting.letters.code import new_code

    _process_id, pot_id, codes = town
    answers = [client.post("/voting/code", data={"code": new_code()}).status_code for _ in range(6)]

    assert answers[0] == 422
    assert 429 in answers
    assert client.post("/voting/code", data={"code": codes["AB12345"]}).location == f"/voting/{pot_id}"


def test_guessing_dates_of_birth_gets_slow_and_leaves_the_code_open(client, town):
    process_id, pot_id, codes = town
    guesses = [
        client.post(f"/voting/card/{process_id}", data={"number": "AB12345", "born": f"1951-07-{day:02}"}).status_code
        for day in range(1, 7)
    ]

    assert 429 in guesses
    assert client.post("/voting/code", data={"code": codes["AB12345"]}).location == f"/voting/{pot_id}"


def test_a_right_card_in_between_does_not_let_a_network_guess_others_for_ever(clock, client, town):
    process_id, _pot_id, _codes = town

    def enter(number, born="1951-06-30"):
        return client.post(f"/voting/card/{process_id}", data={"number": number, "born": born}).status_code

    answers = [enter(*card) for one in range(5) for card in ((f"ZZ1000{one}",), (f"ZZ2000{one}",), ("AB12345", "1951-06-30"))]
    assert answers[:4] == [422, 422, 303, 422]
    assert 429 in answers

    clock.advance(minutes=16)
    assert [enter("AB12345") for _ in range(4)] == [303] * 4  # right ones wait for nobody, and cost nothing


def test_finishing_forgets_the_voter_and_the_choices(client, town):
    _process_id, pot_id, codes = town
    client.post("/voting/code", data={"code": codes["AB12345"]})
    client.post(f"/voting/{pot_id}", data={"choice": ["1"], "step": "review"})
    client.post("/voting/finish")

    assert client.get("/voting/yours").status_code == 302
    assert client.get_cookie(f"ballot-{pot_id}") is None
    client.post("/voting/code", data={"code": codes["CD98765"]})
    assert " checked" not in client.get(f"/voting/{pot_id}").text


def test_without_a_click_for_an_hour_the_voter_is_forgotten(clock, client, town):
    _process_id, _pot_id, codes = town
    client.post("/voting/code", data={"code": codes["AB12345"]})
    clock.advance(minutes=59)
    assert client.get("/voting/yours").status_code == 200
    clock.advance(minutes=59)
    assert client.get("/voting/yours").status_code == 200
    clock.advance(minutes=61)

    assert client.get("/voting/yours").status_code == 302


def test_at_a_public_screen_the_ballot_counts_there_and_the_reset_forgets_the_voter(client, town):
    _process_id, pot_id, codes = town
    kiosk.become(client)
    client.post("/voting/code", data={"code": codes["AB12345"]})
    cast(client, pot_id)
    client.post("/kiosk/reset")

    assert database.session.query(VotingParticipation).one().channel is Channel.KIOSK
    assert client.get("/voting/yours").status_code == 302


def test_nothing_in_the_browser_names_the_voter(client, town):
    _process_id, _pot_id, codes = town
    client.post("/voting/code", data={"code": codes["AB12345"]})
    key = database.session.query(VotingCode).first().voter_key

    from flask.sessions import SecureCookieSessionInterface

    opener = SecureCookieSessionInterface().get_signing_serializer(client.application)
    kept = str(opener.loads(client.get_cookie("plaza").value))
    assert "voter" in kept
    assert key not in kept
    assert codes["AB12345"] not in kept


def test_a_voter_of_several_pots_sees_them_all_and_what_is_left(client, town):
    process_id, pot_id, codes = town
    add(VotingSetup(process_id=process_id, slots=SlotMode.ONE))
    other = voting.pot(database.session.get_one(Pot, pot_id) and _process(process_id), title={"en": "Parks"})
    other_id = other.id
    came_in = client.post("/voting/code", data={"code": codes["AB12345"]})
    assert came_in.location == "/voting/yours"
    assert "You may vote in one pot of this vote" in client.get("/voting/yours").text
    cast(client, other_id)

    assert "You have voted in “Parks”. Everybody votes in one pot of this vote." in client.get(f"/voting/{pot_id}").text
    assert "You have voted in “Parks”" in client.get(f"/budgets/{pot_id}").text
    assert client.post(f"/voting/{pot_id}/review", data={"choice": ["1"]}).status_code == 409


@pytest.mark.parametrize("state", ["draft", "rehearsal"])
def test_the_way_in_by_card_of_a_process_that_nobody_sees_is_not_there(client, as_role, town, state):
    process_id, _pot_id, _codes = town
    hidden = _process(process_id)
    if state == "rehearsal":
        secret = Keyring(client.application.config["SETTINGS"].keys).key(process_id, "voters")
        hidden = spaces.process("Copy", open_for=["vote"], state="draft", rehearsal_of=process_id)
        voting.listed(hidden, "AB12345", secret=secret)
    hidden.title, hidden.state = {"en": "Secret draft"}, ProcessState.DRAFT
    database.session.commit()
    address = f"/voting/card/{hidden.id}"

    for answer in (client.get(address), client.post(address, data={"number": "AB12345", "born": "1951-06-30"})):
        assert answer.status_code == 404
        assert "Secret draft" not in answer.text
    assert as_role(Role.ADMINISTRATOR).get(address).status_code == 200


def test_finishing_takes_drafts_out_of_the_browser(client, town):
    _process_id, pot_id, codes = town
    client.post("/voting/code", data={"code": codes["AB12345"]})

    for page in (f"/voting/{pot_id}", "/voting/yours"):
        forms = re.findall(
            r'<div data-module="forget-ballots"><form method="post" action="/voting/finish"', client.get(page).text
        )
        assert len(forms) == 1


def _process(process_id):
    from app.features.spaces.models import Process

    return database.session.get_one(Process, process_id)


def test_once_the_key_is_destroyed_codes_mean_nothing_and_the_desk_says_so(app, as_role, client, town):
    process_id, _pot_id, codes = town
    clerk = as_role(Role.CLERK, _process(process_id))
    Keyring(app.config["SETTINGS"].keys).destroy(process_id, "voters")

    assert client.post("/voting/code", data={"code": codes["AB12345"]}).status_code == 422
    assert clerk.post(f"/staff/desk/voter/{process_id}", data={"number": "AB12345", "step": "look"}).status_code == 409


def test_whoever_is_signed_in_can_vote_with_the_code_of_a_letter_too(as_role, town, keyring):
    _process_id, pot_id, codes = town
    client = as_role("resident")
    assert "code from your letter" in client.get(f"/voting/{pot_id}/who").text
    client.post("/voting/code", data={"code": codes["AB12345"]})

    assert "Your ballot is cast" in cast(client, pot_id).text


def test_staff_make_letters_print_them_and_delete_the_file(as_role, town):
    process_id, _pot_id, _codes = town
    client = as_role(Role.COMMITTEE, _process(process_id))
    upload = {"file": (io.BytesIO(b"number,born\nAB12345,1951-06-30\n"), "voters.csv"), "renew": "y"}
    made = client.post(f"/staff/letters/{process_id}/issue", data=upload, follow_redirects=True)
    assert "1 code was made" in made.text
    printed = database.session.query(CodePrint).filter_by(letters=1).one().id

    pdf = client.get(f"/staff/letters/file/{printed}-1.pdf")
    table = client.get(f"/staff/letters/file/{printed}.csv")
    assert pdf.data.startswith(b"%PDF")
    assert pdf.headers["Cache-Control"] == "no-store"
    assert table.text.startswith("number,code\r\nAB12345,")
    assert client.get(f"/staff/letters/file/{printed}-2.pdf").status_code == 404
    assert "The vote has begun, and a print file with codes is still here" in made.text
    client.post(f"/staff/letters/file/{printed}/delete")

    assert client.get(f"/staff/letters/file/{printed}.csv").status_code == 404
    assert "Deleted:" in client.get(f"/staff/letters/{process_id}").text


def test_a_file_with_unknown_numbers_makes_nothing_and_says_which_lines(as_role, town):
    process_id, _pot_id, _codes = town
    client = as_role(Role.COMMITTEE, _process(process_id))
    for form, field in (("issue", "file"), ("undelivered", "came_back")):
        upload = {field: (io.BytesIO(b"number\nAB12345\nZZ99999\n"), "voters.csv")}
        page = client.post(f"/staff/letters/{process_id}/{form}", data=upload)
        assert page.status_code == 422
        assert "one of these numbers is not on the list" in page.text
        assert "ZZ99999" not in page.text
    assert database.session.query(CodePrint).count() == 1


def test_a_clerk_replaces_a_lost_code_and_shows_it_once(as_role, town):
    process_id, pot_id, codes = town
    client = as_role(Role.CLERK, _process(process_id))
    looked = client.post(f"/staff/desk/voter/{process_id}", data={"number": "ab 12345", "step": "look"})
    assert "In force" in looked.text
    asked = client.post(f"/staff/desk/voter/{process_id}", data={"number": "AB12345", "step": "renew"})
    assert "is void from now on" in asked.text
    page = client.post(f"/staff/desk/voter/{process_id}", data={"number": "AB12345", "step": "renew", "sure": "yes"})

    new = page.text.split('<code dir="ltr">')[1].split("<")[0]
    assert client.post("/voting/code", data={"code": codes["AB12345"]}).status_code == 422
    assert client.post("/voting/code", data={"code": new}).location == f"/voting/{pot_id}"
    assert new not in client.post(f"/staff/desk/voter/{process_id}", data={"number": "AB12345", "step": "look"}).text


@pytest.mark.parametrize("step", ["renew", "void", "undelivered"])
def test_no_code_ends_before_the_clerk_was_asked(as_role, client, town, step):
    process_id, pot_id, codes = town
    clerk = as_role(Role.CLERK, _process(process_id))
    data = {"number": "AB12345", "step": step}

    asked = clerk.post(f"/staff/desk/voter/{process_id}", data=data)
    assert "This is what will happen" in asked.text
    assert 'name="number" value="AB12345"' in asked.text
    assert client.post("/voting/code", data={"code": codes["AB12345"]}).location == f"/voting/{pot_id}"

    clerk.post(f"/staff/desk/voter/{process_id}", data={**data, "sure": "yes"})
    assert client.post("/voting/code", data={"code": codes["AB12345"]}).status_code == 422


def test_without_a_list_the_look_up_turns_nobody_away_and_says_what_was_cast(as_role):
    first = voting.pot(title={"en": "Streets"})
    process = _process(first.process_id)
    voting.pot(process, title={"en": "Squares"})
    clerk, first_id, process_id = as_role(Role.CLERK, process), first.id, process.id
    clerk.post(f"/staff/desk/{first_id}", data={"number": "AB12345", "choices": "1", "step": "cast"})

    page = clerk.post(f"/staff/desk/voter/{process_id}", data={"number": "ab 12345", "step": "look"}).text
    assert "This vote has no list of voters" in page
    assert "not on the list" not in page
    said = dict(re.findall(r"<li>(Streets|Squares): .*?(A ballot was cast|No ballot was cast with this number)<", page))
    assert said == {"Streets": "A ballot was cast", "Squares": "No ballot was cast with this number"}


def test_how_people_vote_is_saved_before_a_ballot_is_fixed_and_shown_afterwards(as_role, clock):
    process = voting.process_with_roll("AB12345", opens_in=3)
    process_id = process.id
    client = as_role(Role.COMMITTEE, process)
    saved = client.post(
        f"/staff/how-people-vote/{process_id}",
        data={"slots": "one", "by_code": "y", "custody": "server"},
        follow_redirects=True,
    )
    assert "Saved." in saved.text
    voting.pot(_process(process_id))
    database.session.commit()

    page = client.get(f"/staff/how-people-vote/{process_id}").text
    assert "In one pot of their choice" in page
    assert "With the number of the residence card" not in page
    assert client.post(f"/staff/how-people-vote/{process_id}", data={"slots": "all", "custody": "server"}).status_code == 409


def test_who_keeps_the_key_is_never_chosen_by_saying_nothing(as_role):
    process = voting.process_with_roll("AB12345", opens_in=3)
    address, client = f"/staff/how-people-vote/{process.id}", as_role(Role.COMMITTEE, process)
    assert not re.search(r'name="custody"[^>]* checked', client.get(address).text)
    refused = client.post(address, data={"slots": "one", "by_code": "y"})
    assert refused.status_code == 422
    assert "Choose one of these." in refused.text
    assert database.session.scalars(select(VotingSetup)).first() is None

    client.post(address, data={"slots": "one", "by_code": "y", "custody": "committee"})
    assert re.search(r'name="custody"[^>]* value="committee"[^>]* checked', client.get(address).text)
    for sent in ({"slots": "all"}, {"custody": "server"}):  # what is stored is no answer either
        assert client.post(address, data=sent).status_code == 422
    stored = database.session.scalars(select(VotingSetup)).one()
    assert (stored.slots, stored.custody) == ("one", "committee")


@pytest.mark.parametrize("state", [ProcessState.DRAFT, ProcessState.PUBLISHED])
def test_whoever_types_the_code_too_early_is_told_when_the_vote_begins(app, client, clock, state):
    process = spaces.process("Vote on your street", open_for=None, state=state)
    process_id = process.id
    settings = app.config["SETTINGS"]
    secret, letters = Keyring(settings.keys).key(process.id, "voters", make=True), Spool(settings.var / "letters")
    voting.listed(process, "AB12345", secret=secret)
    printed = issue_codes(database.session(), SYSTEM, IssueCodes(process.id, ("AB12345",)), secret, letters)
    typed = {"code": next(iter(letters.letters(printed.id))).code}
    database.session.commit()
    assert "Keep the letter until the vote begins." in client.post("/voting/code", data=typed).text

    opens = clock.now + timedelta(days=3)
    spaces.phase(_process(process_id), "Vote", actions=["vote"], starts_at=opens, ends_at=opens + timedelta(days=20))
    database.session.commit()
    early = client.post("/voting/code", data=typed)

    assert early.status_code >= 400
    assert "You can vote from" in early.text
    assert "Keep the letter until then." in early.text


def test_without_a_list_the_pages_say_what_holds_and_offer_no_import_while_people_vote(as_role):
    pot = voting.pot()
    process_id = pot.process_id
    database.session.commit()
    client = as_role(Role.COMMITTEE, _process(process_id))

    page = client.get(f"/staff/how-people-vote/{process_id}").text
    assert "With any account, and any card number" in page
    assert "With the code of a letter" not in page
    page = client.get(f"/staff/voters/{process_id}").text
    assert "Import a list" not in page
    assert "The vote has begun, so the list of voters stays as it is." in page


def test_the_lost_key_of_one_vote_keeps_nobody_out_of_another(app, client, session, db):
    settings = app.config["SETTINGS"]
    keys, letters = Keyring(settings.keys), Spool(settings.var / "letters")
    typed = {}
    for name in ("lost", "kept"):
        process = voting.pot().process_id
        secret = kept_key(session, keys, process, "voters")
        voting.listed(session.get(Process, process), "AB12345", secret=secret)
        printed = issue_codes(session, SYSTEM, IssueCodes(process, ("AB12345",)), secret, letters)
        typed[name] = {"code": next(iter(letters.letters(printed.id))).code}
        if name == "lost":
            (settings.keys / f"{process}.voters").unlink()
    session.commit()

    assert client.post("/voting/code", data=typed["kept"]).status_code == 303
    assert client.post("/voting/code", data=typed["lost"]).status_code == 503
