"""The record, composed: everything the public may read of a meeting, in whole sentences, from the rows and nothing retyped."""

from meetingapp.minutes.compose.document import canonical, document, fingerprint, with_approvals
from meetingapp.minutes.compose.paper import for_pdf, make_pdf

__all__ = ["canonical", "document", "fingerprint", "for_pdf", "make_pdf", "with_approvals"]
