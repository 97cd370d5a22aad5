"""The verbs of signing in: links, password and second factor, and who is let in at all."""

from meetingapp.accounts.commands.access import close_access, end_sessions, open_access, reset_all, reset_factor
from meetingapp.accounts.commands.links import (
    make_partner_link,
    revoke_partner_link,
    send_link,
    spend,
    want_link,
)
from meetingapp.accounts.commands.own import (
    choose_language,
    choose_scheme,
    make_recovery_codes,
    refresh_hash,
    set_factor,
    set_password,
    use_code,
    use_recovery_code,
)

__all__ = [
    "choose_language",
    "choose_scheme",
    "close_access",
    "end_sessions",
    "make_partner_link",
    "make_recovery_codes",
    "open_access",
    "refresh_hash",
    "reset_all",
    "reset_factor",
    "revoke_partner_link",
    "send_link",
    "set_factor",
    "set_password",
    "spend",
    "use_code",
    "use_recovery_code",
    "want_link",
]
