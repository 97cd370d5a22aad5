"""The outgoing post: every letter, how far it has come, and what to do with one that does not come through."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO
from typing import Any

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.accounts import links
from meetingapp.core import clock, policy
from meetingapp.core.forms import OneButtonForm, RuleBroken
from meetingapp.core.mail import post as post_office
from meetingapp.core.mail.models import Letter
from meetingapp.council.office import own_council, page_behind
from meetingapp.desk.forms import ToldForm
from meetingapp.desk.queries import post as queries
from meetingapp.desk.views.blueprint import bp

HEADERS = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To")


@bp.get("/kontor/utgaende-post")
def post() -> Any:
    council = own_council()
    policy.require(current_user, "post.read", council)
    only_trouble = request.args.get("vis") == "feil"
    page = queries.letters_page(current_user, council.id, only_trouble=only_trouble, behind=page_behind())
    return render_template(
        "desk/post.html",
        page=page,
        tasks=queries.tasks_of(page.items),
        true_now=clock.true_now(),
        only_trouble=only_trouble,
        held=len(queries.held_letters(current_user, council.id)),
        queue_age=queries.queue_age(),
        stands_still=queries.STANDS_STILL,
    )


def _letter(letter_id: int, action: str = "post.read") -> Letter:
    letter = queries.letter_for(current_user, letter_id)
    if letter is None:
        policy.absent(current_user)
    policy.require(current_user, action, letter.realm)
    return letter


def _shown(found: Letter, form: ToldForm) -> str:
    """The page of one letter. Its personal links are made unusable, for they belong to the receiver."""
    mail, text = _opened(found)
    return render_template(
        "desk/letter.html",
        letter=found,
        form=form,
        headers=[(name, str(mail[name])) for name in HEADERS if mail[name]] if mail is not None else [],
        text=links.masked(text),
        language=str(mail["Content-Language"] or "") if mail is not None else "",
        link_works_until=links.works_until(text),
        task=queries.tasks_of([found])[found.task_id],
        is_over=found.state in post_office.OVER,
        true_now=clock.true_now(),
    )


def _opened(found: Letter) -> tuple[EmailMessage | None, str]:
    """The letter as a message, and its plain text."""
    if found.raw is None:
        return None, ""
    mail: EmailMessage = message_from_bytes(found.raw, policy=SMTP)
    part = mail.get_body(("plain",))
    return mail, str(part.get_content()) if part is not None else ""


@bp.get("/kontor/utgaende-post/<int:letter_id>")
def letter(letter_id: int) -> Any:
    return _shown(_letter(letter_id), ToldForm())


@bp.post("/kontor/utgaende-post/<int:letter_id>/prov-na")
def try_again(letter_id: int) -> Any:
    found = _letter(letter_id, "post.act")
    if OneButtonForm().validate_on_submit():
        post_office.try_again(found, by=current_user)
        flash(_("The letter to %(name)s is tried again now.", name=found.to_name))
    return redirect(url_for(".letter", letter_id=found.id), 303)


@bp.post("/kontor/utgaende-post/<int:letter_id>/varslet")
def told(letter_id: int) -> Any:
    found, form = _letter(letter_id, "post.act"), ToldForm()
    if form.validate_on_submit():
        with form.rules():
            post_office.note_told(found, how=form.how.data, note=form.note.data or "", by=current_user)
    if form.is_done:
        flash(_("It is written down that %(name)s was told.", name=found.to_name))
        return redirect(url_for(".letter", letter_id=found.id), 303)
    return _shown(found, form), form.status


@bp.get("/kontor/utgaende-post/<int:letter_id>/brev.eml")
def download(letter_id: int) -> Any:
    """The very bytes that were sent, once they open no door any more."""
    found = _letter(letter_id)
    if found.raw is None:
        abort(404)
    if links.works_until(_opened(found)[1]) is not None:
        raise RuleBroken(_("The letter holds a personal link that works still. It can be downloaded when the link has run out."))
    return send_file(BytesIO(found.raw), mimetype="message/rfc822", as_attachment=True, download_name=f"brev-{found.id}.eml")
