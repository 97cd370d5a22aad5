"""A person is asked to write a case paper by a day: asked, reminded, given another day, and taken in or called off in the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import gettext as _

from meetingapp.accounts import links
from meetingapp.accounts.actor import Actor
from meetingapp.accounts.models import LinkPurpose, PersonalLink
from meetingapp.cases import queries
from meetingapp.cases.commands.facts import told_word
from meetingapp.cases.commands.papers import check_open
from meetingapp.cases.models import BEING_WRITTEN, Case, Exemption, PaperRequest, Part
from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken, check_version
from meetingapp.core.mail.models import Letter, LetterState
from meetingapp.core.mail.post import letters_about, post_letter, withdraw_letters
from meetingapp.council.models import Person

LETTER = "paper-request"
LINK_OUTLASTS = timedelta(days=30)  # the deadline: who is late shall not stand before a dead link


def ask_for_paper(case: Case, person: Person, *, due: date, message: str, by: audit.Doer | None) -> PaperRequest:
    """Ask `person` to write the open paper of `case` by `due`. They get a letter with a personal link that does this and nothing else.

    :param due: a day in Oslo; the day itself is in time
    :param message: a few words of the secretary's, which stand in the letter
    :raises RuleBroken: when somebody is asked already, for a day that is over, for a case whose paper is not being written, for a
        message with a word that must never be public, and for a wholly exempt case where the person is not of the office
    """
    _check_written(case)
    if queries.open_request(case) is not None:
        raise RuleBroken(
            _("Somebody is asked to write this case paper already."), next_step=_("Call that off first, or move the deadline.")
        )
    if case.exemption is Exemption.WHOLLY and not Actor(person).is_staff_of(case.council_id):
        raise RuleBroken(
            _("The case is exempt as a whole, and %(name)s is no case officer of the council.", name=person.name),
            next_step=_("Ask someone who may sign in and read it."),
            field="person",
        )
    _check(case, due, message)
    request = PaperRequest(
        case=case,
        person=person,
        due=due,
        message=message.strip(),
        asked_at=clock.now(),
        asked_by_id=by.person_id if by is not None else None,
        version=1,
    )
    db.session.add(request)
    db.session.flush()  # the link points to it
    _write(request, "asked")
    audit.record("case.ask_paper", case, by=by, person=person.id, due=due.isoformat())
    return request


def _check_written(case: Case) -> None:
    check_open(case)
    if case.state not in BEING_WRITTEN:
        raise RuleBroken(
            _("The case waits for an agenda or is on one, so its paper is finished."), next_step=_("Change it here in the office.")
        )


def _check(case: Case, due: date, message: str) -> None:
    if due < clock.today():
        raise RuleBroken(_("This day is over."), next_step=_("Choose today or a later day."), field="due")
    told = told_word(message, case.closed_words)
    if told is not None:
        raise RuleBroken(
            _("«%(word)s» is among the words that must never be public, and a letter is read by many machines.", word=told),
            next_step=_("Take it out."),
            field="message",
        )


def move_deadline(request: PaperRequest, *, due: date, message: str, seen_version: int | None, by: audit.Doer | None) -> None:
    """Give the writer another day, and tell them. What was delivered is sent back with this: they may write again.

    :raises Stale: when someone has changed it since `seen_version`
    :raises RuleBroken: as `ask_for_paper`, and when the request has ended
    """
    _check_waits(request)
    check_version(request.version, seen_version, now=request.message, typed=message)
    _check_written(request.case)
    _check(request.case, due, message)
    was_delivered = request.delivered_at is not None
    request.due, request.message, request.delivered_at, request.reminded_at = due, message.strip(), None, None
    request.version += 1
    _write(request, "again" if was_delivered else "moved")
    audit.record("case.move_paper_deadline", request.case, by=by, person=request.person_id, due=due.isoformat(), again=was_delivered)


def remind_writer(request: PaperRequest, *, by: audit.Doer | None) -> Letter:
    """Send the writer a reminder with the link; at most one a day, however often it is pressed.

    :raises RuleBroken: when it is delivered or has ended, or a letter went today
    """
    _check_waits(request)
    if request.delivered_at is not None:
        raise RuleBroken(_("The case paper is delivered."), next_step=_("There is nobody to remind."))
    last = max(request.asked_at, request.reminded_at or request.asked_at)
    if clock.local(last).date() == clock.today():
        raise RuleBroken(_("%(name)s got a letter today.", name=request.person.name), next_step=_("Wait until tomorrow, or call by phone."))
    request.reminded_at = clock.now()
    audit.record("case.remind_writer", request.case, by=by, person=request.person_id)
    return _write(request, "reminder")


def deliver_paper(request: PaperRequest, *, seen_version: int | None, by: audit.Doer | None) -> None:
    """The writer says that the paper is finished. The secretary sees it on the desk; until it is taken in or sent back, it stands.

    :param seen_version: the version of the open paper that the writer has looked over
    :raises RuleBroken: when there is no text, when it is delivered already or the request has ended, or when the text has changed since
    """
    _check_waits(request)
    paper = request.case.paper(Part.OPEN)
    if request.delivered_at is not None:
        raise RuleBroken(_("The case paper is delivered already."))
    if paper is None or not paper.text:
        raise RuleBroken(_("The case paper has not been written yet."), next_step=_("Write and save it first."))
    if paper.version != seen_version:
        raise RuleBroken(_("The text has changed since you opened this page."), next_step=_("Look it over once more, then deliver."))
    request.delivered_at = clock.now()
    audit.record("case.deliver_paper", request.case, by=by, person=request.person_id, version=paper.version)


def accept_paper(request: PaperRequest, *, by: audit.Doer | None) -> None:
    """The secretary takes in what was delivered. The link stops working.

    :raises RuleBroken: when nothing is delivered, or the request has ended
    """
    _check_waits(request)
    if request.delivered_at is None:
        raise RuleBroken(_("The case paper is not delivered yet."), next_step=_("Remind the writer, or call it off."))
    request.accepted_at = clock.now()
    _stop_link(request)
    audit.record("case.accept_paper", request.case, by=by, person=request.person_id)


def withdraw_request(request: PaperRequest, *, by: audit.Doer | None) -> None:
    """Nobody is to write this paper any more. The link stops working, and whoever got a letter is told. What is saved stays with the case.

    :raises RuleBroken: when the request has ended
    """
    _check_waits(request)
    request.withdrawn_at = clock.now()
    _stop_link(request)
    if any(letter.state is not LetterState.WITHDRAWN for letter in _stop_letters(request)):
        _write(request, "withdrawn")
    audit.record("case.withdraw_request", request.case, by=by, person=request.person_id)


def end_request(case: Case, *, by: audit.Doer | None) -> None:
    """The case goes on without its writer: what was delivered is taken in, what was not is called off. Nothing where nobody is asked."""
    request = queries.open_request(case)
    if request is None:
        return
    if request.delivered_at is not None:
        accept_paper(request, by=by)
    else:
        withdraw_request(request, by=by)


def _check_waits(request: PaperRequest) -> None:
    if not request.is_open:
        raise RuleBroken(_("This request has ended."), next_step=_("Load the page again to see how the case stands."))


def _links(request: PaperRequest) -> Sequence[PersonalLink]:
    """Newest first."""
    return links.links_for(LinkPurpose.WRITE, request.person, request.id)


def _stop_link(request: PaperRequest) -> None:
    for link in _links(request):
        link.revoked_at = link.revoked_at or clock.true_now()


def _stop_letters(request: PaperRequest) -> list[Letter]:
    """All letters of this request; those that nobody has begun to send are stopped."""
    letters = list(letters_about(LETTER, [link.id for link in _links(request)]))
    withdraw_letters(letters)
    return letters


def _write(request: PaperRequest, why: str) -> Letter:
    """A letter to the writer with the link, which works until some time after the deadline.

    :param why: "asked", "moved", "again", "reminder" or "withdrawn"
    """
    made = _links(request)
    link = made[0] if made else None
    if why != "withdrawn":
        until = clock.true_now() + (request.due - clock.today()) + LINK_OUTLASTS
        if link is None or not link.is_open(clock.true_now()):
            council = request.case.council
            link = links.make_link(LinkPurpose.WRITE, request.person, expires_at=until, council=council, subject_id=request.id)
        link.expires_at = max(link.expires_at, until)
    assert link is not None, "a request is made with a link"
    return post_letter(
        LETTER,
        about=link.id,
        to_name=request.person.name,
        to_address=request.person.email,
        realm=request.case.council_id,
        version=f"{link.uid}-{clock.true_now().isoformat()}",  # each is a new letter
        details={"why": why},
    )
