"""Links that stand for a person: to sign in once, to answer a call, to take part as a partner, to report on an action."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetingapp.core.database import Model
from meetingapp.council.models import Council, Organisation, Person


class LinkPurpose(enum.Enum):
    SIGN_IN = "sign-in"  # once
    REPLY = "reply"  # to one invitation
    PARTNER = "partner"  # a partner's own room
    ACTION = "action"  # report on one action


class PersonalLink(Model):
    """One secret address under `/g/` or `/logg-inn/`. Kept as a hash; the address can be made again from `uid` and the house's key."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(64), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[LinkPurpose]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))  # whom a partner speaks for
    council_id: Mapped[int | None] = mapped_column(ForeignKey("council.id"))
    subject_id: Mapped[int | None]  # the invitation or action it is about
    next_path: Mapped[str] = mapped_column(default="")  # where a sign-in leads
    made_at: Mapped[datetime]  # true time, as the two below
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    council: Mapped[Council | None] = relationship()

    def is_open(self, now: datetime) -> bool:
        """:param now: true time"""
        return self.revoked_at is None and now < self.expires_at and not (self.purpose is LinkPurpose.SIGN_IN and self.used_at)
