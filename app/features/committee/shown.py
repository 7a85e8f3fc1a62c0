"""Decisions in words: what is proposed, what will happen, what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext

from app.features.budgets.queries import Pot, PotState
from app.features.committee.models import Decision, DecisionKind, DecisionState
from app.kernel.messages import Beginning, Ending, Message, msg
from app.kernel.texts import Texts
from app.web.filters import local_text, translate

PROPOSALS: dict[DecisionKind, Message] = {
    DecisionKind.EXTENSION: msg("Extend the vote"),
    DecisionKind.INTERRUPTION: msg("Interrupt the vote"),
    DecisionKind.RESUMPTION: msg("Go on with the vote"),
    DecisionKind.ANNULMENT: msg("Annul the vote on this pot"),
    DecisionKind.OBJECTION: msg("Decide an objection"),
    DecisionKind.RECOUNT: msg("Count again and compare"),
    DecisionKind.CERTIFICATION: msg("Certify the result"),
    DecisionKind.CORRECTION: msg("Correct the certificate"),
    DecisionKind.DESTRUCTION: msg("Destroy the keys of the vote"),
    DecisionKind.OPENING_ANEW: msg("Discard all openings of the box and open it anew"),
    DecisionKind.TOTALS_AGAIN: msg("Have the totals of a station typed again"),
    DecisionKind.DRAW_AGAIN: msg("Have a draw entered again"),
    DecisionKind.WITHDRAWAL: msg("Withdraw a project while people vote"),
}
DECIDED: dict[DecisionKind, Message] = {
    DecisionKind.EXTENSION: msg("The vote was extended"),
    DecisionKind.INTERRUPTION: msg("The vote was interrupted"),
    DecisionKind.RESUMPTION: msg("The vote went on"),
    DecisionKind.ANNULMENT: msg("The vote on a pot was annulled"),
    DecisionKind.OBJECTION: msg("An objection was decided"),
    DecisionKind.RECOUNT: msg("A pot was counted again"),
    DecisionKind.CERTIFICATION: msg("A result was certified"),
    DecisionKind.CORRECTION: msg("A certificate was corrected"),
    DecisionKind.DESTRUCTION: msg("The keys of the vote are destroyed"),
    DecisionKind.OPENING_ANEW: msg("All openings of the box were discarded, and it is opened anew"),
    DecisionKind.TOTALS_AGAIN: msg("The totals of a station were reopened"),
    DecisionKind.DRAW_AGAIN: msg("A draw was reopened"),
    DecisionKind.WITHDRAWAL: msg("A project was withdrawn while people voted"),
}
FREED = msg(
    "Where one vote is good for several pots, whoever used it in this pot can use it in another, as long as people can vote."
)
STAYS_VALID = msg("Ballots that name it stay valid: everything else on them counts.")
_COUNTED_ANEW = (
    msg("A count that is not certified is discarded: the pot is counted again afterwards."),
    msg("A certified result stays as it is until two members correct the certificate."),
)
_WILL: dict[DecisionKind, tuple[Message, ...]] = {
    DecisionKind.EXTENSION: (
        msg("Ballots are taken until %(until)s, on the web and at the desk. All pages say so."),
        msg("The end of a vote can only be put later, never earlier."),
    ),
    DecisionKind.INTERRUPTION: (
        msg("From the second signature on nobody can cast a ballot, on the web, at kiosks or at the desk."),
        msg("Ballots that were cast stay in the box. Going on is another decision."),
    ),
    DecisionKind.RESUMPTION: (msg("Ballots are taken again at once, until the end that the voting phase has."),),
    DecisionKind.ANNULMENT: (
        msg("No more ballots are taken for this pot. It can be neither counted nor certified."),
        FREED,
        msg("Where a result is public already, its page says that it does not count. This cannot be undone."),
    ),
    DecisionKind.OBJECTION: (
        msg("The answer and its reason are public; who objected, and in which words, is not."),
        msg("A recount, a correction or an annulment that follows from it is a decision of its own."),
    ),
    DecisionKind.RECOUNT: (
        msg("The opened ballots and the totals of paper are counted again by the announced rule, at once."),
        msg("Both counts are compared. A certified result stays as it is until a correction is decided."),
    ),
    DecisionKind.CERTIFICATION: (
        msg("Everybody sees the result at once, with the reason for each project."),
        msg("The certificate names both members who signed. Only a correction by two members can change it."),
        msg("The days in which people can object begin."),
    ),
    DecisionKind.CORRECTION: (
        msg("The pot is counted again, and the new count takes the place of the certified one."),
        msg("There is a new version of the certificate. The old one stays to be read."),
        msg("The days in which people can object begin anew."),
    ),
    DecisionKind.DESTRUCTION: (
        msg("The keys of this vote on the server are overwritten. This cannot be undone."),
        msg("Nobody can open envelopes any more, or find out which card number a participation belongs to."),
        msg("Codes from letters mean nothing any more; print files that are still on the server are deleted."),
        msg("Backups of the keys must be destroyed by whoever runs the server; the operations guide says how."),
    ),
    DecisionKind.OPENING_ANEW: (
        msg("None of the openings that differ counts any more. All of them stay in the protocol, with who brought them."),
        msg("Counts that are not certified are discarded with them, and so is what was decided to be published."),
        msg("The box is closed again. It is opened anew, and where the committee holds the key, again by somebody else."),
        msg(
            "A certified result stays until it is corrected or annulled; "
            "the decisions on its page say that the box was opened anew."
        ),
    ),
    DecisionKind.TOTALS_AGAIN: (
        msg("Two members type the totals of this station again. What was typed before stays in the protocol, beside the new."),
        *_COUNTED_ANEW,
    ),
    DecisionKind.DRAW_AGAIN: (
        msg("One member enters what was drawn, another confirms it. The earlier draw stays in the protocol."),
        *_COUNTED_ANEW,
    ),
    DecisionKind.WITHDRAWAL: (
        msg("The project stays on the fixed ballot, but nobody can choose it any more, and it cannot win."),
        STAYS_VALID,
        msg("Its page, the ballot and the page of the pot say so, with the reason. This cannot be undone."),
    ),
}
STATES: dict[DecisionState, tuple[Message, str, str]] = {
    DecisionState.PROPOSED: (msg("Waits for a second signature"), "clock", "warning"),
    DecisionState.IN_FORCE: (msg("In force"), "circle-check", "good"),
    DecisionState.DECLINED: (msg("Declined"), "circle-x", "neutral"),
    DecisionState.WITHDRAWN: (msg("Taken back"), "undo-2", "neutral"),
}


@dataclass(frozen=True)
class ShownDecision:
    """A decision for a page."""

    decision: Decision
    title: str
    pot: Pot | None
    will: list[str]
    came: list[str]
    state: tuple[str, str, str]

    @property
    def id(self) -> UUID:
        """Its id."""
        return self.decision.id

    @property
    def reason(self) -> Texts:
        """Why, by language."""
        return self.decision.reason


def show(decision: Decision, pots: dict[UUID, Pot]) -> ShownDecision:
    """Work out what pages say about a decision."""
    words = DECIDED if decision.state is DecisionState.IN_FORCE else PROPOSALS
    label, icon, tone = STATES[decision.state]
    pot = pots.get(decision.pot_id) if decision.pot_id else None
    will = will_happen(decision.kind, decision.details)
    return ShownDecision(
        decision, translate(words[decision.kind]), pot, will, _came(decision, pot), (translate(label), icon, tone)
    )


def will_happen(kind: DecisionKind, details: dict[str, Any]) -> list[str]:
    """What will happen with the second signature, in sentences."""
    until = Ending(datetime.fromisoformat(details["until"])) if details.get("until") else None
    sentences = [
        translate(msg(one.template, until=until) if until else one)
        for one in _WILL[kind]
        if until or "%(until)s" not in one.template
    ]
    if kind is DecisionKind.OBJECTION and details.get("outcome"):
        sentences.insert(0, _answer(details["outcome"]))
    return [*what_it_is_about(details), *sentences]


def what_it_is_about(details: dict[str, Any]) -> list[str]:
    """Which station or draw a decision reopens, or which project it withdraws; nothing for other decisions."""
    if details.get("project"):
        return [_("Project %(number)s: %(title)s", number=details["project"], title=local_text(details.get("title")))]
    found = [_("Station: %(name)s", name=details["station_name"])] if details.get("station_name") else []
    if details.get("order"):
        found.append(_("The draw that is reopened, the first one first: %(numbers)s", numbers=", ".join(details["order"])))
    return found


def _answer(outcome: str) -> str:
    return _("The objection is upheld.") if outcome == "upheld" else _("The objection is dismissed.")


def _came(decision: Decision, pot: Pot | None) -> list[str]:
    """What came of a decision in force."""
    if decision.state is not DecisionState.IN_FORCE:
        return []
    details, outcome = decision.details, decision.outcome
    if decision.kind is DecisionKind.EXTENSION:
        until = Ending(datetime.fromisoformat(details["until"]))
        return [translate(msg("Ballots are taken until %(until)s.", until=until))]
    if decision.kind is DecisionKind.INTERRUPTION and decision.decided_at:
        return [translate(msg("No ballots were taken from %(when)s on.", when=Beginning(decision.decided_at)))]
    if decision.kind is DecisionKind.ANNULMENT:
        return [translate(FREED)]
    if decision.kind is DecisionKind.OBJECTION:
        return [_("Objection number %(number)s.", number=outcome.get("number", "")), _answer(details.get("outcome", ""))]
    if decision.kind is DecisionKind.OPENING_ANEW:
        number = outcome.get("discarded", 0)
        return [ngettext("%(num)s opening was discarded.", "%(num)s openings were discarded.", number)]
    if decision.kind in (DecisionKind.TOTALS_AGAIN, DecisionKind.DRAW_AGAIN):
        return what_it_is_about(details)
    if decision.kind is DecisionKind.WITHDRAWAL:
        return [*what_it_is_about(details), translate(STAYS_VALID)]
    if decision.kind in (DecisionKind.RECOUNT, DecisionKind.CORRECTION):
        return _counted_again(outcome, pot)
    return []


def _counted_again(outcome: dict[str, Any], pot: Pot | None) -> list[str]:
    """Whether it was the same again; who wins now only where a result is certified, for everybody reads this."""
    if outcome.get("same"):
        return [_("The count came to the same result for every project.")]
    found = [_("The count came to another result.")]
    if pot is None or pot.state is not PotState.CERTIFIED or "winners" not in outcome:
        return found
    return [*found, _("Winners now: %(numbers)s.", numbers=", ".join(outcome["winners"]) or "–")]
