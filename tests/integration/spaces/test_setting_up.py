"""Setting up a process: use cases with a database."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.features.spaces import queries, use_cases
from app.features.spaces.commands import (
    AddArea,
    AddCategory,
    AddPhase,
    ChangePhase,
    ChangeProcess,
    CreateProcess,
    PhaseDetails,
    ProcessDetails,
    RenameArea,
    RenameCategory,
)
from app.features.spaces.models import Action, Area, Participation, Process, ProcessState, Publication
from app.features.spaces.rules import Stale
from app.kernel import clock
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from app.kernel.permissions import ANONYMOUS, SYSTEM, Actor, Role
from tests.factories import spaces

ADMINISTRATOR = Actor(person_id=uuid.uuid4(), is_administrator=True)


def details(**changes):
    """What staff write about a process."""
    area_id = changes.pop("area_id", None) or spaces.area().id
    base = ProcessDetails(
        title={"en": "Parks for everybody"},
        area_id=area_id,
        summary={"en": "What should change?"},
        description={},
        publication=Publication.AT_ONCE,
        participation=Participation.ACCOUNT,
    )
    return replace(base, **changes)


def create(session, **changes):
    """A new draft."""
    return use_cases.create_process(session, ADMINISTRATOR, CreateProcess(uuid.uuid4(), details(**changes)))


def phase_details(starts=1, ends=2, **changes):
    """A phase from and to so many days from now."""
    now = clock.now()
    base = PhaseDetails(
        title={"en": "Propose"},
        description={},
        starts_at=now + timedelta(days=starts),
        ends_at=now + timedelta(days=ends),
        actions=(Action.VOTE, Action.PROPOSE),
    )
    return replace(base, **changes)


def add_phase(session, process, starts=1, ends=2, **changes):
    """A new phase of the process."""
    command = AddPhase(process.id, uuid.uuid4(), phase_details(starts, ends, **changes))
    return use_cases.add_phase(session, ADMINISTRATOR, command)


def actions(session, subject):
    """What the audit log says was done to it, in order."""
    session.flush()
    query = select(AuditEntry.action).where(AuditEntry.subject_id == subject.id).order_by(AuditEntry.at)
    return list(session.scalars(query))


def test_a_new_process_is_a_draft_with_an_address_made_from_its_title(session):
    process = create(session)
    assert (process.state, process.slug, process.version) == (ProcessState.DRAFT, "parks-for-everybody", 1)
    assert actions(session, process) == ["process.created"]


def test_a_second_click_makes_no_second_process(session):
    command = CreateProcess(uuid.uuid4(), details())
    first = use_cases.create_process(session, ADMINISTRATOR, command)
    assert use_cases.create_process(session, ADMINISTRATOR, command) is first
    assert session.scalars(select(Process)).all() == [first]
    assert actions(session, first) == ["process.created"]


def test_the_same_title_twice_gets_another_address(session):
    assert [create(session).slug for _ in range(3)] == [
        "parks-for-everybody",
        "parks-for-everybody-2",
        "parks-for-everybody-3",
    ]


def test_a_title_without_latin_letters_gets_a_random_address(session):
    assert create(session, title={"ar": "حدائق"}).slug.startswith("process-")


@pytest.mark.parametrize("slug", ["Parks", "parks for", "../x", "-parks", "parks--x", "p" * 81, "pärks", "a\x00b"])
def test_an_address_that_cannot_be_one_is_refused(session, slug):
    with pytest.raises(Refused) as refusal:
        create(session, slug=slug)
    assert refusal.value.field == "slug"


def test_an_address_that_another_process_has_or_had_is_refused(session):
    first = create(session, slug="parks")
    with pytest.raises(Refused):
        create(session, slug="parks")
    use_cases.change_process(session, ADMINISTRATOR, ChangeProcess(first.id, 1, details(slug="gardens")))
    with pytest.raises(Refused):
        create(session, slug="parks")
    assert queries.process_by_former_slug(session, "parks") is first


def test_a_process_gets_its_own_earlier_address_back(session):
    process = create(session, slug="parks")
    for version, slug in enumerate(("gardens", "parks", "gardens"), start=1):
        use_cases.change_process(session, ADMINISTRATOR, ChangeProcess(process.id, version, details(slug=slug)))
    assert process.slug == "gardens"
    assert queries.process_by_former_slug(session, "parks") is process
    assert queries.process_by_former_slug(session, "gardens") is None


def test_what_is_missing_or_too_long_is_said_for_every_field_at_once(session):
    with pytest.raises(Invalid) as refusal:
        create(session, title={}, summary={"fi": "x" * 401}, area_id=uuid.uuid4())
    assert set(refusal.value.errors) == {"title", "summary", "area_id"}


def test_a_change_notes_what_was_and_what_is(session):
    process = create(session)
    area = spaces.area("Other")
    use_cases.change_process(
        session,
        ADMINISTRATOR,
        ChangeProcess(process.id, 1, details(title={"en": "Gardens"}, area_id=area.id, slug=process.slug)),
    )
    assert (process.title, process.area.name, process.version) == ({"en": "Gardens"}, {"en": "Other"}, 2)
    session.flush()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "process.changed")).one()
    assert entry.details["before"]["title"] == {"en": "Parks for everybody"}
    assert entry.details["after"] == {"title": {"en": "Gardens"}, "area_id": str(area.id)}
    assert entry.actor_id == ADMINISTRATOR.person_id


def test_a_change_that_changes_nothing_leaves_no_trace(session):
    given = details(slug="parks")
    process = use_cases.create_process(session, ADMINISTRATOR, CreateProcess(uuid.uuid4(), given))
    use_cases.change_process(session, ADMINISTRATOR, ChangeProcess(process.id, 1, given))
    assert process.version == 1
    assert actions(session, process) == ["process.created"]


def test_who_saves_after_somebody_else_is_told_and_stores_nothing(session):
    process = create(session)
    use_cases.change_process(session, ADMINISTRATOR, ChangeProcess(process.id, 1, details(title={"en": "Theirs"})))
    with pytest.raises(Stale):
        use_cases.change_process(session, ADMINISTRATOR, ChangeProcess(process.id, 1, details(title={"en": "Mine"})))
    assert process.title == {"en": "Theirs"}


def test_of_two_who_save_at_the_same_moment_one_is_told(race, committing_db):
    process = create(committing_db.session())
    command = ChangeProcess(process.id, 1, details(title={"en": "Mine"}))

    def save():
        return use_cases.change_process(committing_db.session(), ADMINISTRATOR, command)

    outcome = race(save, times=4)
    assert len(outcome.results) == 1
    assert [type(error) for error in outcome.errors] == [Stale] * 3


def test_two_second_clicks_at_the_same_moment_make_one_phase(race, committing_db):
    process = create(committing_db.session())
    command = AddPhase(process.id, uuid.uuid4(), phase_details())
    outcome = race(lambda: use_cases.add_phase(committing_db.session(), ADMINISTRATOR, command).id, times=4)
    assert not outcome.errors
    assert set(outcome.results) == {command.phase_id}


def test_a_process_without_phases_is_not_published(session):
    process = create(session)
    with pytest.raises(Refused, match="phase"):
        use_cases.set_process_state(session, ADMINISTRATOR, process.id, ProcessState.PUBLISHED)
    add_phase(session, process)
    use_cases.set_process_state(session, ADMINISTRATOR, process.id, ProcessState.PUBLISHED)
    use_cases.set_process_state(session, ADMINISTRATOR, process.id, ProcessState.PUBLISHED)  # a second click
    use_cases.set_process_state(session, ADMINISTRATOR, process.id, ProcessState.ARCHIVED)
    with pytest.raises(Conflict):
        use_cases.set_process_state(session, ADMINISTRATOR, process.id, ProcessState.DRAFT)
    assert actions(session, process) == ["process.created", "process.published", "process.archived"]


def test_phases_are_added_in_the_order_of_their_beginnings(session):
    process = create(session)
    for starts in (5, 1, 3):
        add_phase(session, process, starts, starts + 1, title={"en": str(starts)})
    session.expire_all()
    assert [phase.title["en"] for phase in queries.process(session, process.id).phases] == ["1", "3", "5"]
    assert process.phases[0].actions == ["propose", "vote"]


def test_a_phase_ends_after_it_begins(session):
    process = create(session)
    for ends in (1, 0):
        with pytest.raises(Refused) as refusal:
            add_phase(session, process, 1, ends)
        assert refusal.value.field == "ends_at"
    with pytest.raises(Refused) as refusal:
        add_phase(session, process, title={})
    assert refusal.value.field == "title"


def test_phases_may_overlap(session):
    process = create(session)
    add_phase(session, process, 1, 5)
    add_phase(session, process, 2, 3)
    assert len(process.phases) == 2


def test_a_phase_is_changed_moved_removed_and_restored(session):
    process = create(session)
    first, second = add_phase(session, process, 1, 2), add_phase(session, process, 3, 4)
    use_cases.change_phase(
        session, ADMINISTRATOR, ChangePhase(process.id, first.id, 1, phase_details(1, 2, actions=(), title={"en": "Check"}))
    )
    assert (first.title, first.actions, first.version) == ({"en": "Check"}, [], 2)
    with pytest.raises(Stale):
        use_cases.change_phase(session, ADMINISTRATOR, ChangePhase(process.id, first.id, 1, phase_details()))
    use_cases.move_phase(session, ADMINISTRATOR, process.id, first.id, 1)
    assert queries.process(session, process.id).phases == [second, first]
    use_cases.move_phase(session, ADMINISTRATOR, process.id, first.id, 1)  # at the end already
    use_cases.remove_phase(session, ADMINISTRATOR, process.id, second.id)
    use_cases.remove_phase(session, ADMINISTRATOR, process.id, second.id)
    session.expire_all()
    assert queries.process(session, process.id).phases == [first]
    assert queries.removed_phases(session, process) == [second]
    with pytest.raises(NotFound):
        use_cases.change_phase(session, ADMINISTRATOR, ChangePhase(process.id, second.id, 2, phase_details()))
    use_cases.restore_phase(session, ADMINISTRATOR, process.id, second.id)
    session.expire_all()
    assert queries.process(session, process.id).phases == [second, first]
    assert actions(session, second) == ["phase.added", "phase.removed", "phase.restored"]
    assert actions(session, first) == ["phase.added", "phase.changed", "phase.moved"]


def test_a_removed_phase_opens_nothing(session):
    process = spaces.process()
    use_cases.remove_phase(session, ADMINISTRATOR, process.id, process.phases[0].id)
    assert not queries.action_open(queries.process(session, process.id), Action.PROPOSE, clock.now())


def test_phases_of_another_process_cannot_be_reached(session):
    one, other = create(session), create(session)
    phase = add_phase(session, other)
    for use_case in (use_cases.remove_phase, use_cases.restore_phase):
        with pytest.raises(NotFound):
            use_case(session, ADMINISTRATOR, one.id, phase.id)
    with pytest.raises(NotFound):
        use_cases.add_phase(session, ADMINISTRATOR, AddPhase(one.id, phase.id, phase_details()))
    with pytest.raises(NotFound):
        use_cases.move_phase(session, ADMINISTRATOR, uuid.uuid4(), phase.id, 1)


def add_category(session, process, name, **more):
    """A new category."""
    command = AddCategory(process.id, more.pop("category_id", uuid.uuid4()), {"en": name}, **more)
    return use_cases.add_category(session, ADMINISTRATOR, command)


def test_categories_are_added_renamed_ordered_archived_and_restored(session):
    process = create(session)
    green, play, light = (add_category(session, process, name) for name in ("Green", "Play", "Light"))
    assert [each.code for each in (green, play, light)] == ["green", "play", "light"]
    use_cases.rename_category(session, ADMINISTRATOR, RenameCategory(process.id, green.id, 1, {"en": "Trees", "fi": "Puut"}))
    with pytest.raises(Stale):
        use_cases.rename_category(session, ADMINISTRATOR, RenameCategory(process.id, green.id, 1, {"en": "Plants"}))
    use_cases.archive_category(session, ADMINISTRATOR, process.id, play.id)
    use_cases.archive_category(session, ADMINISTRATOR, process.id, play.id)
    use_cases.move_category(session, ADMINISTRATOR, process.id, light.id, -1)
    session.expire_all()
    assert queries.categories_of(session, process) == [light, green]
    use_cases.restore_category(session, ADMINISTRATOR, process.id, play.id)
    assert queries.categories_of(session, process) == [light, green, play]
    assert actions(session, play) == ["category.added", "category.archived", "category.restored"]
    assert actions(session, green) == ["category.added", "category.renamed"]


def test_two_categories_of_a_process_have_different_names(session):
    process = create(session)
    add_category(session, process, "Green")
    with pytest.raises(Refused) as refusal:
        add_category(session, process, "GREEN")
    assert refusal.value.field == "name"
    with pytest.raises(Refused):
        use_cases.add_category(session, ADMINISTRATOR, AddCategory(process.id, uuid.uuid4(), {}))


def test_a_second_click_adds_no_second_category(session):
    process = create(session)
    command = AddCategory(process.id, uuid.uuid4(), {"en": "Green"})
    first = use_cases.add_category(session, ADMINISTRATOR, command)
    assert use_cases.add_category(session, ADMINISTRATOR, command) is first


def test_names_that_make_the_same_code_get_different_ones(session):
    process = create(session)
    assert [add_category(session, process, name).code for name in ("Green!", "Green?")] == ["green", "green-2"]


@pytest.mark.parametrize(
    "actor",
    [
        ANONYMOUS,
        Actor(person_id=uuid.uuid4()),
        Actor(person_id=uuid.uuid4(), roles=frozenset({(Role.MODERATOR, uuid.uuid4())})),
    ],
    ids=["nobody", "resident", "moderator"],
)
def test_only_administrators_set_up_processes(session, actor):
    process = spaces.process()
    phase, category = process.phases[0], spaces.category(process)
    attempts = [
        lambda: use_cases.create_process(session, actor, CreateProcess(uuid.uuid4(), details())),
        lambda: use_cases.change_process(session, actor, ChangeProcess(process.id, 1, details())),
        lambda: use_cases.set_process_state(session, actor, process.id, ProcessState.ARCHIVED),
        lambda: use_cases.add_phase(session, actor, AddPhase(process.id, uuid.uuid4(), phase_details())),
        lambda: use_cases.change_phase(session, actor, ChangePhase(process.id, phase.id, 1, phase_details())),
        lambda: use_cases.move_phase(session, actor, process.id, phase.id, 1),
        lambda: use_cases.remove_phase(session, actor, process.id, phase.id),
        lambda: use_cases.restore_phase(session, actor, process.id, phase.id),
        lambda: use_cases.add_category(session, actor, AddCategory(process.id, uuid.uuid4(), {"en": "x"})),
        lambda: use_cases.rename_category(session, actor, RenameCategory(process.id, category.id, 1, {"en": "x"})),
        lambda: use_cases.move_category(session, actor, process.id, category.id, 1),
        lambda: use_cases.archive_category(session, actor, process.id, category.id),
        lambda: use_cases.restore_category(session, actor, process.id, category.id),
        lambda: use_cases.import_areas(session, actor, b"", None),
        lambda: use_cases.upload_areas(session, actor, None),
        lambda: use_cases.confirm_upload(session, actor, uuid.uuid4(), ""),
        lambda: use_cases.discard_upload(session, actor, uuid.uuid4()),
        lambda: use_cases.rename_area(session, actor, RenameArea(process.area_id, 1, {"en": "x"})),
        lambda: use_cases.remove_area(session, actor, process.area_id),
        lambda: use_cases.add_area(session, actor, AddArea("x", {"en": "x"}, "{}")),
    ]
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()


def test_another_room_adds_an_area_once(session):
    top = spaces.area()
    square = '{"type":"Polygon","coordinates":[[[24.9,60.15],[24.91,60.15],[24.91,60.16],[24.9,60.15]]]}'
    command = AddArea("hull", {"en": "Hull"}, square, top.id)
    added = use_cases.add_area(session, SYSTEM, command)
    assert (added.level, added.parent_id, added.west) == (1, top.id, 24.9)
    assert use_cases.add_area(session, SYSTEM, command) is added
    assert len(session.scalars(select(Area)).all()) == 2
    with pytest.raises(NotFound):
        use_cases.add_area(session, SYSTEM, replace(command, code="other", parent_id=uuid.uuid4()))
    with pytest.raises(ValueError, match="polygon"):
        use_cases.add_area(session, SYSTEM, AddArea("point", {"en": "x"}, '{"type":"Point","coordinates":[24.9,60.1]}'))


def test_an_area_is_removed_only_while_nothing_stands_on_it(session):
    process = spaces.process()
    below = spaces.area(parent=process.area)
    with pytest.raises(Conflict):
        use_cases.remove_area(session, ADMINISTRATOR, process.area_id)
    use_cases.remove_area(session, ADMINISTRATOR, below.id)
    assert session.scalars(select(Area)).all() == [process.area]
    with pytest.raises(NotFound):
        use_cases.remove_area(session, ADMINISTRATOR, below.id)
    session.flush()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "area.removed")).one()
    assert entry.details["before"]["code"] == below.code
