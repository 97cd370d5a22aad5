"""The council itself, its bodies, the settings that hold for them, and the legal grounds they can use."""

from __future__ import annotations

import re
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.council.addresses import address_part
from meetingapp.council.models import BasisUse, Body, BodyKind, Council, LegalBasis, Organisation, Setting
from meetingapp.council.queries import DEFAULTS

LEGAL_NAME = re.compile(r"interkommunalt politisk råd|\bIPR\b", re.IGNORECASE)
DAYS = r"[1-9]\d{0,2}"
SHAPES = {
    "case_call_days": DAYS,
    "notice_days": DAYS,
    "ready_days": DAYS,
    "papers_days": DAYS,
    "reply_days": DAYS,
    "reminder_days": DAYS,
    "call_reminders": r"yes|no",
    "action_reminders_days": rf"no|{DAYS}(, ?{DAYS}){{0,3}}",
    "minutes_days": DAYS,
    "signature_days": DAYS,
    "feedback_days": DAYS,
    "postponed_case_number": r"keep_number|new_number",
    "signatories": r"\d",
    "formal_items_numbered": r"yes|no",
    "quorum_share": r"[1-9]/[1-9]",
}


OF_THE_COUNCIL = {"action_reminders_days"}  # an action belongs to no body


def add_council(
    *,
    slug: str,
    name: str,
    short_name: str,
    email: str,
    by: audit.Doer | None,
    legal_form: str = "",
    public_host: str = "",
    default_language: str = "nb",
    publication_criterion: str = "",
    seat_municipality: Organisation | None = None,
) -> Council:
    """A new council.

    :param slug: for addresses and files, ASCII
    :raises RuleBroken: when the name does not say what it is
    :source: kommuneloven § 18-1 third paragraph (the name)
    """
    council = Council(slug=address_part(slug))
    if db.session.scalar(select(Council.id).where(Council.slug == council.slug)):
        raise RuleBroken(_("There is a council with this address already."), field="slug")
    _write_council(council, name, short_name, email, legal_form, public_host, default_language, publication_criterion, seat_municipality)
    db.session.add(council)
    audit.record("council.add", council, by=by)
    return council


def edit_council(
    council: Council,
    *,
    name: str,
    short_name: str,
    email: str,
    by: audit.Doer | None,
    legal_form: str = "",
    public_host: str = "",
    default_language: str = "nb",
    publication_criterion: str = "",
    seat_municipality: Organisation | None = None,
) -> None:
    """Change the facts of `council`.

    :raises RuleBroken: as `add_council`; and when another council has the public host
    :source: kommuneloven § 18-1 third paragraph (the name)
    """
    _write_council(council, name, short_name, email, legal_form, public_host, default_language, publication_criterion, seat_municipality)
    audit.record("council.edit", council, by=by)


def _write_council(
    council: Council,
    name: str,
    short_name: str,
    email: str,
    legal_form: str,
    public_host: str,
    default_language: str,
    publication_criterion: str,
    seat_municipality: Organisation | None,
) -> None:
    name, host = " ".join(name.split()), public_host.strip().lower()
    if not LEGAL_NAME.search(name):
        raise RuleBroken(
            _("The name must contain «interkommunalt politisk råd» or «IPR» (kommuneloven § 18-1)."),
            next_step=_("Write for instance «%(name)s IPR».", name=name or "Hamarregionen"),
            field="name",
        )
    with db.session.no_autoflush:
        taken = host and db.session.scalar(select(Council).where(Council.public_host == host))
    if taken and taken is not council:
        raise RuleBroken(_("%(name)s has this public address already.", name=taken.short_name), field="public_host")
    council.name, council.short_name = name, short_name.strip() or LEGAL_NAME.sub("", name).strip()
    council.email, council.legal_form, council.public_host = email.strip().lower(), legal_form.strip(), host
    council.default_language, council.publication_criterion = default_language, publication_criterion.strip()
    council.seat_municipality = seat_municipality


