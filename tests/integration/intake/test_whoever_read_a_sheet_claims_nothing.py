"""Whoever has read a sheet knows the contact on it: what they type of it shows nothing about whose proposal it is."""

import pytest

from app.extensions import db
from app.features.intake.models import IntakeSheet
from app.features.intake.use_cases import SettleSheet, settle_sheet
from app.features.proposals.follow_links import slip_token
from app.features.proposals.models import Proposal
from app.features.proposals.use_cases import ClaimAtDesk, ClaimProposal, claim_at_desk, claim_proposal
from app.features.scans.models import ScanDecision
from app.kernel.errors import Forbidden
from app.kernel.permissions import Actor
from tests.factories import accounts, intake, scans, spaces
from tests.factories.tools import add

PHONE = "050 123 4567"


@pytest.fixture
def process(session):
    return spaces.process()


def became(process, one, other, third):
    """A proposal of a sheet that `one` typed, `other` read differently, and `third` settled."""
    batch = intake.batch(process, one)
    sheet = intake.sheet(batch, one)
    intake.finish(batch, one)
    intake.read(sheet, other, title="A bank at the tram stop")
    settle_sheet(db.session(), third, SettleSheet(batch.id, sheet.id, intake.entry()))
    intake.reconcile(batch, other)
    intake.close(batch, other)
    return db.session.get_one(Proposal, sheet.proposal_id)


@pytest.mark.parametrize("who", ["typed it first", "read it a second time", "settled it"])
def test_nobody_who_read_the_sheet_takes_the_proposal(process, who):
    parts = ("typed it first", "read it a second time", "settled it")
    hands = {part: intake.clerk(process) for part in parts}
    proposal = became(process, *hands.values())
    with pytest.raises(Forbidden, match="A colleague"):
        claim_proposal(db.session(), Actor(person_id=hands[who].person_id), ClaimProposal(slip_token(proposal.id), PHONE))
    friend = accounts.person()
    with pytest.raises(Forbidden, match="A colleague"):
        claim_at_desk(db.session(), hands[who], ClaimAtDesk(proposal.reference, friend.email, PHONE))
    assert proposal.author_id is None
    claim_at_desk(db.session(), intake.clerk(process), ClaimAtDesk(proposal.reference, friend.email, PHONE))
    assert proposal.author_id == friend.id


def test_nor_does_whoever_looked_its_scan_through(process):
    one, other, looker = (intake.clerk(process) for _n in range(3))
    batch = intake.closed(process, one, other)
    proposal, sheet = db.session.query(Proposal).one(), db.session.query(IntakeSheet).filter_by(batch_id=batch.id).one()
    page = scans.page(scans.file(process), taken_by=f"intake:{sheet.id}")
    add(ScanDecision(page_id=page.id, person_id=looker.person_id, answers={}))
    with pytest.raises(Forbidden, match="A colleague"):
        claim_at_desk(db.session(), looker, ClaimAtDesk(proposal.reference, accounts.person().email, PHONE))
