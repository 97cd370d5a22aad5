"""The outgoing post: every letter as it was sent."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO
from typing import Any

from flask import abort, render_template, request, send_file
from flask_login import current_user

from meetingapp.core import clock, policy
from meetingapp.core.mail.models import Letter
from meetingapp.council.office import own_council, page_number
from meetingapp.desk.queries import post as queries
from meetingapp.desk.views.blueprint import bp

HEADERS = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To")


@bp.get("/kontor/utgaende-post")
def post() -> Any:
    council = own_council()
    policy.require(current_user, "post.read", council)
    only_trouble = request.args.get("vis") == "feil"
    page = queries.letters_page(current_user, council.id, only_trouble=only_trouble, page=page_number())
    return render_template(
        "desk/post.html",
        page=page,
        tasks=queries.tasks_of(page.items),
        true_now=clock.true_now(),
        only_trouble=only_trouble,
        held=len(queries.held_letters(current_user, council.id)),
    )


def _letter(letter_id: int) -> Letter:
    letter = queries.letter_for(current_user, letter_id)
    if letter is None:
        abort(404 if current_user.is_authenticated else 401)
    policy.require(current_user, "post.read", letter.realm)
    return letter


@bp.get("/kontor/utgaende-post/<int:letter_id>")
def letter(letter_id: int) -> Any:
    found = _letter(letter_id)
    mail = message_from_bytes(found.raw, policy=SMTP) if found.raw is not None else None
    return render_template(
        "desk/letter.html",
        letter=found,
        headers=[(name, str(mail[name])) for name in HEADERS if mail[name]] if mail is not None else [],
        text=_plain(mail) if mail is not None else "",
        tasks=queries.tasks_of([found]),
        true_now=clock.true_now(),
    )


def _plain(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return str(part.get_content()) if part is not None else ""


@bp.get("/kontor/utgaende-post/<int:letter_id>/brev.eml")
def download(letter_id: int) -> Any:
    """The very bytes that were sent."""
    found = _letter(letter_id)
    if found.raw is None:
        abort(404)
    return send_file(BytesIO(found.raw), mimetype="message/rfc822", as_attachment=True, download_name=f"brev-{found.id}.eml")
