"""The law's own words, explained once, with the provision they come from; `core/law.html` shows them where they stand."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString


@dataclass(frozen=True)
class Word:
    """A word of the law in plain words."""

    word: LazyString
    means: LazyString
    ground: LazyString  # the provision, as it is cited


WORDS: dict[str, Word] = {
    "disqualified": Word(
        _l("Disqualified (inhabil)"),
        _l(
            "Someone who is a party to the case, is close to a party, or leads an organisation that is one, cannot take part in it."
            " The body decides without them, and they leave their seat while the case is dealt with. A deputy may step in."
        ),
        _l("Local Government Act § 11-10, Public Administration Act § 6"),
    ),
    "exempt": Word(
        _l("Exempt from public access"),
        _l(
            "Everybody may read what the council has, unless a provision says that it must or may be kept back."
            " What is kept back needs a ground, and it must be considered whether access can be given anyway."
        ),
        _l("Freedom of Information Act §§ 3, 11 and 13–26"),
    ),
    "recommendation": Word(
        _l("Recommendation"),
        _l("The decision that is proposed in the case paper. The council votes on it, and can change it or decide otherwise."),
        _l("Local Government Act §§ 11-2 and 11-3"),
    ),
    "late_case": Word(
        _l("Sent later, or not on the agenda that was sent"),
        _l(
            "A case that was not on the agenda, or whose papers did not go with the call, can still be decided,"
            " unless the chair or a third of those present object."
        ),
        _l("Local Government Act § 11-3"),
    ),
    "call": Word(
        _l("Call"),
        _l("The formal notice of a meeting. It goes to all members in reasonable time, with the agenda and the papers."),
        _l("Local Government Act § 11-3"),
    ),
    "apologies": Word(
        _l("Apologies"),
        _l(
            "Members have a duty to attend unless they have a valid reason."
            " Whoever cannot come says so at once, so that a deputy can be called."
        ),
        _l("Local Government Act §§ 7-10 and 8-1"),
    ),
    "deputy": Word(
        _l("Deputy"),
        _l("Whoever sits for a member who cannot come. Deputies are called in the order they were elected, as far as possible."),
        _l("Local Government Act § 7-10"),
    ),
    "quorum": Word(
        _l("Quorum"),
        _l("A body can decide only when at least half of its members have been present and have voted in the case."),
        _l("Local Government Act § 11-9"),
    ),
    "casting_vote": Word(
        _l("The chair's casting vote"),
        _l("When as many vote for as against, the side the chair voted for wins. It is not so in elections."),
        _l("Local Government Act § 11-9"),
    ),
    "closed_doors": Word(
        _l("Closed doors"),
        _l(
            "Meetings are open to all. The body closes one item when the law says that it must, or when it may and decides to."
            " It votes on this in the open, and the ground stands in the minutes."
        ),
        _l("Local Government Act § 11-5"),
    ),
    "minutes": Word(
        _l("Minutes"),
        _l("The record of a meeting: who was there, what was dealt with, what was decided and how the votes fell. Everybody may read it."),
        _l("Local Government Act § 11-4"),
    ),
    "legal_basis": Word(
        _l("Legal ground"),
        _l("The provision that gives the right to do something, for instance to exempt a paper. It is named each time."),
        _l("Freedom of Information Act § 31, Local Government Act § 11-4"),
    ),
    "remote": Word(
        _l("Meeting on screen"),
        _l(
            "All must see, hear and speak with each other, and the rules are those of a meeting in the room."
            " A case that must be dealt with behind closed doors cannot be in it."
        ),
        _l("Local Government Act § 11-7"),
    ),
}
