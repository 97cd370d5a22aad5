"""Whoever is asked to write a case paper, by personal link: reads the task, writes, adds files and delivers. Only the open part."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from meetingapp.accounts import links
from meetingapp.accounts.actor import LinkActor
from meetingapp.accounts.models import LinkPurpose
from meetingapp.cases import commands, queries, templates
from meetingapp.cases.forms import DeliverForm, OpenAttachmentForm, WriteForm, number_in
from meetingapp.cases.models import Exemption, PaperRequest, Part
from meetingapp.cases.views.blueprint import bp
from meetingapp.cases.views.files import attach_kept, kept_upload
from meetingapp.cases.words import WORDS
from meetingapp.core import policy
from meetingapp.core.database.transactions import close
from meetingapp.core.text import markdown
from meetingapp.core.web.edge import before_lock

WHY_OPEN = "the link itself is the proof; what it may do is asked of the policy"


def _asked(secret: str) -> tuple[LinkActor, PaperRequest] | None:
    """Who comes by `secret`, and what they are asked for; None when the link is wrong or has run out, or the request has ended."""
    link = links.open_link(secret, LinkPurpose.WRITE)
    asked = queries.request_by_id(link.subject_id) if link is not None and link.subject_id is not None else None
    if link is None or asked is None or not policy.allows(LinkActor(link), "paper_request.open", asked):
        return None
    return LinkActor(link), asked


def _gone() -> Any:
    """The link leads nowhere any more. What was typed on a page that was open meanwhile stands there to be copied."""
    return render_template("cases/write_gone.html", sent=_typed()), 404


def _typed() -> list[tuple[str, str]]:
    return [(name, text) for name, text in request.form.items() if name in ("text", "recommendation")]


def _page(template: str, asked: PaperRequest, secret: str, **more: Any) -> str:
    return render_template(
        template,
        asked=asked,
        case=asked.case,
        host=asked.case.council,
        title=queries.title_for_writer(asked.case),
        paper=asked.case.paper(Part.OPEN) if asked.case.exemption is not Exemption.WHOLLY else None,
        secret=secret,
        **WORDS,
        **more,
    )


@bp.route("/g/<secret>/saksfremlegg", methods=["GET", "POST"])
@policy.open(WHY_OPEN)
def write_paper(secret: str) -> Any:
    opened = _asked(secret)
    if opened is None:
        return _gone()
    actor, asked = opened
    if not policy.allows(actor, "paper_request.write", asked):
        return _not_now(asked, secret)
    newest = asked.case.paper(Part.OPEN)
    start = newest or templates.start_of(asked.case)
    form = WriteForm(seen_version=newest.version if newest else 0, text=start.text, recommendation=start.recommendation)
    if form.validate_on_submit():
        if "preview" in request.form:
            return _preview(secret, form)
        with form.rules():
            commands.save_paper(
                asked.case,
                part=Part.OPEN,
                text=form.text.data,
                recommendation=form.recommendation.data,
                seen_version=number_in(form.seen_version.data),
                by=actor,
            )
    if form.is_done:
        if "deliver" in request.form:
            return redirect(url_for(".deliver_paper", secret=secret), 303)
        flash(_("The case paper is saved. Deliver it when it is finished."))
        return redirect(url_for(".write_paper", secret=secret), 303)
    return _write_page(asked, secret, form, {}), form.status


def _not_now(asked: PaperRequest, secret: str) -> Any:
    """The task, where nothing can be written on this page: it is delivered, or the case is exempt as a whole."""
    return _page("cases/write_not_now.html", asked, secret, sent=_typed()), 200 if request.method == "GET" else 409


def _write_page(asked: PaperRequest, secret: str, form: WriteForm, preview: dict[str, Any]) -> str:
    attachments = queries.open_attachments(asked.case)
    return _page("cases/write.html", asked, secret, form=form, preview=preview, attachments=attachments)


def _preview(secret: str, form: WriteForm) -> Any:
    """What was typed, as it will look. A look changes nothing, so it ends the writing before it renders."""
    close(commit=False)
    opened = _asked(secret)
    if opened is None:
        return _gone()
    preview = {field.name: markdown.render(field.data) for field in form if field.name in ("text", "recommendation") and field.data}
    return _write_page(opened[1], secret, form, preview)


@bp.route("/g/<secret>/saksfremlegg/lever", methods=["GET", "POST"])
@policy.open(WHY_OPEN)
def deliver_paper(secret: str) -> Any:
    """The paper as it stands, to be looked over before it is delivered."""
    opened = _asked(secret)
    if opened is None:
        return _gone()
    actor, asked = opened
    newest = asked.case.paper(Part.OPEN)
    if request.method == "GET" and (newest is None or asked.delivered_at is not None):
        return redirect(url_for(".write_paper", secret=secret), 303)
    form = DeliverForm(seen_version=newest.version if newest else 0)
    if form.validate_on_submit():
        with form.rules():
            commands.deliver_paper(asked, seen_version=number_in(form.seen_version.data), by=actor)
    if form.is_done:
        flash(_("The case paper is delivered. Thank you."))
        return redirect(url_for(".write_paper", secret=secret), 303)
    missing = [step.text for step in queries.missing(asked.case) if step.place == "fremlegg"]
    return _page(
        "cases/write_deliver.html", asked, secret, form=form, version=newest.version if newest else 0, missing=missing
    ), form.status


def keep_upload_by_link(secret: str) -> tuple[str, str, int, str]:
    """Before the lock, as `keep_upload`, for whoever may write by `secret`."""
    opened = _asked(secret)
    return kept_upload(allowed=opened is not None and policy.allows(opened[0], "paper_request.write", opened[1]))


@bp.route("/g/<secret>/saksfremlegg/vedlegg", methods=["GET", "POST"])
@policy.open(WHY_OPEN)
@before_lock(keep_upload_by_link)
def attach_by_link(secret: str, prepared: tuple[str, str, int, str] | None = None) -> Any:
    opened = _asked(secret)
    if opened is None:
        return _gone()
    actor, asked = opened
    if not policy.allows(actor, "paper_request.write", asked):
        return _not_now(asked, secret)
    form = OpenAttachmentForm()
    if form.validate_on_submit() and prepared is not None:
        attach_kept(asked.case, form, prepared, is_closed=False, by=actor)
    if form.is_done:
        flash(_("The attachment is added."))
        return redirect(url_for(".write_paper", secret=secret), 303)
    return _page("cases/write_attach.html", asked, secret, form=form), form.status
