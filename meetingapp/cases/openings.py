"""The log of opened closed papers: who, when and what, in a short transaction of its own, kept whatever becomes of the request.

What cannot be written down is not shown: a log with holes in it tells nothing (docs/decisions/0011).
"""

from __future__ import annotations

from typing import Any

from flask import current_app
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import ServiceUnavailable

from meetingapp.cases.models import Attachment, Case, CasePaper, Exemption, Part
from meetingapp.core import audit
from meetingapp.core.database import short_write


def is_closed(document: CasePaper | Attachment) -> bool:
    """Whether opening it is written down: the closed part, closed attachments, and all of a wholly exempt case."""
    closed = document.is_closed if isinstance(document, Attachment) else document.part is Part.CLOSED
    return closed or document.case.exemption is Exemption.WHOLLY


def note(case: Case, documents: list[CasePaper | Attachment], *, by: audit.Doer) -> bool:
    """Write down that `by` opens those of `documents` that are closed. Four queries for each, in another transaction.

    :return: False when it could not be written: then they must not be shown
    """
    closed = [document for document in documents if is_closed(document)]
    if not closed:
        return True
    try:
        with short_write() as connection:
            for document in closed:
                audit.append(connection, "case.open_closed", case, by=by, **_which(document))
    except (DBAPIError, ServiceUnavailable):
        current_app.logger.warning("the opening of closed papers was not stored, so they were not shown", exc_info=True)
        return False
    return True


def require_note(case: Case, *documents: CasePaper | Attachment | None, by: audit.Doer) -> None:
    """As `note`, where there is nothing else on the page.

    :raises ServiceUnavailable: when it could not be written
    """
    if not note(case, [document for document in documents if document is not None], by=by):
        raise ServiceUnavailable


def _which(document: CasePaper | Attachment) -> dict[str, Any]:
    if isinstance(document, Attachment):
        return {"attachment": document.id}
    return {"part": document.part.value, "version": document.version}
