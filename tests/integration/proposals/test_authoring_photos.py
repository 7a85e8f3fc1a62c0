"""Photos: chosen with the text, described, kept for those who may see them, erased when they are taken off."""

import io
from pathlib import Path

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.extensions import files
from app.features.proposals.models import Photo, Proposal, ProposalState
from app.features.proposals.use_cases import AddPhoto, add_photo
from app.kernel import outbox
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.permissions import ANONYMOUS, Actor, Role
from tests.factories import accounts, proposals, spaces
from tests.support.pictures import HEIC, SECRET, SVG, bomb, decoded, jpeg, with_metadata

WORDS = "An empty corner under a tree"


@pytest.fixture
def process(session):
    return spaces.process(slug="parks")


def keep():
    database.session.commit()


def form(**changes):
    return {"title": "A bench", "text": "In the shade.", "where": "city", **changes}


def file(content, name="photo.jpg"):
    return (io.BytesIO(content), name)


def post(client, url="/proposals/new?process=parks", **fields):
    return client.post(url, data=form(**fields), content_type="multipart/form-data")


def photos():
    database.session.remove()
    return database.session.scalars(select(Photo).order_by(Photo.position)).all()


def stored_files():
    return {path.name for path in files.root.rglob("*") if path.is_file()}


def test_a_photo_is_sent_with_the_text_and_shown_on_the_review_page(as_role, process):
    client = as_role("resident")
    answer = post(client, photo_1=file(with_metadata()), photo_1_text=WORDS)
    assert answer.status_code == 302, answer.text
    (photo,) = photos()
    assert photo.alternative_text == WORDS
    assert (photo.width, photo.height) == (200, 320)
    assert f"/proposals/photos/{photo.id}/small" in client.get(answer.headers["Location"]).text
    full = client.get(f"/proposals/photos/{photo.id}/full")
    assert full.mimetype == "image/jpeg"
    assert decoded(full.data).size == (200, 320)
    assert SECRET not in full.data
    assert SECRET not in files.read(photo.key)


def test_a_photo_without_words_is_kept_and_the_words_are_asked_for(as_role, process):
    client = as_role("resident")
    answer = post(client, photo_1=file(jpeg()))
    assert answer.status_code == 422
    assert "Say what photo 1 shows" in answer.text
    (photo,) = photos()
    answer = post(client, f"/proposals/{photo.proposal_id}/edit", photo_1_id=str(photo.id), photo_1_text=WORDS)
    assert answer.status_code == 302
    assert photos()[0].alternative_text == WORDS


def test_a_mistake_elsewhere_does_not_lose_the_photo(as_role, process):
    client = as_role("resident")
    answer = post(client, title="x" * 300, where="coordinates", coordinates="?", photo_1=file(jpeg()), photo_1_text=WORDS)
    assert answer.status_code == 422
    (photo,) = photos()
    assert f"/proposals/photos/{photo.id}/small" in answer.text
    assert f'value="{WORDS}"' in answer.text


def test_words_for_a_photo_that_was_not_chosen_yet_stay_in_the_form(as_role, process):
    answer = post(as_role("resident"), title="", photo_2=file(jpeg()), photo_2_text="The stop", photo_4_text=WORDS)

    assert answer.status_code == 422
    assert 'value="The stop"' in answer.text
    assert f'value="{WORDS}"' in answer.text


DAMAGED = {
    "a drawing": (SVG, "Drawings (SVG) are not possible here"),
    "an iPhone's own format": (HEIC, "HEIC"),
    "half a photo": (jpeg(800, 600)[:3000], "damaged or incomplete"),
    "a page called photo.jpg": (b"<html><script>alert(1)</script>", "not a photo that we can read"),
    "nothing": (b"", "This file is empty"),
    "gigabytes in a nutshell": (bomb(), "too many pixels"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_file_that_is_no_photo_is_explained_and_the_rest_is_kept(as_role, process, name):
    content, words = DAMAGED[name]
    client = as_role("resident")
    answer = post(client, photo_1=file(content), photo_1_text="The bad one", photo_2=file(jpeg()), photo_2_text=WORDS)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="The bad one"' in answer.text
    assert [photo.alternative_text for photo in photos()] == [WORDS]
    assert "In the shade." in answer.text


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "photo.svg", "photo.php", "ф" * 200, "a\0b.jpg", "CON", "<img src=x>.jpg"]
)
def test_the_name_of_a_file_means_nothing(as_role, process, name):
    answer = post(as_role("resident"), photo_1=file(jpeg(), name), photo_1_text=WORDS)
    assert answer.status_code == 302
    (photo,) = photos()
    assert Path(photo.key).name == photo.key
    assert photo.key.endswith(".jpg")
    assert name not in photo.key


def test_a_text_where_a_file_belongs_is_ignored(as_role, process):
    answer = as_role("resident").post("/proposals/new?process=parks", data=form(photo_1="I am a file", photo_1_id="no id"))
    assert answer.status_code == 302
    assert photos() == []


def test_there_are_at_most_four_photos(as_role, process, session):
    client = as_role("resident")
    draft = proposals.draft(process, author=client.person)
    for position in range(3):
        proposals.photo(draft, position=position)
    keep()
    sent = {f"photo_{n}": file(jpeg()) for n in (3, 4)} | {f"photo_{n}_text": WORDS for n in (3, 4)}
    answer = post(client, f"/proposals/{draft.id}/edit", **sent)
    assert answer.status_code == 422
    assert "at most 4 photos" in answer.text
    assert len(photos()) == 4


