"""Bodies, their seats at a date, and the settings that hold for them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.core import clock, policy
from meetingapp.core.i18n import dates
from meetingapp.council import commands, queries, words
from meetingapp.council.forms import FIRST_YEAR, LAST_YEAR, BodyForm, EndSeatForm, SeatForm, SettingForm, facts_of
from meetingapp.council.models import Body, BodyKind, Matter, Office, SeatRole
from meetingapp.council.office import number_asked, own_council
from meetingapp.council.views import bp

ADMINISTRATION = (SeatRole.SECRETARY, SeatRole.CASE_OFFICER, SeatRole.ATTENDEE)


@bp.get("/kontor/folk/utvalg/<int:body_id>")
def body(body_id: int) -> Any:
    found = body_or_404(body_id)
    asked = request.args.get("dato", "").strip()
    try:
        day = dates.parse_date(asked) if asked else clock.today()
        fault = "" if FIRST_YEAR <= day.year <= LAST_YEAR else _("Write a year from 1900 to 2199.")
    except ValueError:
        day, fault = clock.today(), _("Write the date like this: 04.05.2026")
    seats = queries.seats_on(found, day)
    return render_template(
        "council/body.html",
        body=found,
        day=day,
        asked=asked,
        fault=fault,
        members=[seat for seat in seats if seat.role is SeatRole.MEMBER],
        deputies=[seat for seat in seats if seat.role is SeatRole.DEPUTY],
        administration=[seat for seat in seats if seat.role in ADMINISTRATION],
        guests=[seat for seat in seats if seat.role in (SeatRole.GUEST, SeatRole.OBSERVER)],
        warnings=queries.seat_warnings(found, day),
        settings=queries.settings_of(found),
        defaults=queries.DEFAULTS,
        words=words,
    ), 422 if fault else 200


@bp.route("/kontor/folk/utvalg/ny", methods=["GET", "POST"])
def new_body() -> Any:
    council = own_council()
    policy.require(current_user, "council.edit", council)
    parents = {one.id: one for one in queries.bodies_of(council.id, clock.today())}
    first = next(iter(parents.values()), None)
    address = first.organizer_address if first is not None else council.email
    form = BodyForm(valid_from=clock.today(), organizer_address=address).choose_from(parents.values())
    if form.validate_on_submit():
        with form.rules():
            made = commands.add_body(council, by=current_user, **_body_facts(form, parents))
    if form.is_done:
        flash(_("%(name)s is made. Now give the seats.", name=made.name))
        return redirect(url_for(".body", body_id=made.id), 303)
    return render_template("council/body_form.html", form=form, body=None), form.status


@bp.route("/kontor/folk/utvalg/<int:body_id>/rediger", methods=["GET", "POST"])
def edit_body(body_id: int) -> Any:
    found = body_or_404(body_id)
    policy.require(current_user, "council.edit", found)
    parents = {one.id: one for one in queries.all_bodies(found.council_id) if one.id != found.id}
    form = BodyForm(data=facts_of(found, parent=found.parent_id)).choose_from(parents.values())
    if form.validate_on_submit():
        with form.rules():
            commands.edit_body(found, by=current_user, **_body_facts(form, parents))
    if form.is_done:
        flash(_("The changes are saved."))
        return redirect(url_for(".body", body_id=found.id), 303)
    return render_template("council/body_form.html", form=form, body=found), form.status


@bp.route("/kontor/folk/utvalg/<int:body_id>/verv/ny", methods=["GET", "POST"])
def new_seat(body_id: int) -> Any:
    found = body_or_404(body_id)
    policy.require(current_user, "council.edit", found)
    people = {one.id: one for one in queries.active_people(found.council_id)}
    organisations = {one.organisation_id: one.organisation for one in queries.affiliations_of(found.council_id, clock.today())}
    members = {one.id: one for one in queries.seats_between(found, clock.today(), None) if one.role is SeatRole.MEMBER}
    form = SeatForm(valid_from=clock.today(), person=number_asked("person")).choose_from(
        people.values(), organisations.values(), members.values()
    )
    if form.validate_on_submit():
        by_matter = {Matter.PARTNERSHIP.value: "".join(form.partnership_rights.data)} if form.partnership_rights.data else {}
        with form.rules():
            seat = commands.add_seat(
                found,
                people[form.person.data],
                role=SeatRole(form.role.data),
                office=Office(form.office.data) if form.office.data else None,
                organisation=organisations.get(form.organisation.data),
                valid_from=form.valid_from.data,
                valid_to=form.valid_to.data,
                party_list=form.party_list.data or "",
                rank=form.rank.data,
                deputy_for=[members[one] for one in form.deputy_for.data or []],
                is_personal=form.is_personal.data,
                rights="".join(form.rights.data) or None,
                rights_by_matter=by_matter,
                ground=form.ground.data or "",
                by=current_user,
            )
    if form.is_done:
        flash(_("%(name)s has a seat in %(body)s.", name=seat.person.name, body=found.name))
        return redirect(url_for(".body", body_id=found.id), 303)
    return render_template("council/seat_form.html", form=form, body=found), form.status


@bp.route("/kontor/folk/verv/<int:seat_id>/avslutt", methods=["GET", "POST"])
def end_seat(seat_id: int) -> Any:
    seat = queries.seat(seat_id)
    if seat is None:
        policy.absent(current_user)
    policy.require_visible(current_user, "council.read", seat.body)
    policy.require(current_user, "council.edit", seat.body)
    form = EndSeatForm(last_day=clock.today())
    if form.validate_on_submit():
        with form.rules():
            commands.end_seat(seat, last_day=form.last_day.data, because=form.because.data, by=current_user)
    if form.is_done:
        flash(_("The seat ends on %(day)s.", day=dates.full_date(form.last_day.data)))
        return redirect(url_for(".body", body_id=seat.body_id), 303)
    return render_template("council/seat_end.html", form=form, seat=seat, words=words), form.status


@bp.route("/kontor/folk/utvalg/<int:body_id>/innstillinger/ny", methods=["GET", "POST"])
def new_setting(body_id: int) -> Any:
    found = body_or_404(body_id)
    policy.require(current_user, "council.edit", found)
    form = SettingForm(valid_from=clock.today(), key=request.args.get("gjelder"))
    if form.validate_on_submit():
        with form.rules():
            commands.add_setting(
                found.council,
                body=None if form.for_all.data else found,
                key=form.key.data,
                value=form.value.data,
                valid_from=form.valid_from.data,
                source=form.source.data or "",
                by=current_user,
            )
    if form.is_done:
        flash(_("The setting holds from %(day)s.", day=dates.full_date(form.valid_from.data)))
        return redirect(url_for(".body", body_id=found.id), 303)
    return render_template("council/setting_form.html", form=form, body=found), form.status


def body_or_404(body_id: int) -> Body:
    """A body of a council the reader has a seat in; absent and hidden give the same 404."""
    found = queries.body(body_id)
    if found is None:
        policy.absent(current_user)
    policy.require_visible(current_user, "council.read", found)
    return found


def _body_facts(form: BodyForm, parents: dict[int, Body]) -> dict[str, Any]:
    return {
        "name": form.name.data or "",
        "kind": BodyKind(form.kind.data),
        "parent": parents.get(form.parent.data),
        "series": form.series.data or "",
        "number_pattern": form.number_pattern.data or "",
        "voting_seats": form.voting_seats.data,
        "advisory": form.advisory.data,
        "organizer_address": form.organizer_address.data or "",
        "language": form.language.data,
        "created_by": form.created_by.data or "",
        "valid_from": form.valid_from.data,
        "valid_to": form.valid_to.data,
    }
