"""The verbs of who is who: councils, organisations, people, bodies, seats, settings and legal grounds."""

from meetingapp.council.commands.bodies import (
    LEGAL_NAME,
    add_body,
    add_council,
    add_legal_basis,
    add_setting,
    edit_body,
    edit_council,
    edit_legal_basis,
)
from meetingapp.council.commands.people import (
    add_affiliation,
    add_organisation,
    add_person,
    edit_organisation,
    edit_person,
    end_affiliation,
)
from meetingapp.council.commands.seats import add_seat, end_seat

__all__ = [
    "LEGAL_NAME",
    "add_affiliation",
    "add_body",
    "add_council",
    "add_legal_basis",
    "add_organisation",
    "add_person",
    "add_seat",
    "add_setting",
    "edit_body",
    "edit_council",
    "edit_legal_basis",
    "edit_organisation",
    "edit_person",
    "end_affiliation",
    "end_seat",
]
