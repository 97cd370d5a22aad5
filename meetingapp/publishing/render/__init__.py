"""What a snapshot holds: facts as data, a fragment as HTML, and the record as PDF. Reads the office, and only what may be public."""

from meetingapp.publishing.render.content import Content, NotReady, content_of

__all__ = ["Content", "NotReady", "content_of"]
