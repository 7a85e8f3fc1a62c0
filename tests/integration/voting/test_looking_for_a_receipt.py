"""What the page of the board says of an envelope: to everybody what is sealed; that it waits, to whoever has the receipt."""

import re

import pytest
from sqlalchemy import select

from app.features.budgets.models import Pot
from app.features.voting.models import Envelope
from app.features.voting.sealing import HELD_BACK, seal_waiting
from app.features.voting.use_cases import close_box
from app.kernel.permissions import SYSTEM
from tests.factories import voting
from tests.integration.voting.elections import a_voter

RECEIVED = "Your envelope was received. It comes to the board in one of the next blocks"


@pytest.fixture
def cast(session, as_role):
    """A pot in which one ballot waits: its id, the receipt, the voter's browser and the thanks page."""
    pot_id = voting.pot().id
    session.commit()
    client = a_voter(as_role, pot_id, 1)
    thanks = client.post(f"/voting/{pot_id}/review", data={"choice": ["1"]}, follow_redirects=True).text
    return pot_id, session.scalars(select(Envelope.receipt)).one(), client, thanks


def test_nobody_sees_a_waiting_envelope_by_the_beginning_of_its_receipt(cast, client):
    pot_id, receipt, _voter, _thanks = cast
    spaced = " ".join(receipt[at : at + 8] for at in range(0, 64, 8))
    for begins in (receipt[:4], receipt[:63], receipt):
        page = client.get(f"/voting/{pot_id}/board", query_string={"begins": begins}).text
        assert spaced not in page
        assert RECEIVED not in page
        assert "No envelope on the board begins like this yet" in page
    for begins in (receipt[:4], receipt[:63]):
        assert RECEIVED not in client.post(f"/voting/{pot_id}/board", data={"begins": begins}).text


def test_the_whole_receipt_shows_that_it_was_received_and_later_in_which_block(session, cast, client, keyring, clock):
    pot_id, receipt, _voter, _thanks = cast
    typed = {"begins": f" {receipt[:32].upper()} {receipt[32:]}"}
    before = client.post(f"/voting/{pot_id}/board", data=typed)
    other = client.post(f"/voting/{pot_id}/board", data={"begins": "0" * 64}).text
    seal_waiting(session, pot_id, everything=True)
    session.commit()
    after = client.post(f"/voting/{pot_id}/board", data=typed).text
    begins = client.get(f"/voting/{pot_id}/board", query_string={"begins": receipt[:4]}).text

    assert before.status_code == 200
    assert RECEIVED in before.text
    assert "No envelope has this receipt" in other
    assert RECEIVED not in after
    assert "receipts__one--mine" in after
    for page in (after, begins):
        assert "On the board, in block 1" in page


def test_after_the_vote_a_receipt_that_is_not_there_must_be_explained(session, cast, client, keyring, clock):
    pot_id, receipt, _voter, _thanks = cast
    process_id = session.get_one(Pot, pot_id).process_id
    clock.advance(days=400)
    close_box(session, SYSTEM, process_id, keyring)
    session.commit()
    unknown = "0" * 4 if not receipt.startswith("0000") else "1" * 4

    page = client.get(f"/voting/{pot_id}/board", query_string={"begins": unknown}).text

    assert "tell the committee: they must explain it" in page


def test_the_thanks_page_says_what_comes_and_sends_the_whole_receipt_in_no_address(cast):
    pot_id, receipt, voter, thanks = cast
    form = re.search(r'<form method="post" action="([^"]+)">.*?name="begins" value="([0-9a-f]{64})"', thanks)

    assert "in one of the next blocks; chance decides in which" in thanks
    assert form.groups() == (f"/voting/{pot_id}/board", receipt)
    assert receipt not in re.sub(r"#[0-9a-f]{64}", "", "".join(re.findall(r'href="[^"]*"', thanks)))
    assert RECEIVED in voter.post(form[1], data={"begins": form[2]}).text


def test_no_page_promises_the_next_block_while_chance_holds_some_envelopes_back(cast, client):
    pot_id, receipt, voter, thanks = cast
    assert HELD_BACK  # else an envelope would be sure to come with the next block
    pages = [
        thanks,
        client.post(f"/voting/{pot_id}/board", data={"begins": receipt}).text,
        client.post(f"/voting/{pot_id}/board", data={"begins": "0123"}).text,
        voter.get(f"/voting/{pot_id}").text,
    ]
    for page in pages:
        assert "with the next block" not in page
        assert "when forty wait" not in page
        assert "at least forty envelopes" not in page
    assert all("one of the next blocks" in page and "chance decides in which" in page for page in pages[:3])