def add_body(
    council: Council,
    *,
    name: str,
    series: str,
    kind: BodyKind,
    organizer_address: str,
    valid_from: date,
    by: audit.Doer | None,
    slug: str = "",
    parent: Body | None = None,
    number_pattern: str = "{series} {n:02}/{yy}",
    voting_seats: int = 0,
    advisory: bool = False,
    language: str = "nb",
    created_by: str = "",
    valid_to: date | None = None,
) -> Body:
    """A new organ of `council`. Its slug is its public address for ever.

    :param series: what its case numbers begin with: "RR"
    :param created_by: the decision that made it
    :raises RuleBroken: when slug or series is in use, the pattern cannot be read, or the dates are the wrong way round
    :source: kommuneloven § 18-3 (the representantskap may create other organs)
    """
    body = Body(council_id=council.id, slug=address_part(slug or name))
    if not body.slug:
        raise RuleBroken(_("Write a name with letters."), field="name")
    if db.session.scalar(select(Body.id).where(Body.council_id == council.id, Body.slug == body.slug)):
        raise RuleBroken(_("There is a body with this name already."), field="name")
    _write_body(body, name, series, kind, organizer_address, valid_from, parent, number_pattern, voting_seats, advisory, language)
    body.created_by = created_by.strip()
    _date_body(body, valid_from, valid_to)
    body.council = council
    db.session.add(body)
    audit.record("body.add", body, by=by)
    return body


def edit_body(
    body: Body,
    *,
    name: str,
    series: str,
    kind: BodyKind,
    organizer_address: str,
    valid_from: date,
    by: audit.Doer | None,
    parent: Body | None = None,
    number_pattern: str = "{series} {n:02}/{yy}",
    voting_seats: int = 0,
    advisory: bool = False,
    language: str = "nb",
    created_by: str = "",
    valid_to: date | None = None,
) -> None:
    """Change the facts of `body`; its slug stays, for addresses live for ever.

    :raises RuleBroken: as `add_body`; and when a seat reaches outside the new dates
    """
    _write_body(body, name, series, kind, organizer_address, valid_from, parent, number_pattern, voting_seats, advisory, language)
    body.created_by = created_by.strip()
    _date_body(body, valid_from, valid_to)
    audit.record("body.edit", body, by=by)


def _write_body(
    body: Body,
    name: str,
    series: str,
    kind: BodyKind,
    organizer_address: str,
    valid_from: date,
    parent: Body | None,
    number_pattern: str,
    voting_seats: int,
    advisory: bool,
    language: str,
) -> None:
    name, series = " ".join(name.split()), series.strip()
    if not name:
        raise RuleBroken(_("Write a name."), field="name")
    with db.session.no_autoflush:
        same = db.session.scalar(select(Body).where(Body.council_id == body.council_id, Body.series == series, Body.id != body.id))
    if same is not None:
        raise RuleBroken(_("%(name)s uses this prefix in its case numbers already.", name=same.name), field="series")
    if parent is not None and (parent is body or parent.council_id != body.council_id):
        raise RuleBroken(_("A body cannot stand under itself or under another council's."), field="parent")
    if voting_seats < 0:
        raise RuleBroken(_("Write a number from 0 up."), field="voting_seats")
    _check_pattern(number_pattern, series, valid_from.year)
    body.name, body.series, body.kind, body.parent = name, series, kind, parent
    body.organizer_address, body.number_pattern = organizer_address.strip().lower(), number_pattern.strip()
    body.voting_seats, body.advisory, body.language = voting_seats, advisory, language


PATTERN = re.compile(r"(?:[^{}]|\{series\}|\{n(?::0[1-4])?\}|\{yy\}|\{yyyy\})+")


def _check_pattern(pattern: str, series: str, year: int) -> None:
    """A pattern names its place holders one by one; anything else in braces would reach `str.format`, and so our objects."""
    if not PATTERN.fullmatch(pattern.strip()) or "{n" not in pattern or "{yy" not in pattern:
        raise RuleBroken(
            _("This pattern of case numbers cannot be used."),
            next_step=_("Write it like this: {series} {n:02}/{yy}"),
            field="number_pattern",
        )


def _date_body(body: Body, valid_from: date, valid_to: date | None) -> None:
    if valid_to is not None and valid_to < valid_from:
        raise RuleBroken(_("The end is before the beginning."), field="valid_to")
    with db.session.no_autoflush:
        for seat in body.seats:
            if seat.valid_from < valid_from or (valid_to is not None and (seat.valid_to is None or seat.valid_to > valid_to)):
                raise RuleBroken(
                    _("%(name)s has a seat outside these days.", name=seat.person.name),
                    next_step=_("End the seats first."),
                    field="valid_to" if seat.valid_from >= valid_from else "valid_from",
                )
    body.valid_from, body.valid_to = valid_from, valid_to


