"""The sentences of a record. Each is one whole sentence in the language that is spoken; names and numbers fill it in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from meetingapp.core.i18n import dates
from meetingapp.core.i18n.languages import spoken
from meetingapp.council.models import Person
from meetingapp.minutes.models import Attendance, Closing, Proposal, ProposalKind, Recusal, Subject, Vote
from meetingapp.minutes.queries import home_of
from meetingapp.minutes.votes import Counted, Result


def at(moment: datetime) -> str:
    """ "kl. 09.00"."""
    return dates.clock_time(moment, language=spoken())


def listed(names: Sequence[str]) -> str:
    """ "Kari, Ola og Per"."""
    names = list(names)
    return _("%(first)s and %(last)s", first=", ".join(names[:-1]), last=names[-1]) if len(names) > 1 else "".join(names)


def who(row: Attendance) -> str:
    """ "Ingrid Liksomrud (Hamar, liste A)"."""
    home = home_of(row)
    party = row.person.party_list
    place = home.short_name if home is not None else ""
    about = ", ".join(part for part in (place, _("list %(letter)s", letter=party) if party else "") if part)
    return f"{row.person.name} ({about})" if about else row.person.name


def presence(row: Attendance, opened: datetime | None, ended: datetime | None) -> str:
    """When someone came and left, where it was not from the beginning to the end; for which case a deputy came."""
    parts = []
    if row.only_item is not None:
        parts.append(_("for one case only"))
    if opened is not None and row.came_at > opened:
        parts.append(_("from %(time)s", time=at(row.came_at)))
    if row.left_at is not None and (ended is None or row.left_at < ended):
        parts.append(_("to %(time)s", time=at(row.left_at)))
    if row.is_remote:
        parts.append(_("on screen"))
    return ", ".join(parts)


def quorum(present: int, seats: int, body: str, *, met: bool) -> str:
    if met:
        return _(
            "When the meeting opened, %(present)s of %(seats)s with a vote were present. %(body)s had a quorum.",
            present=present,
            seats=seats,
            body=body,
        )
    return _("When the meeting opened, only %(present)s of %(seats)s with a vote were present.", present=present, seats=seats)


def recusal(row: Recusal) -> list[str]:
    """What was decided about a member's disqualification, without the details."""
    name, basis = row.person.name, row.basis.label
    said = [
        _("%(name)s was found disqualified under %(basis)s and left the meeting.", name=name, basis=basis)
        if row.is_disqualified
        else _("%(name)s was found not to be disqualified and took part.", name=name)
    ]
    if row.is_disqualified and row.left_at is not None:
        said.append(_("%(name)s left the room at %(time)s.", name=name, time=at(row.left_at)))
    if row.deputy is not None:
        said.append(_("%(deputy)s took the seat as deputy for %(name)s.", deputy=row.deputy.name, name=name))
    if row.returned_at is not None:
        said.append(_("%(name)s took the seat again at %(time)s.", name=name, time=at(row.returned_at)))
    return said


def closing(row: Closing, stayed: Sequence[str]) -> list[str]:
    """When the doors were closed and on what ground; nothing of what was said."""
    said = [_("The meeting was closed under %(basis)s.", basis=row.basis.label)]
    if row.ended_at is not None:
        said.append(_("The doors were closed from %(start)s to %(end)s.", start=at(row.began_at), end=at(row.ended_at)))
    else:
        said.append(_("The doors were closed at %(time)s.", time=at(row.began_at)))
    if stayed:
        said.append(_("Present behind closed doors: %(names)s.", names=listed(stayed)))
    return said


PROPOSALS = {
    ProposalKind.ADDITION: lambda: _("addition"),
    ProposalKind.AMENDMENT: lambda: _("amendment"),
    ProposalKind.ALTERNATIVE: lambda: _("alternative proposal"),
    ProposalKind.POSTPONE: lambda: _("proposal to postpone"),
    ProposalKind.SEND_BACK: lambda: _("proposal to send back"),
}


def proposal(row: Proposal, others: Sequence[str]) -> str:
    """ "Forslag 1 (tilleggsforslag) fra Jon Luftslottvik:"."""
    kind = PROPOSALS[row.kind]()
    if others:
        return _(
            "Proposal %(number)s (%(kind)s) by %(name)s on behalf of %(others)s:",
            number=row.number,
            kind=kind,
            name=row.by.name,
            others=listed(others),
        )
    return _("Proposal %(number)s (%(kind)s) by %(name)s:", number=row.number, kind=kind, name=row.by.name)


