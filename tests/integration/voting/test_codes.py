"""Codes by letter: what they look like, what is kept of them, when they count, and voting with one without an account."""

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.budgets.choices import Choices
from app.features.voting.commands import CastAtDesk, CastBallot, EnterCode, Identify, IssueCodes, WriteSetup
from app.features.voting.letters.code import ALPHABET, LENGTH, grouped, new_code, read_code
from app.features.voting.letters.spool import Spool
from app.features.voting.models import CodePrint, CodeState, Envelope, VoterIdentity, VotingCode, VotingParticipation
from app.features.voting.rules import voter_key
from app.features.voting.use_cases import (
    UnknownCode,
    Unlisted,
    cast_at_desk,
    cast_ballot,
    delete_print,
    enter_card,
    enter_code,
    identify,
    issue_codes,
    mark_undelivered,
    mark_undelivered_letters,
    renew_code,
    void_code,
)
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.permissions import ANONYMOUS, SYSTEM, Actor, Channel, Role
from tests.factories import accounts, spaces, voting
from tests.factories.tools import add

SECRET = voting.SECRET


@pytest.fixture
def spool(tmp_path):
    return Spool(tmp_path / "letters")


def secret_of(_process_id):
    return SECRET


def letters(session, process, numbers, spool, **renew):
    made = issue_codes(session, SYSTEM, IssueCodes(process.id, tuple(numbers), **renew), SECRET, spool)
    return {letter.number: letter.code for letter in spool.letters(made.id)}


def test_a_code_has_74_random_bits_and_none_of_the_easily_mistaken_characters():
    codes = {new_code() for _ in range(500)}

    assert len(codes) == 500
    assert {len(code) for code in codes} == {LENGTH}
    assert len(ALPHABET) ** (LENGTH - 1) > 2**74
    assert not set("0O1LQ") & set("".join(codes))


def test_every_wrong_character_and_every_two_that_changed_places_are_found():
    for code in (new_code() for _ in range(20)):
        for at in range(LENGTH):
            for other in set(ALPHABET) - {code[at]}:
                with pytest.raises(Refused):
                    read_code(code[:at] + other + code[at + 1 :])
            if at and code[at] != code[at - 1]:
                with pytest.raises(Refused):
                    read_code(code[: at - 1] + code[at] + code[at - 1] + code[at + 1 :])


def test_a_code_is_read_however_it_is_typed():
    code = new_code()
    typed = [code, code.lower(), grouped(code), " " + grouped(code).replace("-", " – ") + ".", code.replace("I", "1"),
             code.replace("I", "l"), code.replace("D", "0"), code.replace("D", "o"), "".join(map(_wide, code))]  # fmt: skip

    assert {read_code(text) for text in typed} == {code}


def _wide(character):
    return chr(ord(character) + 0xFEE0)


@pytest.mark.parametrize("typed", ["", "7KXM", "7KXM" * 5, "ÄÖÜß" * 4, "\0" * 16, "-" * 16])
def test_what_is_no_code_is_refused_and_not_repeated(typed):
    with pytest.raises(Refused) as refused:
        read_code(typed)
    assert "7KXM" not in str(refused.value)


def test_the_database_keeps_neither_numbers_nor_codes(session, spool):
    process = voting.process_with_roll("AB12345", "CD98765")
    codes = letters(session, process, ["AB12345", "CD98765"], spool)
    session.flush()

    assert len(set(codes.values())) == 2
    kept = str(
        [session.execute(select(table)).all() for table in (VotingCode.__table__, CodePrint.__table__, AuditEntry.__table__)]
    )
    for text in (*codes, *codes.values(), *(code.replace("-", "") for code in codes.values())):
        assert text not in kept


def test_a_voter_casts_with_a_code_and_without_an_account(session, keyring, spool):
    process = voting.process_with_roll("AB12345")
    pot = voting.pot(process)
    codes = letters(session, process, ["AB12345"], spool)

    voter = enter_code(session, ANONYMOUS, EnterCode(codes["AB12345"].lower()), secret_of)
    cast_ballot(session, voter, CastBallot(pot.id, Choices(("1",))), keyring)

    assert voting.inside(pot, keyring) == ["1"]
    with pytest.raises(Conflict):
        cast_ballot(session, voter, CastBallot(pot.id, Choices(("2",))), keyring)
    with pytest.raises(Conflict):
        cast_at_desk(session, voting.clerk(pot), CastAtDesk(pot.id, "AB12345", Choices(("2",)), "1951-06-30"), SECRET, keyring)


