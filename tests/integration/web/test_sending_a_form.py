"""What a route learns from `form.send`: only shown, to be mended, refused, or done."""

import pytest
from wtforms import IntegerField, RadioField, StringField
from wtforms.validators import DataRequired

from app.kernel.errors import Conflict, NotFound
from app.kernel.messages import msg
from app.web.forms import Between, Filled, Form


class NameForm(Form):
    name = StringField("Name", [DataRequired()])


def refuses(refusal):
    def step():
        raise refusal

    return step


def sent(app, step, *, method="POST", name="Ada"):
    with app.test_request_context(method=method, data={"name": name} if method == "POST" else None):
        form = NameForm(meta={"csrf": False})
        return form, form.send(step)


def test_a_form_that_is_only_shown_takes_no_step(app, db):
    _form, came = sent(app, refuses(AssertionError("not asked for")), method="GET")

    assert (came.done, came.status, came.refused) == (False, 200, None)


def test_a_form_to_be_mended_takes_no_step(app, db):
    _form, came = sent(app, refuses(AssertionError("not asked for")), name="")

    assert (came.done, came.status, came.refused) == (False, 422, None)
    with pytest.raises(ValueError, match="not taken"):
        _ = came.result


def test_what_the_use_case_refuses_stands_beside_its_field(app, db):
    form, came = sent(app, refuses(Conflict(msg("Somebody was faster."), field="name")))

    assert (came.done, came.status) == (False, 409)
    assert isinstance(came.refused, Conflict)
    assert form.name.errors == ["Somebody was faster."]


def test_what_is_not_there_stays_not_there(app, db):
    with pytest.raises(NotFound):
        sent(app, refuses(NotFound()))


def test_a_step_that_was_taken_gives_its_result_even_if_that_is_nothing(app, db):
    for result in ("made", None):
        _form, came = sent(app, lambda result=result: result)
        assert (came.done, came.status, came.result) == (True, 200, result)


class _Counting(Form):
    number = IntegerField("Number", [Filled("Write a number from 1 to 9."), Between(1, 9, "Write a number from 1 to 9.")])
    way = RadioField("Way", [Filled("Choose one of these.")], choices=[("a", "A")])


@pytest.mark.parametrize("typed", ["", "0", "abc", "1,000", "99999999999999999999"])
def test_what_is_wrong_with_a_field_is_said_once_and_in_our_words(app, db, typed):
    with app.test_request_context(method="POST", data={"number": typed}):
        form = _Counting(meta={"csrf": False})
        assert not form.validate_on_submit()
        assert form.number.errors == ["Write a number from 1 to 9."]
        assert form.way.errors == ["Choose one of these."]
