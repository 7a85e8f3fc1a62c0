"""From a `.pb` file to a result: the announced rule is read from META and applied to the ballots, nothing else."""

from collections.abc import Callable
from itertools import chain, combinations

from app.features.counting.announced import DEFAULT_TIE_RULES, Project, RuleOptions, TieRule, conflict_pairs
from app.features.counting.ballots import VoteType
from app.features.counting.greedy_exclusive import GreedyExclusive
from app.features.counting.messages import Message, msg
from app.features.counting.pb import PbElection, PbError, PbHead, PbNotice
from app.features.counting.pb.beside import Beside, beside_of
from app.features.counting.pb.meta import rule_name
from app.features.counting.result import Result
from app.features.counting.rule import RuleDataMissing, TooManyPoints
from app.features.counting.rules import RULES, InputRefused, RuleNotSupported, count, needs_ballots
from app.features.counting.tally import BallotRefused, Tally
from app.features.counting.ties import DrawNeeded


def announced_options(
    election: PbElection,
    *,
    rule: str | None = None,
    tie_rules: tuple[TieRule, ...] | None = None,
    stop_when_exhaustive: bool = False,
) -> RuleOptions:
    """The rule that META announces, or the one asked for instead. The columns `votes`, `score` and `selected` play no part.

    Files of ours announce the rule in full (see `pb/beside.py`). Others say nothing of ties, so without `tie_rules` those
    hold that the rule itself brings along for files; nor about projects that exclude each other, so none do; `remarks`
    says so beside the result.
    """
    meta, beside = election.head.meta, beside_of(election.head)
    name = announced_rule(election.head) if rule is None else rule_name(rule)
    ours = beside if beside is not None and name == beside.rule else None
    if tie_rules is None and ours is not None:
        tie_rules = ours.tie_rules
    if tie_rules is None:
        tie_rules = RULES[name].tie_rules if name in RULES else DEFAULT_TIE_RULES
    return RuleOptions(
        rule=name,
        tie_rules=tie_rules,
        drawn_order=ours.drawn if ours else (),
        min_score=meta.min_project_score_threshold,
        conflicts=conflict_pairs(chain(*(combinations(group, 2) for group in ours.conflicts))) if ours else frozenset(),
        currency_unit=10**meta.decimals,
        stop_when_exhaustive=stop_when_exhaustive or (ours is not None and ours.stop_when_exhaustive),
        withdrawn=frozenset(beside.withdrawn) if beside is not None else frozenset(),
    )


def announced_rule(head: PbHead) -> str:
    """The rule by which the ballots of a file were counted, whatever the format calls it."""
    beside = beside_of(head)
    return head.meta.rule if beside is None else beside.rule


def count_election(
    election: PbElection,
    *,
    rule: str | None = None,
    tie_rules: tuple[TieRule, ...] | None = None,
    stop_when_exhaustive: bool = False,
) -> Result:
    """Count a file. Raises PbError with the line of META where its rule cannot be applied, or a tie needs a draw."""
    meta = election.head.meta
    options = announced_options(election, rule=rule, tie_rules=tie_rules, stop_when_exhaustive=stop_when_exhaustive)
    line = meta.lines.get("rule") if rule is None else None
    try:
        return count(_sums(election, options.rule), _projects(election.head), meta.budget, options)
    except RuleNotSupported as error:
        raise PbError(line=line, field="rule", expected=_a_known_rule(error)) from error
    except (BallotRefused, InputRefused) as error:  # rows were checked when they were read: so it is what stands beside them
        expected = msg("sums that belong to the rows and projects, found others (%(reason)s)", reason=str(error))
        raise PbError(line=meta.lines.get("comment"), field="comment", expected=expected) from error
    except RuleDataMissing as error:
        raise PbError(line=line, field="rule", expected=_MISSING[error.field]) from error
    except TooManyPoints as error:
        raise PbError(line=None, field="points", expected=msg("points that people can give, found far larger ones")) from error
    except DrawNeeded as error:
        expected = msg("a draw among projects with equal scores: %(projects)s", projects=str(error))
        raise PbError(line=None, field="tie_rules", expected=expected) from error


def wants_ballots(rule: str | None = None) -> Callable[[PbHead], bool]:
    """For `read_election`: keep whole ballots where the rule, the one asked for or the announced one, looks at them."""
    return lambda head: needs_ballots(announced_rule(head) if rule is None else rule_name(rule))


def remarks(election: PbElection, result: Result) -> tuple[PbNotice, ...]:
    """The notices of the file, and what could not be known when it was counted by this rule."""
    beside, notices = beside_of(election.head), election.notices
    if beside is not None and beside.ranks:
        notices = tuple(one for one in notices if one.code not in _OF_RANKS)
    if result.options.rule != GreedyExclusive.name or result.options.conflicts:
        return notices
    text = msg("The file does not say which projects exclude each other; it was counted as if none did.")
    return (*notices, PbNotice("no_conflicts", "rule", text, 1, ()))


_OF_RANKS = ("points_not_rank", "other_score")
"""Notices that do not hold where the points of rankings are what was counted."""


def _projects(head: PbHead) -> tuple[Project, ...]:
    """The published list: that of the rows, unless the file tells another order and projects that have no row."""
    beside = beside_of(head)
    if beside is None:
        return head.on_ballot()
    costs = {one.id: one.cost for one in head.on_ballot()} | {one: told.cost for one, told in beside.left_out.items()}
    if set(costs) != set(beside.order) or len(costs) != len(beside.order):
        line = head.meta.lines.get("comment")
        raise PbError(line=line, field="comment", expected=msg("the projects of PROJECTS, and those left out, in an order"))
    return tuple(Project(one, costs[one]) for one in beside.order)


def _sums(election: PbElection, rule: str) -> Tally:
    beside, keep = beside_of(election.head), needs_ballots(rule)
    if beside is not None and beside.adds_ballots:
        return _completed(election, beside, keep_ballots=keep)
    if not keep or election.tally.ballots is not None:
        return election.tally
    tally = election.new_tally(keep_ballots=True)
    for classes in election.ballot_classes():
        tally.add_all(classes)
    return tally


def _completed(election: PbElection, beside: Beside, *, keep_ballots: bool) -> Tally:
    """The rows and what has none. Rankings that lack a project are counted by their points, which tell the places."""
    meta = election.head.meta
    tally = Tally(
        VoteType.SCORING if beside.ranks else meta.vote_type,
        (one.id for one in _projects(election.head)),
        max_length=meta.max_length,
        default_score=meta.default_score or 0,
        keep_ballots=keep_ballots,
    )
    tally.add_all(beside.completed(chain.from_iterable(election.ballot_classes())))
    if beside.paper is not None:
        if keep_ballots:
            raise PbError(line=meta.lines.get("comment"), field="comment", expected=msg("rows of all ballots, for this rule"))
        tally.add_totals(beside.paper.ballots, beside.paper.blank, beside.paper.votes, beside.paper.points)
    return tally


def _a_known_rule(error: RuleNotSupported) -> Message:
    known = ", ".join(RULES)
    if error.vote_type is None:
        return msg("a rule that can be counted here (%(known)s), found “%(found)s”", known=known, found=error.rule)
    return msg("a rule for ballots of type %(type)s, found “%(found)s”", type=error.vote_type, found=error.rule)


_MISSING = {
    "min_score": msg("a line “min_project_score_threshold;…” in META, which this rule needs"),
}
