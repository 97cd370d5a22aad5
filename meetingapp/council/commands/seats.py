"""Seats: given for a time and ended with a reason, never overwritten. Who sat then is a query."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _

from meetingapp.core import audit
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.council import queries
from meetingapp.council.models import Body, DeputyFor, Matter, Office, Organisation, Person, Seat, SeatRole

RIGHTS = "aspv"
VOTING = (SeatRole.MEMBER, SeatRole.DEPUTY)
USUAL_RIGHTS = {role: RIGHTS if role in VOTING else "" if role is SeatRole.GUEST else "as" for role in SeatRole}


def add_seat(
    body: Body,
    person: Person,
    *,
    role: SeatRole,
    valid_from: date,
    by: audit.Doer | None,
    organisation: Organisation | None = None,
    office: Office | None = None,
    rank: int | None = None,
    is_personal: bool = False,
    deputy_for: Sequence[Seat] = (),
    rights: str | None = None,
    rights_by_matter: dict[str, str] | None = None,
    ground: str = "",
    party_list: str = "",
    valid_to: date | None = None,
    ended_because: str = "",
) -> Seat:
    """Give `person` a place in `body` from `valid_from` to the end of `valid_to` (None: until it is ended).

    :param organisation: who elected or sent the person; by default the person's own
    :param rank: of a deputy: the elected order, from 1
    :param is_personal: a deputy for one member only
    :param deputy_for: the members' seats a deputy stands in for
    :param rights: letters of a(ttend) s(peak) p(ropose) v(ote); None: what the role usually has
    :param rights_by_matter: where a kind of matter differs: {"general": "as"}
    :param ground: why one who is not a member may speak or propose; `council.queries.seat_warnings` shows it as a warning
    :param ended_because: why it ended, when what is entered is past
    :raises RuleBroken: when a rule of seats says no
    :source: kommuneloven § 7-10 (deputies in the elected order), § 8-1 (others than members), § 18-3 (the representantskap)
    """
    rights = USUAL_RIGHTS[role] if rights is None else "".join(letter for letter in RIGHTS if letter in rights)
    by_matter = _matters(rights_by_matter or {}, rights)
    _check_days(body, valid_from, valid_to)
    _check_rights(role, {rights, *by_matter.values()}, ground)
    if role is SeatRole.DEPUTY:
        _check_deputy(body, rank, is_personal, deputy_for, valid_from, valid_to)
    elif rank is not None or deputy_for or is_personal:
        raise RuleBroken(_("Only a deputy has a rank and someone to stand in for."), field="rank" if rank is not None else "deputy_for")
    if office is not None and role in (SeatRole.DEPUTY, SeatRole.GUEST, SeatRole.OBSERVER):
        raise RuleBroken(_("A deputy, observer or guest cannot hold this office."), field="office")
    _check_others(body, person, role, office, valid_from, valid_to)
    seat = Seat(
        body=body,
        person=person,
        organisation=organisation or person.organisation,
        role=role,
        office=office,
        rank=rank,
        is_personal=is_personal,
        rights=rights,
        rights_by_matter=by_matter,
        ground=ground.strip(),
        party_list=party_list.strip() or (person.party_list if role in VOTING else ""),
        valid_from=valid_from,
        valid_to=valid_to,
        ended_because=ended_because.strip(),
    )
    db.session.add(seat)
    for member in deputy_for:
        db.session.add(DeputyFor(deputy_seat=seat, member_seat=member))
    audit.record("seat.add", seat, by=by, body=body.id, person=person.id, role=role.value)
    return seat


def end_seat(seat: Seat, *, last_day: date, because: str, by: audit.Doer | None) -> None:
    """`seat` holds to the end of `last_day`. The row stays: it tells who sat then.

    :param because: the reason, as the electing organisation gave it
    :raises RuleBroken: without a reason, for a seat that has ended, or for a day outside its time
    :source: kommuneloven § 18-3 (a participant may replace its own members)
    """
    if seat.ended_because or (seat.valid_to is not None and seat.valid_to < last_day):
        ended = seat.valid_to.strftime("%d.%m.%Y") if seat.valid_to else ""
        raise RuleBroken(_("The seat ends on %(day)s already.", day=ended), next_step=_("Give a new seat instead."), field="last_day")
    if last_day < seat.valid_from:
        raise RuleBroken(
            _("The seat began on %(day)s.", day=seat.valid_from.strftime("%d.%m.%Y")),
            next_step=_("Choose that day or a later one."),
            field="last_day",
        )
    if not because.strip():
        raise RuleBroken(_("Write why the seat ends."), field="because")
    seat.valid_to, seat.ended_because = last_day, because.strip()
    audit.record("seat.end", seat, by=by, last_day=last_day.isoformat())


def _matters(given: dict[str, str], rights: str) -> dict[str, str]:
    """Only the kinds of matter whose rights differ from `rights`, in the order of the letters."""
    known = {matter.value for matter in Matter}
    if set(given) - known:
        raise RuleBroken(_("There is no such kind of matter."), field="rights")
    ordered = {matter: "".join(letter for letter in RIGHTS if letter in letters) for matter, letters in given.items()}
    return {matter: letters for matter, letters in ordered.items() if letters != rights}


def _check_days(body: Body, valid_from: date, valid_to: date | None) -> None:
    if valid_to is not None and valid_to < valid_from:
        raise RuleBroken(_("The end is before the beginning."), field="valid_to")
    if valid_from < body.valid_from or (body.valid_to is not None and valid_from > body.valid_to):
        raise RuleBroken(_("%(body)s does not exist on that day.", body=body.name), field="valid_from")
    if body.valid_to is not None and (valid_to is None or valid_to > body.valid_to):
        raise RuleBroken(
            _("%(body)s ends on %(day)s.", body=body.name, day=body.valid_to.strftime("%d.%m.%Y")),
            next_step=_("Let the seat end on that day or before."),
            field="valid_to",
        )


def _check_rights(role: SeatRole, letters: set[str], ground: str) -> None:
    if role in VOTING:
        return
    if any("v" in rights for rights in letters):
        raise RuleBroken(_("Only members and deputies vote."), field="rights")
    if any("s" in rights or "p" in rights for rights in letters) and not ground.strip():
        raise RuleBroken(
            _("Someone who is not a member may speak or propose only on a ground (kommuneloven § 8-1)."),
            next_step=_("Write the ground."),
            field="ground",
        )


def _check_deputy(
    body: Body, rank: int | None, is_personal: bool, deputy_for: Sequence[Seat], valid_from: date, valid_to: date | None
) -> None:
    if rank is None or rank < 1:
        raise RuleBroken(_("A deputy has a place in the elected order, from 1."), field="rank")
    if not deputy_for:
        raise RuleBroken(_("Choose whom the deputy stands in for."), field="deputy_for")
    if any(member.body_id != body.id or member.role is not SeatRole.MEMBER for member in deputy_for):
        raise RuleBroken(_("A deputy stands in for members of the same body."), field="deputy_for")
    if is_personal and len(deputy_for) > 1:
        raise RuleBroken(_("A personal deputy stands in for one member only."), field="deputy_for")
    for member in deputy_for:
        for other in queries.deputy_seats_between(member, valid_from, valid_to):
            if other.rank == rank:
                raise RuleBroken(
                    _("%(name)s is number %(rank)d for %(member)s already.", name=other.person.name, rank=rank, member=member.person.name),
                    field="rank",
                )


def _check_others(body: Body, person: Person, role: SeatRole, office: Office | None, valid_from: date, valid_to: date | None) -> None:
    for other in queries.seats_between(body, valid_from, valid_to):
        if other.person_id == person.id and (other.role is role or {other.role, role} <= set(VOTING)):
            raise RuleBroken(
                _("%(name)s has a seat in %(body)s at that time already.", name=person.name, body=body.name),
                next_step=_("End that seat first."),
                field="person",
            )
        if office is not None and other.office is office:
            said = _("%(name)s is chair at that time.") if office is Office.CHAIR else _("%(name)s is deputy chair at that time.")
            raise RuleBroken(said % {"name": other.person.name}, next_step=_("End that seat first."), field="office")