def test_the_same_envelope_of_a_code_again_gets_the_same_receipt(session, keyring, spool):
    process = voting.process_with_roll("AB12345")
    pot = voting.pot(process)
    code = letters(session, process, ["AB12345"], spool)["AB12345"]
    command = CastBallot(pot.id, Choices(("1",)))

    receipts = {
        cast_ballot(session, enter_code(session, ANONYMOUS, EnterCode(code), secret_of), command, keyring) for _ in range(3)
    }

    assert len(receipts) == 1
    assert session.query(Envelope).count() == 1


def test_a_newer_code_voids_the_old_one_and_the_old_one_says_so(session, keyring, spool):
    process = voting.process_with_roll("AB12345")
    pot = voting.pot(process)
    old = letters(session, process, ["AB12345"], spool)["AB12345"]
    came_in = enter_code(session, ANONYMOUS, EnterCode(old), secret_of)
    new = renew_code(session, voting.clerk(pot), process.id, "AB 123 45", SECRET)

    with pytest.raises(Refused, match="This code is void"):
        enter_code(session, ANONYMOUS, EnterCode(old), secret_of)
    with pytest.raises(Refused, match="This code is void"):
        cast_ballot(session, came_in, CastBallot(pot.id, Choices(("1",))), keyring)
    cast_ballot(
        session, enter_code(session, ANONYMOUS, EnterCode(new), secret_of), CastBallot(pot.id, Choices(("1",))), keyring
    )
    assert session.query(VotingParticipation).count() == 1


@pytest.mark.parametrize(
    ("end", "words"), [(void_code, "This code is void"), (mark_undelivered, "came back to us")], ids=["voided", "undelivered"]
)
def test_a_code_that_a_clerk_ended_says_why(session, spool, end, words):
    process = voting.process_with_roll("AB12345")
    pot = voting.pot(process)
    code = letters(session, process, ["AB12345"], spool)["AB12345"]
    end(session, voting.clerk(pot), process.id, "AB12345", SECRET)

    with pytest.raises(Refused, match=words):
        enter_code(session, ANONYMOUS, EnterCode(code), secret_of)
    with pytest.raises(Conflict):
        end(session, voting.clerk(pot), process.id, "AB12345", SECRET)


def test_codes_are_made_for_those_without_one_or_for_everybody_anew(session, spool):
    process = voting.process_with_roll("AB12345", "CD98765")
    first = letters(session, process, ["AB12345"], spool)
    rest = letters(session, process, ["AB12345", "CD98765"], spool)
    anew = letters(session, process, ["AB12345", "CD98765"], spool, renew=True)

    assert (set(first), set(rest), set(anew)) == ({"AB12345"}, {"CD98765"}, {"AB12345", "CD98765"})
    assert issue_codes(session, SYSTEM, IssueCodes(process.id, ("AB12345",)), SECRET, spool) is None
    states = [code.state for code in session.query(VotingCode)]
    assert (states.count(CodeState.ISSUED), states.count(CodeState.VOIDED)) == (2, 2)


def test_a_number_that_is_not_listed_makes_no_codes_at_all(session, spool):
    process = voting.process_with_roll("AB12345")

    with pytest.raises(Unlisted) as refused:
        issue_codes(session, SYSTEM, IssueCodes(process.id, ("AB12345", "ZZ99999")), SECRET, spool)

    assert refused.value.places == (2,)
    assert session.query(VotingCode).count() == 0
    assert not spool.folder.exists() or not list(spool.folder.iterdir())


def test_letters_that_came_back_are_marked_together(session, spool):
    process = voting.process_with_roll("AB12345", "CD98765", "EF55555")
    letters(session, process, ["AB12345", "CD98765"], spool)

    assert mark_undelivered_letters(session, SYSTEM, process.id, ["AB12345", "CD98765", "EF55555"], SECRET) == 2
    with pytest.raises(Unlisted):
        mark_undelivered_letters(session, SYSTEM, process.id, ["ZZ99999"], SECRET)


def test_deleting_the_print_file_removes_it_and_is_recorded_once(session, spool):
    process = voting.process_with_roll("AB12345")
    letters(session, process, ["AB12345"], spool)
    (printed,) = session.query(CodePrint)
    assert spool.path(printed.id).stat().st_mode & 0o077 == 0

    delete_print(session, SYSTEM, printed.id, spool)
    delete_print(session, SYSTEM, printed.id, spool)

    session.flush()
    assert spool.path(printed.id) is None
    assert printed.deleted_at is not None
    assert [entry.action for entry in session.query(AuditEntry)].count("codes.print_deleted") == 1