def add_setting(
    council: Council,
    *,
    key: str,
    value: str,
    valid_from: date,
    by: audit.Doer | None,
    body: Body | None = None,
    source: str = "",
) -> Setting:
    """Let `key` be `value` from `valid_from`, for one body or (None) the whole council. The value before it ends the day before.

    :param key: one of `council.queries.DEFAULTS`
    :param source: the decision or rule it rests on
    :raises RuleBroken: for an unknown key, a value of the wrong shape, or a day that has a value of its own already
    """
    value = value.strip()
    if key not in DEFAULTS:
        raise RuleBroken(_("There is no such setting."), field="key")
    if not re.fullmatch(SHAPES[key], value):
        raise RuleBroken(_("This value does not fit the setting."), next_step=_example(key), field="value")
    if body is not None and body.council_id != council.id:
        raise RuleBroken(_("The body belongs to another council."))
    if body is not None and key in OF_THE_COUNCIL:
        raise RuleBroken(_("This setting holds for the whole council."), next_step=_("Tick that it holds for all bodies."), field="for_all")
    same = select(Setting).where(Setting.council_id == council.id, Setting.key == key)
    same = same.where(Setting.body_id == body.id if body is not None else Setting.body_id.is_(None))
    ends = None
    for old in db.session.scalars(same):
        if old.valid_from == valid_from:
            raise RuleBroken(_("A value begins on this day already."), next_step=_("Choose another day."), field="valid_from")
        if old.valid_from > valid_from:
            day_before = old.valid_from - timedelta(days=1)
            ends = day_before if ends is None else min(ends, day_before)
        elif old.valid_to is None or old.valid_to >= valid_from:
            old.valid_to = valid_from - timedelta(days=1)
    setting = Setting(
        council_id=council.id,
        body_id=body.id if body is not None else None,
        key=key,
        value=value,
        valid_from=valid_from,
        valid_to=ends,
        source=source.strip(),
    )
    db.session.add(setting)
    audit.record("setting.add", setting, by=by, key=key, value=value)
    return setting


def _example(key: str) -> str:
    """What a value of `key` looks like."""
    if key == "action_reminders_days":
        return _("Write days with commas between, like 14, 3; or no.")
    if key.endswith("_days"):
        return _("Write a number of days, 1 to 999.")
    if key == "signatories":
        return _("Write a number from 0 to 9.")
    if key == "quorum_share":
        return _("Write a fraction like 1/2.")
    return _("Choose one of: %(values)s.", values=", ".join(SHAPES[key].split("|")))


def add_legal_basis(
    *,
    use: BasisUse,
    label: str,
    by: audit.Doer | None,
    about: str = "",
    is_duty: bool = False,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> LegalBasis:
    """A provision that can be named as a ground.

    :param label: as it is written: "offentleglova § 23 første ledd"
    :raises RuleBroken: when it is listed already for this use, or the dates are the wrong way round
    """
    basis = LegalBasis(use=use)
    _write_legal_basis(basis, label, about, is_duty, valid_from or clock.today(), valid_to)
    db.session.add(basis)
    audit.record("legal_basis.add", basis, by=by)
    return basis


def edit_legal_basis(
    basis: LegalBasis, *, about: str, is_duty: bool, valid_from: date, valid_to: date | None, by: audit.Doer | None
) -> None:
    """Change what is said of a provision and when it is in force. Its label stays: minutes and papers quote it.

    :raises RuleBroken: when the dates are the wrong way round
    """
    _write_legal_basis(basis, basis.label, about, is_duty, valid_from, valid_to)
    audit.record("legal_basis.edit", basis, by=by)


def _write_legal_basis(basis: LegalBasis, label: str, about: str, is_duty: bool, valid_from: date, valid_to: date | None) -> None:
    label = " ".join(label.split())
    if not label:
        raise RuleBroken(_("Write the provision."), field="label")
    if valid_to is not None and valid_to < valid_from:
        raise RuleBroken(_("The end is before the beginning."), field="valid_to")
    with db.session.no_autoflush:
        same = select(LegalBasis).where(LegalBasis.use == basis.use, LegalBasis.label == label)
        for other in db.session.scalars(same):
            begins_after = valid_to is not None and other.valid_from > valid_to
            ends_before = other.valid_to is not None and other.valid_to < valid_from
            if other is not basis and not (begins_after or ends_before):
                raise RuleBroken(_("This provision is listed already for this use."), field="label")
    basis.label, basis.about, basis.is_duty = label, about.strip(), is_duty
    basis.valid_from, basis.valid_to = valid_from, valid_to
