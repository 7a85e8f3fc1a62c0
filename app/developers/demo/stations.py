"""A station of the vote that runs: people vote on paper, too; two clerks are there for weeks, and some ballots are out."""

from datetime import timedelta
from uuid import uuid5

from sqlalchemy.orm import Session

from app.developers.demo.accounts import STATION
from app.developers.demo.moments import Calendar
from app.developers.demo.people import PEOPLE, People
from app.features.budgets.models import Pot
from app.features.committee.use_cases import add_station
from app.features.spaces.models import Process
from app.features.stations.commands import AssignClerk, AtDesk, IssueBallot
from app.features.stations.use_cases import assign_clerk, issue_ballot
from app.features.voting.commands import PaperSetup, WriteSetup
from app.features.voting.keys.keyring import Keyring
from app.features.voting.models import IncompleteSet, Overvote
from app.features.voting.use_cases import kept_key, write_setup
from app.features.voting.voters.eligibility import setup_of
from app.kernel import clock

DAYS = 21
"""For so many days from today the clerks stand on the list: whoever looks at the city next week finds the desk, too."""
CLERKS = ("clerk", "colleague")
OUT = 6
"""Ballots that are handed out in each pot."""


def say_that_people_vote_on_paper(session: Session, people: People, calendar: Calendar, process: Process, fixed: int) -> None:
    """Before the ballots are fixed, so that it is announced with them."""
    with clock.pinned(calendar.midnight(fixed) + timedelta(hours=13)):
        now = setup_of(session, process.id)
        paper = PaperSetup(str(Overvote.INVALID), str(IncompleteSet.COUNTS))
        ways = (now.by_code, now.by_card, now.by_account)
        write_setup(session, people.actor("committee"), WriteSetup(process.id, str(now.slots), *ways, str(now.custody), paper))


def open_a_desk(session: Session, people: People, pots: list[Pot], keyring: Keyring, zone: str) -> None:
    """A station, its two clerks, and the first ballots."""
    process_id, committee, clerk = pots[0].process_id, people.actor("committee"), people.actor("clerk")
    place = add_station(session, committee, process_id, STATION)
    for later in range(DAYS):
        day = clock.today(zone) + timedelta(days=later)
        for key in CLERKS:
            assign_clerk(session, committee, AssignClerk(place.id, people.cast[key].id, day))
    secret = kept_key(session, keyring, process_id, "voters")
    for pot in pots:
        for stub in range(1, OUT + 1):
            voter = AtDesk(place.id, pot.id, f"DEMO P {stub:05}", zone=zone)
            issue_ballot(session, clerk, IssueBallot(voter, uuid5(PEOPLE, f"{pot.id} {stub}"), stub), secret)