def test_a_code_of_one_process_opens_no_other(session, keyring, spool):
    process = voting.process_with_roll("AB12345")
    code = letters(session, process, ["AB12345"], spool)["AB12345"]
    other = voting.pot(spaces.process("Another vote", open_for=["vote"]))

    with pytest.raises(NotFound):
        cast_ballot(
            session, enter_code(session, ANONYMOUS, EnterCode(code), secret_of), CastBallot(other.id, Choices(())), keyring
        )


def test_looking_for_a_code_walks_through_no_list_of_codes(session, spool, query_counter):
    letters(session, voting.process_with_roll("AB12345"), ["AB12345"], spool)
    with query_counter() as queries, pytest.raises(UnknownCode):
        enter_code(session, ANONYMOUS, EnterCode(new_code()), lambda _process: SECRET)

    asked = [one for one in queries.statements if "voting_code" in one]
    assert asked
    assert not any("DISTINCT" in one for one in asked)


def test_strangers_make_void_and_delete_nothing(session, spool):
    process = voting.process_with_roll("AB12345")
    stranger = Actor(person_id=accounts.person().id, roles=frozenset({(Role.COMMITTEE, spaces.process().id)}))
    letters(session, process, ["AB12345"], spool)
    (printed,) = session.query(CodePrint)

    for attempt in (
        lambda: issue_codes(session, stranger, IssueCodes(process.id, ("AB12345",)), SECRET, spool),
        lambda: renew_code(session, stranger, process.id, "AB12345", SECRET),
        lambda: void_code(session, stranger, process.id, "AB12345", SECRET),
        lambda: mark_undelivered_letters(session, stranger, process.id, ["AB12345"], SECRET),
        lambda: delete_print(session, stranger, printed.id, spool),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_card_opens_the_way_without_an_account_only_where_the_list_can_prove_it(session, keyring):
    process = voting.process_with_roll("AB12345", without_born=("CD98765",))
    pot = voting.pot(process)
    voter = enter_card(session, Actor(channel=Channel.KIOSK), Identify(process.id, "AB12345", "30.6.1951"), SECRET)
    cast_ballot(session, voter, CastBallot(pot.id, Choices(("1",))), keyring)

    assert session.query(VotingParticipation).one().channel is Channel.KIOSK
    for number, born in (("AB12345", "1951-06-29"), ("AB12345", ""), ("ZZ99999", "1951-06-30"), ("CD98765", "1951-06-30")):
        with pytest.raises(Refused):
            enter_card(session, ANONYMOUS, Identify(process.id, number, born), SECRET)
    listless = spaces.process("No list", open_for=["vote"])
    with pytest.raises(Refused):
        enter_card(session, ANONYMOUS, Identify(listless.id, "AB12345", "1951-06-30"), SECRET)


def test_with_the_number_alone_no_account_votes_for_an_entry_without_a_date_of_birth(session, keyring):
    process = voting.process_with_roll(without_born=("CD98765",))
    pot = voting.pot(process)
    neighbour, known_before = Actor(person_id=accounts.person().id), Actor(person_id=accounts.person().id)
    for born in ("", "1951-06-30"):
        with pytest.raises(Refused) as refusal:
            identify(session, neighbour, Identify(process.id, "CD98765", born), SECRET)
        assert "Use the code of your letter, or ask at a desk." in str(refusal.value.message)

    key = voter_key(SECRET, process.id, "CD98765")
    add(VoterIdentity(process_id=process.id, person_id=known_before.person_id, voter_key=key))
    with pytest.raises(Refused):  # whoever was let in by an older version is not let through to the box
        cast_ballot(session, known_before, CastBallot(pot.id, Choices(("1",))), keyring)
    assert session.query(VotingParticipation).count() == 0
    cast_at_desk(session, voting.clerk(pot), CastAtDesk(pot.id, "CD98765", Choices(("1",))), SECRET, keyring)
    assert session.query(VotingParticipation).count() == 1


def test_a_way_that_is_switched_off_lets_nobody_in(session, clock, spool):
    process = voting.process_with_roll("AB12345", opens_in=3)
    from app.features.voting.use_cases import write_setup

    code = letters(session, process, ["AB12345"], spool)["AB12345"]
    write_setup(
        session, SYSTEM, WriteSetup(process.id, "all", by_code=False, by_card=False, by_account=False, custody="server")
    )
    clock.advance(days=4)

    with pytest.raises(Refused):
        enter_code(session, ANONYMOUS, EnterCode(code), secret_of)
    with pytest.raises(Refused):
        enter_card(session, ANONYMOUS, Identify(process.id, "AB12345", "1951-06-30"), SECRET)
    database.session.flush()
