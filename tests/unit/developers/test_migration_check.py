"""`make check` says where what the migrations made differs from what the models make."""

from collections import Counter

import pytest

from app.developers.checks.migrations import Made, MigrationsBroken, _compare_made

VERBS = "decision.ck_decision_verb: verb IN ('hide', 'undo')"
NARROWER = "decision.ck_decision_verb: verb IN ('hide')"


def made(*checks: str, names: tuple[str, ...] = ("decision",)) -> Made:
    return Made(set(names), Counter(checks))


def test_the_same_in_both_is_fine() -> None:
    _compare_made(made(VERBS, "a.b: c"), made("a.b: c", VERBS))


def test_a_narrower_constraint_beside_the_right_one_is_found() -> None:
    with pytest.raises(MigrationsBroken, match=r"only in the migrations: decision\.ck_decision_verb: verb IN \(.hide.\)$"):
        _compare_made(made(VERBS, NARROWER), made(VERBS))


def test_the_same_constraint_twice_is_found() -> None:
    with pytest.raises(MigrationsBroken, match="only in the migrations"):
        _compare_made(made(VERBS, VERBS), made(VERBS))


def test_a_constraint_that_the_migrations_forgot_is_found() -> None:
    with pytest.raises(MigrationsBroken, match=r"only in the models: decision\.ck_decision_verb"):
        _compare_made(made(), made(VERBS))


def test_a_name_that_only_one_of_them_has_is_found() -> None:
    with pytest.raises(MigrationsBroken, match="make support_race"):
        _compare_made(made(names=("decision", "support_race")), made())
