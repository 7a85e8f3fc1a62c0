"""Where an entry may vote: one ballot for each slot, over every channel, whoever is faster."""

from itertools import count

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.budgets.choices import Choices
from app.features.budgets.commands import FreezePot
from app.features.budgets.models import PotState
from app.features.budgets.rules import ballot_digest
from app.features.budgets.use_cases import freeze_pot, unfreeze_pot
from app.features.voting.commands import CastAtDesk, CastBallot, EnterCode, Identify, IssueCodes, WriteSetup
from app.features.voting.letters.spool import Spool
from app.features.voting.models import Envelope, SlotMode, VotingParticipation, VotingSetup
from app.features.voting.queries import roll_entry
from app.features.voting.rules import birth_hash
from app.features.voting.use_cases import (
    add_missing_area,
    cast_at_desk,
    cast_ballot,
    enter_card,
    enter_code,
    identify,
    issue_codes,
    write_setup,
)
from app.features.voting.voters.eligibility import setup_of, standing_of, standings_of
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.permissions import ANONYMOUS, SYSTEM, Actor, Channel
from tests.factories import accounts, spaces, voting
from tests.factories.tools import add

SECRET = voting.SECRET


class Town:
    """A city with two areas, of which the north has a quarter in it, a pot for each area and one for the whole city."""

    def __init__(self, mode, *, home="quarter", number="AB12345"):
        city = spaces.area("City")
        self.areas = {"north": spaces.area("North", parent=city), "south": spaces.area("South", parent=city)}
        self.areas["quarter"] = spaces.area("Quarter", parent=self.areas["north"])
        homes = {number: self.areas[home]} if home else {}
        self.process = voting.process_with_roll(number, areas=homes, area=city)
        add(VotingSetup(process_id=self.process.id, slots=SlotMode(mode)))
        self.pots = {name: voting.pot(self.process, area_id=area.id) for name, area in self.areas.items() if name != "quarter"}
        self.pots["west"] = voting.pot(self.process, area_id=spaces.area("West", parent=city).id)
        self.pots["city"] = voting.pot(self.process, area_id=city.id)
        self.pots["all"] = voting.pot(self.process)

    def voter(self, session):
        return enter_card(session, ANONYMOUS, Identify(self.process.id, "AB12345", voting.BORN), SECRET)

    def cast(self, session, keyring, name):
        return cast_ballot(session, self.voter(session), CastBallot(self.pots[name].id, Choices(("1",))), keyring)


@pytest.mark.parametrize(
    ("mode", "works", "refused"),
    [
        ("all", ["north", "south", "west", "city", "all"], []),
        ("one", ["south"], ["north", "south", "west", "city", "all"]),
        ("own", ["north", "city", "all"], ["south", "west", "north"]),
        ("own_plus_one", ["south", "north", "city", "all"], ["west", "south", "north", "city"]),
        ("own_plus_one", ["north", "west"], ["south"]),
    ],
)
def test_each_mode_lets_a_voter_use_what_it_says_and_no_more(session, keyring, mode, works, refused):
    town = Town(mode)
    for name in works:
        town.cast(session, keyring, name)
    for name in refused:
        with pytest.raises((Refused, Conflict)):
            town.cast(session, keyring, name)

    assert session.query(VotingParticipation).count() == session.query(Envelope).count() == len(works)


@pytest.mark.parametrize("mode", ["all", "one", "own", "own_plus_one"])
@pytest.mark.parametrize("since", ["all", "one", "own", "own_plus_one"])
def test_the_page_says_what_the_box_does_whatever_was_set_up_since_the_ballot_was_announced(session, keyring, mode, since):
    town = Town(since)
    for pot in town.pots.values():
        pot.options = {**pot.options, "voters": {"slots": mode}}
    session.flush()
    key = town.voter(session).key
    for name in ("south", "north", "west", "city", "all"):
        standing = standing_of(session, town.pots[name], key)
        assert standing.mode == mode
        try:
            town.cast(session, keyring, name)
        except (Refused, Conflict):
            assert not standing.may_vote
        else:
            assert standing.may_vote


@pytest.mark.parametrize("mode", ["own", "own_plus_one"])
def test_who_has_no_area_on_the_list_is_sent_to_a_desk_which_can_add_it(session, keyring, mode):
    town = Town(mode, home=None)
    town.cast(session, keyring, "city")
    with pytest.raises(Refused, match="Ask at a voting desk"):
        town.cast(session, keyring, "north")

    clerk = voting.clerk(town.pots["north"])
    add_missing_area(session, clerk, town.process.id, "AB12345", town.areas["quarter"].id, SECRET)
    town.cast(session, keyring, "north")

    with pytest.raises(Conflict):
        add_missing_area(session, clerk, town.process.id, "AB12345", town.areas["south"].id, SECRET)


def test_a_date_of_birth_that_is_corrected_after_voting_gives_no_second_ballot(session, keyring):
    town = Town("all")
    town.cast(session, keyring, "north")
    entry = roll_entry(session, town.process.id, town.voter(session).key)
    entry.birth_hash = birth_hash(SECRET, town.process.id, "AB12345", "1951-07-30")
    session.flush()

    with pytest.raises(Refused):
        enter_card(session, ANONYMOUS, Identify(town.process.id, "AB12345", voting.BORN), SECRET)
    voter = enter_card(session, ANONYMOUS, Identify(town.process.id, "AB12345", "1951-07-30"), SECRET)
    with pytest.raises(Conflict):
        cast_ballot(session, voter, CastBallot(town.pots["north"].id, Choices(("2",))), keyring)


