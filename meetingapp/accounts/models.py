"""What stands for a person: links (to sign in once, to answer a call, to take part as a partner, to report), password and factor."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetingapp.core.database import Model
from meetingapp.council.models import Council, Organisation, Person


class LinkPurpose(enum.Enum):
    SIGN_IN = "sign-in"  # once
    REPLY = "reply"  # to one invitation
    PARTNER = "partner"  # a partner's own room
    ACTION = "action"  # report on one action
    WRITE = "write"  # the open paper of one case


class PersonalLink(Model):
    """One secret address under `/g/` or `/logg-inn/`. Kept as a hash; the address can be made again from `uid` and the house's key."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(64), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[LinkPurpose]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))  # whom a partner speaks for
    council_id: Mapped[int | None] = mapped_column(ForeignKey("council.id"))
    subject_id: Mapped[int | None]  # the invitation, action or request for a paper it is about
    sent_to: Mapped[str] = mapped_column(String(320), default="")  # the person's address when it was made: with another, no sign-in
    next_endpoint: Mapped[str] = mapped_column(String(120), default="")  # where a sign-in leads: a page by its name, never an address
    next_args: Mapped[dict[str, Any]] = mapped_column(default=dict)
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


class Account(Model):
    """What a person signs in with besides the mailbox. A person without a row has a mailbox only. Times are true time."""

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    password_hash: Mapped[str] = mapped_column(default="")  # argon2id
    password_set_at: Mapped[datetime | None]
    factor_uid: Mapped[str] = mapped_column(String(64), default="")  # the secret of the code app follows from it and the house's key
    factor_set_at: Mapped[datetime | None]
    factor_step: Mapped[int] = mapped_column(default=0)  # the newest step whose code has been used: each code works once
    closed_at: Mapped[datetime | None]  # the secretariat has closed the person's access

    person: Mapped[Person] = relationship()

    @property
    def is_complete(self) -> bool:
        """Has both a password and a second factor."""
        return bool(self.password_hash and self.factor_uid)


class RecoveryCode(Model):
    """One of ten codes that stand in for a lost code app, once each. Kept as a hash under the house's key."""

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]  # true time, as below
    used_at: Mapped[datetime | None]


class LinkWanted(Model):
    """That somebody asked for a sign-in link to an address, known or not. The worker looks, answers if it is known, and removes it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(320))
    next_endpoint: Mapped[str] = mapped_column(String(120), default="")
    next_args: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_at: Mapped[datetime]  # true time
