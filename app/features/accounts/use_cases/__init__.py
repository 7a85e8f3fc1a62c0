"""What can happen with people and staff; other rooms call from here."""

from app.features.accounts.attempts import count_attempt, forgive_attempts, hidden_key, take_back_attempt
from app.features.accounts.use_cases.blocking import block_account, unblock_account
from app.features.accounts.use_cases.erasing import close_for_erasure, delete_account
from app.features.accounts.use_cases.links import ask_for_link, ask_for_new_email, sign_up, use_link, write_link
from app.features.accounts.use_cases.people import add_person_without_account
from app.features.accounts.use_cases.roles import copy_roles, give_role, make_administrator, take_role
from app.features.accounts.use_cases.second_factor import (
    keep_second_factor,
    pass_second_factor,
    renew_recovery_codes,
    reset_second_factor,
    set_up_second_factor,
)
from app.features.accounts.use_cases.sessions import end_session, end_sessions, open_session, renew_token
from app.features.accounts.use_cases.settings import change_details, change_password

__all__ = [
    "add_person_without_account",
    "ask_for_link",
    "ask_for_new_email",
    "block_account",
    "change_details",
    "change_password",
    "close_for_erasure",
    "copy_roles",
    "count_attempt",
    "delete_account",
    "end_session",
    "end_sessions",
    "forgive_attempts",
    "give_role",
    "hidden_key",
    "keep_second_factor",
    "make_administrator",
    "open_session",
    "pass_second_factor",
    "renew_recovery_codes",
    "renew_token",
    "reset_second_factor",
    "set_up_second_factor",
    "sign_up",
    "take_back_attempt",
    "take_role",
    "unblock_account",
    "use_link",
    "write_link",
]
