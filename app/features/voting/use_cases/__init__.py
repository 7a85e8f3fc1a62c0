"""What can happen here: somebody says who they are, casts a ballot, a clerk casts one for them; a box is opened, a pot counted.

Casting writes no audit entry, no outbox row and no log line that names a voter or a ballot.
"""

from app.features.voting.announced import announced_rule
from app.features.voting.commands import CastAtDesk, OnPaper, PaperSetup, WriteSetup
from app.features.voting.keys.kept import kept_key
from app.features.voting.keys.keyring import Keyring
from app.features.voting.package.files import package_marks, package_parts
from app.features.voting.use_cases.boxes import prepare_box, seal_boxes, sign_heads
from app.features.voting.use_cases.casting import cast_at_desk, cast_ballot, check_at_desk
from app.features.voting.use_cases.closing import (
    begin_closing,
    close_box,
    explained,
    go_on_closing,
    is_wiping,
    note_held,
    wiped,
)
from app.features.voting.use_cases.codes import (
    Unlisted,
    delete_print,
    issue_codes,
    mark_undelivered,
    mark_undelivered_letters,
    renew_code,
    void_code,
)
from app.features.voting.use_cases.comparing import can_compare, compare_rules, pots_to_compare
from app.features.voting.use_cases.contests import (
    contest_of,
    contests_of,
    decide_contest,
    may_sign_contest,
    open_contest,
    return_contest,
    sign_contest,
)
from app.features.voting.use_cases.counting import ROWS_NEEDED, as_counted, before_counting, count_pot, outcome_of, tally_of
from app.features.voting.use_cases.counting_long import (
    begin_counting,
    counted_from,
    finish_counting,
    pot_to_count,
    stop_counting,
)
from app.features.voting.use_cases.drawing import (
    confirm_draw,
    drop_draw,
    enter_draw,
    entered_draw,
    look_for_ties,
    mark_of,
    take_back_draw,
)
from app.features.voting.use_cases.figures import figures_of, publication_of, undecided_contests
from app.features.voting.use_cases.forgetting import ask_to_destroy_keys, destroy_keys, forget_voters, keys_destroyed
from app.features.voting.use_cases.freeing import free_slots
from app.features.voting.use_cases.freezing_roll import begun_votes, note_roll
from app.features.voting.use_cases.going_on import box_rests, count_rests, go_on, with_work
from app.features.voting.use_cases.hands import GONE, may_be_second, waiting_for_hand
from app.features.voting.use_cases.identifying import (
    UnknownCode,
    enter_card,
    enter_code,
    identify,
    require_current,
    voter_of_account,
)
from app.features.voting.use_cases.keeping import key_missing, why_no_key
from app.features.voting.use_cases.on_paper import (
    FORGOTTEN,
    NotOnTheList,
    OnEnvelope,
    accept_on_paper,
    forget_stations,
    hand_back,
    issue_on_paper,
    number_on_envelope,
    voter_on_list,
)
from app.features.voting.use_cases.opening_here import (
    begin_opening,
    finish_opening,
    open_with_the_servers_key,
    stop_opening,
    taking_in,
    to_open,
    write_opened,
)
from app.features.voting.use_cases.openings import (
    DISPUTED,
    Opening,
    discard_openings,
    discarded_openings,
    import_opened,
    openings_of,
    require_agreed,
    require_disputed,
    require_readable,
)
from app.features.voting.use_cases.publishing import UNDECIDED, confirm_publication, decide_publication, publication_missing
from app.features.voting.use_cases.replacing_roll import Replacement, preview_replacement, replace_roll
from app.features.voting.use_cases.rolls import (
    HashedRow,
    RollReport,
    add_missing_area,
    areas_by_name,
    hashed,
    import_roll,
    roll_is_fixed,
)
from app.features.voting.use_cases.setups import copy_setup, fixed_reason, write_setup
from app.features.voting.use_cases.under_way import moved_at, note_done, why_stopped
from app.features.voting.voters.announced_setup import paper_rules
from app.features.voting.voters.eligibility import standing_of
from app.features.voting.voters.paper_rules import PaperRules
from app.features.voting.voters.roll_file import RollRow

__all__ = [
    "DISPUTED",
    "FORGOTTEN",
    "GONE",
    "ROWS_NEEDED",
    "UNDECIDED",
    "CastAtDesk",
    "HashedRow",
    "Keyring",
    "NotOnTheList",
    "OnEnvelope",
    "OnPaper",
    "Opening",
    "PaperRules",
    "PaperSetup",
    "Replacement",
    "RollReport",
    "RollRow",
    "UnknownCode",
    "Unlisted",
    "WriteSetup",
    "accept_on_paper",
    "add_missing_area",
    "announced_rule",
    "areas_by_name",
    "as_counted",
    "ask_to_destroy_keys",
    "before_counting",
    "begin_closing",
    "begin_counting",
    "begin_opening",
    "begun_votes",
    "box_rests",
    "can_compare",
    "cast_at_desk",
    "cast_ballot",
    "check_at_desk",
    "close_box",
    "compare_rules",
    "confirm_draw",
    "confirm_publication",
    "contest_of",
    "contests_of",
    "copy_setup",
    "count_pot",
    "count_rests",
    "counted_from",
    "decide_contest",
    "decide_publication",
    "delete_print",
    "destroy_keys",
    "discard_openings",
    "discarded_openings",
    "drop_draw",
    "enter_card",
    "enter_code",
    "enter_draw",
    "entered_draw",
    "explained",
    "figures_of",
    "finish_counting",
    "finish_opening",
    "fixed_reason",
    "forget_stations",
    "forget_voters",
    "free_slots",
    "go_on",
    "go_on_closing",
    "hand_back",
    "hashed",
    "identify",
    "import_opened",
    "import_roll",
    "is_wiping",
    "issue_codes",
    "issue_on_paper",
    "kept_key",
    "key_missing",
    "keys_destroyed",
    "look_for_ties",
    "mark_of",
    "mark_undelivered",
    "mark_undelivered_letters",
    "may_be_second",
    "may_sign_contest",
    "moved_at",
    "note_done",
    "note_held",
    "note_roll",
    "number_on_envelope",
    "open_contest",
    "open_with_the_servers_key",
    "openings_of",
    "outcome_of",
    "package_marks",
    "package_parts",
    "paper_rules",
    "pot_to_count",
    "pots_to_compare",
    "prepare_box",
    "preview_replacement",
    "publication_missing",
    "publication_of",
    "renew_code",
    "replace_roll",
    "require_agreed",
    "require_current",
    "require_disputed",
    "require_readable",
    "return_contest",
    "roll_is_fixed",
    "seal_boxes",
    "sign_contest",
    "sign_heads",
    "standing_of",
    "stop_counting",
    "stop_opening",
    "take_back_draw",
    "taking_in",
    "tally_of",
    "to_open",
    "undecided_contests",
    "void_code",
    "voter_of_account",
    "voter_on_list",
    "waiting_for_hand",
    "why_no_key",
    "why_stopped",
    "wiped",
    "with_work",
    "write_opened",
    "write_setup",
]