def test_a_photo_is_taken_off_and_its_files_are_erased_after_the_commit(as_role, process):
    client = as_role("resident")
    post(client, photo_1=file(jpeg()), photo_1_text=WORDS, photo_2=file(jpeg()), photo_2_text="Another")
    first, second = photos()
    kept = {"photo_1_id": str(first.id), "photo_1_text": WORDS, "photo_2_id": str(second.id), "photo_2_text": "Another"}
    answer = post(client, f"/proposals/{first.proposal_id}/edit", action=f"remove:{first.id}", title="Typed meanwhile", **kept)
    assert answer.headers["Location"] == f"/proposals/{first.proposal_id}/edit#photos"
    assert [photo.id for photo in photos()] == [second.id]
    assert database.session.get(Proposal, first.proposal_id).title == "Typed meanwhile"
    assert {first.key, first.thumbnail_key} <= stored_files()
    outbox.deliver_due(database.transaction)
    assert not {first.key, first.thumbnail_key} & stored_files()
    assert {second.key, second.thumbnail_key} <= stored_files()
    assert client.get(f"/proposals/photos/{first.id}/full").status_code == 404


@pytest.mark.parametrize("photo_id", ["nonsense", "11111111-1111-4111-8111-111111111111", ""])
def test_a_photo_of_nowhere_cannot_be_taken_off(as_role, process, photo_id):
    client = as_role("resident")
    draft = proposals.draft(process, author=client.person)
    keep()
    assert post(client, f"/proposals/{draft.id}/edit", action=f"remove:{photo_id}").status_code == 404


def test_nobody_touches_the_photos_of_somebody_else(session, process):
    draft = proposals.draft(process)
    picture = AddPhoto(draft.id, b"full", b"small", 10, 10, WORDS, token="guess")
    for actor in (ANONYMOUS, Actor(person_id=accounts.person().id)):
        with pytest.raises(NotFound):
            add_photo(session, actor, picture)


def test_photos_cannot_be_added_to_what_was_sent(session, process):
    proposal = proposals.proposal(process)
    with pytest.raises(Conflict):
        add_photo(session, Actor(person_id=proposal.author_id), AddPhoto(proposal.id, b"full", b"small", 10, 10))


def test_a_request_that_is_refused_leaves_no_file_behind(session, process):
    draft = proposals.draft(process)
    actor = Actor(person_id=draft.author_id)
    before = stored_files()
    for number in range(4):
        add_photo(session, actor, AddPhoto(draft.id, b"full", b"small", 10, 10, str(number)))
    with pytest.raises(Refused):
        add_photo(session, actor, AddPhoto(draft.id, b"full", b"small", 10, 10))
    assert len(stored_files()) == len(before) + 8
    session.rollback()
    assert stored_files() == before


def shown_to(client, photo_id):
    return client.get(f"/proposals/photos/{photo_id}/small").status_code


def with_photo(process, **attributes):
    """A proposal with a photo whose files exist."""
    proposal = proposals.proposal(process, **attributes)
    photo = proposals.photo(proposal, key=files.write(jpeg(), ".jpg"), thumbnail_key=files.write(jpeg(64, 64), ".jpg"))
    return proposal, photo.id


@pytest.mark.parametrize(
    ("state", "public", "moderator"),
    [("draft", 404, 404), ("pending", 404, 200), ("published", 200, 200), ("hidden", 404, 200), ("withdrawn", 404, 200)],
)
def test_a_photo_is_seen_by_whoever_may_see_the_proposal(as_role, client, process, state, public, moderator):
    author = as_role("resident")
    _proposal, photo_id = with_photo(process, author=author.person, state=ProposalState(state))
    keep()
    assert shown_to(client, photo_id) == public
    assert shown_to(as_role("resident"), photo_id) == public
    assert shown_to(author, photo_id) == 200
    assert shown_to(as_role(Role.MODERATOR, process), photo_id) == moderator
    assert shown_to(as_role(Role.MODERATOR, spaces.process()), photo_id) == public


def test_the_follow_up_link_shows_the_photos_of_a_waiting_proposal(client, process):
    proposal, token = proposals.guest_proposal(process, state=ProposalState.PENDING)
    photo = proposals.photo(proposal, key=files.write(jpeg(), ".jpg"), thumbnail_key=files.write(jpeg(64, 64), ".jpg"))
    photo_id = photo.id
    keep()
    page = client.get(f"/proposals/follow/{token}").text
    assert f"/proposals/photos/{photo_id}/small?link={token}" in page
    assert client.get(f"/proposals/photos/{photo_id}/small?link={token}").status_code == 200
    assert client.get(f"/proposals/photos/{photo_id}/small?link=guess").status_code == 404
    assert shown_to(client, photo_id) == 404


def test_browsers_keep_a_photo_and_ask_only_whether_it_has_changed(client, process):
    _proposal, photo_id = with_photo(process)
    keep()
    first = client.get(f"/proposals/photos/{photo_id}/full")
    assert first.headers["Cache-Control"] == "private, max-age=86400"
    again = client.get(f"/proposals/photos/{photo_id}/full", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    assert client.get(f"/proposals/photos/{photo_id}/small").headers["ETag"] != first.headers["ETag"]


def test_a_photo_that_not_everybody_may_see_is_asked_for_each_time(as_role, process):
    client = as_role("resident")
    _proposal, photo_id = with_photo(process, author=client.person, state=ProposalState.PENDING)
    keep()
    cache = client.get(f"/proposals/photos/{photo_id}/full").headers["Cache-Control"]
    assert "no-cache" in cache
    assert "private" in cache


def test_a_photo_whose_file_is_gone_answers_like_one_that_does_not_exist(client, process):
    photo_id = proposals.photo(proposals.proposal(process)).id
    keep()
    assert shown_to(client, photo_id) == 404
    assert client.get(f"/proposals/photos/{photo_id}/enormous").status_code == 404