def withdrawn(row: Proposal) -> str:
    assert row.withdrawn_at is not None
    return _("Proposal %(number)s was withdrawn at %(time)s.", number=row.number, time=at(row.withdrawn_at))


def subject(vote: Vote) -> str:
    """What was voted on, as the beginning of a sentence."""
    numbers = listed([str(number) for number in vote.proposal_numbers])
    match vote.subject:
        case Subject.RECOMMENDATION if vote.proposal_numbers:
            return _("The recommendation with proposal %(numbers)s", numbers=numbers)
        case Subject.RECOMMENDATION:
            return _("The recommendation")
        case Subject.PROPOSALS:
            return _("Proposal %(numbers)s", numbers=numbers)
        case _:
            return _("The chair's proposal")


def result(vote: Vote, counted: Counted, leader: Person | None) -> list[str]:
    """How the vote went, in one or a few sentences."""
    votes = counted.for_ + counted.against
    if vote.subject is Subject.RECUSAL and vote.about is not None:
        said = [_("The question was decided without %(name)s.", name=vote.about.name)]
        if counted.result is Result.UNANIMOUS:
            said.append(_("%(name)s was unanimously found disqualified (%(votes)s votes).", name=vote.about.name, votes=votes))
        else:
            said.append(
                _(
                    "%(name)s was found disqualified by %(for_)s votes to %(against)s.",
                    name=vote.about.name,
                    for_=counted.for_,
                    against=counted.against,
                )
            )
        return said
    if vote.subject is Subject.CLOSING:
        if counted.result is Result.UNANIMOUS:
            return [_("The decision to close the meeting was made in open meeting and was unanimous (%(votes)s votes).", votes=votes)]
        return [
            _(
                "The decision to close the meeting was made in open meeting, by %(for_)s votes to %(against)s.",
                for_=counted.for_,
                against=counted.against,
            )
        ]
    if vote.subject is Subject.AGAINST_EACH_OTHER:
        return _against_each_other(vote, counted, leader)
    what = subject(vote)
    match counted.result:
        case Result.UNANIMOUS:
            return [
                ngettext(
                    "%(what)s was adopted unanimously (%(num)d vote).",
                    "%(what)s was adopted unanimously (%(num)d votes).",
                    votes,
                    what=what,
                )
            ]
        case Result.MAJORITY:
            return [_("%(what)s was adopted by %(for_)s votes to %(against)s.", what=what, for_=counted.for_, against=counted.against)]
        case Result.CASTING_VOTE:
            both = _("%(what)s got %(for_)s votes for and %(against)s against.", what=what, for_=counted.for_, against=counted.against)
            return [both, *_tie(what, leader)]
        case Result.REJECTED_BY_CASTING_VOTE:
            both = _("%(what)s got %(for_)s votes for and %(against)s against.", what=what, for_=counted.for_, against=counted.against)
            return [
                both,
                _(
                    "In a tie the vote of the chair, %(name)s, decides (kommuneloven § 11-9). The proposal fell.",
                    name=leader.name if leader else "",
                ),
            ]
        case _:
            return [_("%(what)s fell by %(against)s votes to %(for_)s.", what=what, for_=counted.for_, against=counted.against)]


def sides(vote: Vote) -> tuple[str, str]:
    """What for and against mean in a vote of two against each other."""
    numbers = list(vote.proposal_numbers)
    if len(numbers) == 1:
        return _("The recommendation"), _("proposal %(number)s", number=numbers[0])
    return _("Proposal %(number)s", number=numbers[0]), _("proposal %(number)s", number=numbers[1])


def _against_each_other(vote: Vote, counted: Counted, leader: Person | None) -> list[str]:
    first, second = sides(vote)
    said = [
        _("%(first)s and %(second)s were set against each other.", first=first, second=second),
        _(
            "%(first)s got %(for_)s votes, and %(second)s got %(against)s votes.",
            first=first,
            second=second,
            for_=counted.for_,
            against=counted.against,
        ),
    ]
    if counted.result is Result.CASTING_VOTE:
        return [*said, *_tie(first, leader)]
    if counted.result is Result.REJECTED_BY_CASTING_VOTE:
        return [*said, *_tie(second[:1].upper() + second[1:], leader)]
    won = first if counted.is_adopted else second[:1].upper() + second[1:]
    return [*said, _("%(what)s was adopted.", what=won)]


def _tie(what: str, leader: Person | None) -> list[str]:
    name = leader.name if leader is not None else ""
    return [
        _(
            "The votes were equal. The chair, %(name)s, had voted for this, and then the chair's vote decides (kommuneloven § 11-9).",
            name=name,
        ),
        _("%(what)s was adopted with the chair's casting vote.", what=what),
    ]
