"""From a `.pb` file to a result: the announced rule is read from META and applied to the ballots, nothing else."""

from collections.abc import Callable

from app.features.counting.announced import DEFAULT_TIE_RULES, RuleOptions, TieRule
from app.features.counting.greedy_exclusive import GreedyExclusive
from app.features.counting.messages import Message, msg
from app.features.counting.pb import PbElection, PbError, PbHead, PbNotice
from app.features.counting.pb.meta import rule_name
from app.features.counting.result import Result
from app.features.counting.rule import RuleDataMissing, TooManyPoints
from app.features.counting.rules import RULES, RuleNotSupported, count, needs_ballots
from app.features.counting.tally import Tally
from app.features.counting.ties import DrawNeeded


def announced_options(
    election: PbElection,
    *,
    rule: str | None = None,
    tie_rules: tuple[TieRule, ...] | None = None,
    stop_when_exhaustive: bool = False,
) -> RuleOptions:
    """The rule that META announces, or the one asked for instead. The columns `votes`, `score` and `selected` play no part.

    Without `tie_rules` those hold that the rule itself brings along for files, which announce none. A file says nothing about
    projects that exclude each other, so none do; `remarks` says so beside the result.
    """
    meta = election.head.meta
    name = meta.rule if rule is None else rule_name(rule)
    if tie_rules is None:
        tie_rules = RULES[name].tie_rules if name in RULES else DEFAULT_TIE_RULES
    return RuleOptions(
        rule=name,
        tie_rules=tie_rules,
        min_score=meta.min_project_score_threshold,
        conflicts=frozenset(),
        currency_unit=10**meta.decimals,
        stop_when_exhaustive=stop_when_exhaustive,
    )


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
        return count(_sums(election, options.rule), election.head.on_ballot(), meta.budget, options)
    except RuleNotSupported as error:
        raise PbError(line=line, field="rule", expected=_a_known_rule(error)) from error
    except RuleDataMissing as error:
        raise PbError(line=line, field="rule", expected=_MISSING[error.field]) from error
    except TooManyPoints as error:
        raise PbError(line=None, field="points", expected=msg("points that people can give, found far larger ones")) from error
    except DrawNeeded as error:
        expected = msg("a draw among projects with equal scores: %(projects)s", projects=str(error))
        raise PbError(line=None, field="tie_rules", expected=expected) from error


def wants_ballots(rule: str | None = None) -> Callable[[PbHead], bool]:
    """For `read_election`: keep whole ballots where the rule, the one asked for or the announced one, looks at them."""
    return lambda head: needs_ballots(head.meta.rule if rule is None else rule_name(rule))


def remarks(election: PbElection, result: Result) -> tuple[PbNotice, ...]:
    """The notices of the file, and what could not be known when it was counted by this rule."""
    if result.options.rule != GreedyExclusive.name or result.options.conflicts:
        return election.notices
    text = msg("The file does not say which projects exclude each other; it was counted as if none did.")
    return (*election.notices, PbNotice("no_conflicts", "rule", text, 1, ()))


def _sums(election: PbElection, rule: str) -> Tally:
    if not needs_ballots(rule) or election.tally.ballots is not None:
        return election.tally
    tally = election.new_tally(keep_ballots=True)
    for classes in election.ballot_classes():
        tally.add_all(classes)
    return tally


def _a_known_rule(error: RuleNotSupported) -> Message:
    known = ", ".join(RULES)
    if error.vote_type is None:
        return msg("a rule that can be counted here (%(known)s), found “%(found)s”", known=known, found=error.rule)
    return msg("a rule for ballots of type %(type)s, found “%(found)s”", type=error.vote_type, found=error.rule)


_MISSING = {
    "min_score": msg("a line “min_project_score_threshold;…” in META, which this rule needs"),
}