def test_the_desk_is_held_to_the_same_slots(session, keyring):
    town = Town("one")
    town.cast(session, keyring, "north")
    clerk = voting.clerk(town.pots["south"])

    with pytest.raises(Conflict, match="another pot"):
        cast_at_desk(
            session, clerk, CastAtDesk(town.pots["south"].id, "AB12345", Choices(("1",)), voting.BORN), SECRET, keyring
        )


def test_a_voter_learns_what_may_still_be_used(session, keyring):
    town = Town("own_plus_one")
    key = town.voter(session).key
    town.cast(session, keyring, "north")
    before = {one.pot.id: one for one in standings_of(session, town.process.id, key)}
    town.cast(session, keyring, "south")
    after = standing_of(session, town.pots["west"], key)

    assert before[town.pots["north"].id].voted
    assert before[town.pots["south"].id].may_vote
    assert before[town.pots["south"].id].others == (town.pots["north"],)
    assert after.used_in is town.pots["south"]
    assert not after.may_vote


def ways_in(town, code, person_id, clerk, keyring):
    """What somebody tries at once: by code, by card at a public screen, with an account, at the desk."""

    def by_code(session, pot_id):
        voter = enter_code(session, ANONYMOUS, EnterCode(code), lambda _process: SECRET)
        return cast_ballot(session, voter, CastBallot(pot_id, Choices(("1",))), keyring)

    def at_the_kiosk(session, pot_id):
        screen = Actor(channel=Channel.KIOSK)
        voter = enter_card(session, screen, Identify(town.process.id, "AB12345", voting.BORN), SECRET)
        return cast_ballot(session, voter, CastBallot(pot_id, Choices(("2",))), keyring)

    def with_an_account(session, pot_id):
        return cast_ballot(session, Actor(person_id=person_id), CastBallot(pot_id, Choices(("3",))), keyring)

    def at_the_desk(session, pot_id):
        return cast_at_desk(session, clerk, CastAtDesk(pot_id, "AB12345", Choices(()), voting.BORN), SECRET, keyring)

    return [by_code, at_the_kiosk, with_an_account, at_the_desk]


@pytest.mark.parametrize(("mode", "allowed"), [("all", 5), ("one", 1), ("own", 3), ("own_plus_one", 4)])
def test_of_fifty_ballots_at_once_by_every_channel_one_for_each_slot_counts(
    committing_db, race, keyring, tmp_path, mode, allowed
):
    town = Town(mode)
    session = committing_db.session()
    printed = issue_codes(session, SYSTEM, IssueCodes(town.process.id, ("AB12345",)), SECRET, Spool(tmp_path))
    (letter,) = Spool(tmp_path).letters(printed.id)
    person_id = accounts.person().id
    identify(session, Actor(person_id=person_id), Identify(town.process.id, "AB12345", voting.BORN), SECRET)
    ways = ways_in(town, letter.code, person_id, voting.clerk(town.pots["all"]), keyring)
    pots = [pot.id for pot in town.pots.values()]
    process_id = town.process.id
    committing_db.session.commit()
    turn = count()

    def vote():
        mine = next(turn)
        with committing_db.transaction() as own:
            return ways[mine // len(pots) % len(ways)](own, pots[mine % len(pots)])

    outcome = race(vote, times=50)

    assert all(isinstance(error, Refused) for error in outcome.errors), outcome.errors
    assert len(outcome.results) == allowed
    with committing_db.transaction() as own:
        slots = own.execute(
            select(VotingParticipation.slot, VotingParticipation.voter_key).where(VotingParticipation.process_id == process_id)
        ).all()
        assert len(slots) == len(set(slots)) == allowed
        assert len(own.scalars(select(Envelope.id)).all()) == allowed


def test_the_setup_is_announced_with_the_ballot_and_then_stays(session):
    process = voting.process_with_roll("AB12345", opens_in=3)
    pot = voting.pot(process)
    pot.state = PotState.DRAFT
    database.session.flush()
    actor = voting.committee(pot)
    write_setup(session, actor, WriteSetup(process.id, "one", by_code=True, by_card=False, by_account=True, custody="server"))
    first = freeze_pot(session, actor, FreezePot(pot.id)).options["digest"]

    assert pot.options["voters"] == {"slots": "one", "ways": ["code", "account", "desk"], "custody": "server"}
    assert ballot_digest(pot) == first
    with pytest.raises(Conflict):
        write_setup(
            session, actor, WriteSetup(process.id, "all", by_code=True, by_card=True, by_account=True, custody="server")
        )
    unfreeze_pot(session, actor, FreezePot(pot.id))
    write_setup(session, actor, WriteSetup(process.id, "all", by_code=True, by_card=False, by_account=True, custody="server"))
    assert freeze_pot(session, actor, FreezePot(pot.id)).options["digest"] != first
    session.flush()
    assert [entry.action for entry in session.query(AuditEntry)].count("voting.set_up") == 2


def test_once_people_vote_the_setup_stays(session):
    process = voting.process_with_roll("AB12345")
    pot = voting.pot(process)

    with pytest.raises(Conflict):
        write_setup(
            session,
            voting.committee(pot),
            WriteSetup(process.id, "one", by_code=True, by_card=True, by_account=True, custody="server"),
        )
    with pytest.raises(NotFound):
        write_setup(
            session,
            voting.clerk(pot),
            WriteSetup(process.id, "one", by_code=True, by_card=True, by_account=True, custody="server"),
        )
    assert setup_of(session, process.id).slots is SlotMode.ALL
