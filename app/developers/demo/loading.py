"""Builds the demonstration city in one transaction: all of it, or nothing."""

from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.developers.demo import accounts, budgets, carrying, consents, content, letters, stations
from app.developers.demo.moments import Calendar
from app.developers.demo.people import People, give_keys, give_roles, settle
from app.developers.demo.processes import draw_areas, open_process
from app.developers.demo.proposals import bring_in
from app.developers.demo.stage import Stage
from app.features.accounts.queries import person_by_email
from app.features.maps.queries import StreetTable
from app.features.proposals.models import Comment, Proposal
from app.features.spaces.models import Process
from app.features.spaces.queries import process_by_slug
from app.features.voting.keys.installation import keyring
from app.features.voting.models import Ballot
from app.kernel import clock
from config import Settings

STREETS = "city_data/streets.json"
FOLDERS = ("sitting", "corners", "light")
"""The processes: one that collects proposals, one whose vote is open, one that is finished."""


def is_loaded(session: Session) -> bool:
    """Whether the city is there: its first process is."""
    return process_by_slug(session, content.read("sitting/process.json")["slug"]) is not None


def keep_accounts(session: Session, settings: Settings) -> bool:
    """Give the cast new passwords where the file that names them is gone. Returns whether that was so."""
    if accounts.stored(settings.var) is not None:
        return False
    fresh = accounts.new_accounts()
    for account in fresh:
        person = person_by_email(session, account.email)
        if person is not None:
            give_keys(session, person, account)
    accounts.store(settings.var, fresh)
    return True


def load(session: Session, settings: Settings) -> letters.Letters:
    """Make everything. Returns the letters to put into the development mailbox after the commit."""
    calendar = Calendar(clock.now(), ZoneInfo(settings.timezone))
    cast = accounts.complete(accounts.stored(settings.var) or [])
    with letters.caught(session) as posted:
        people = settle(session, cast, calendar.midnight(-900))
        _fill(session, settings, calendar, people, cast)
        session.flush()
        letters.announce_all(session, posted)
    kept = letters.keep_some(session, people, posted, settings)
    accounts.store(settings.var, cast)
    return kept


def _fill(session: Session, settings: Settings, calendar: Calendar, people: People, cast: list[accounts.Account]) -> None:
    areas = draw_areas(session)
    streets = StreetTable.load(content.FOLDER.parents[1] / STREETS)
    written = {folder: content.read(f"{folder}/process.json") for folder in FOLDERS}
    made = {
        folder: open_process(session, people.actor("administrator"), calendar, areas, words)
        for folder, words in sorted(written.items(), key=lambda each: each[1]["created"])
    }
    give_roles(session, people, cast, list(made.values()))
    for folder, process in made.items():
        words = written[folder]
        ended = calendar.midnight(words["discussed_until"]) if "discussed_until" in words else None
        stage = Stage(session, calendar, people, process, areas, streets, ended)
        proposals = bring_in(stage, content.proposals(folder))
        if words["pots"] and "counted" not in words:
            fixed = min(pot["fixed"] for pot in words["pots"])
            stations.say_that_people_vote_on_paper(session, people, calendar, process, fixed)
        pots = [(budgets.set_up(session, people, calendar, process, areas, proposals, pot), pot) for pot in words["pots"]]
        if "agreement" in words:
            consents.ask(session, people, calendar, process, words["agreement"])
        if pots and "counted" not in words:
            budgets.vote(session, people, calendar, pots, keyring())
            stations.open_a_desk(session, people, [pot for pot, _words in pots], keyring(), settings.timezone)
        for pot, pot_words in pots if "counted" in words else ():
            budgets.vote_of_many(session, calendar, pot, pot_words, keyring())
            budgets.close(session, people, pot, calendar.midnight(words["counted"]).replace(hour=13), keyring())
            carrying.carry_out(session, people, calendar, pot, content.read(f"{folder}/steps.json"))


def summary(session: Session) -> str:
    """How much there is, in a few words."""

    def number(table: type) -> int:
        return session.scalar(select(func.count()).select_from(table)) or 0

    return f"{number(Process)} processes, {number(Proposal)} proposals, {number(Comment)} comments, {number(Ballot)} ballots"
