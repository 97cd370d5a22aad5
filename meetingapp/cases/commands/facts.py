"""What is known of a case: its facts, its two titles, and whether it is exempt."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from meetingapp.cases.models import Case, CaseKind, CaseState, Exemption, Scope
from meetingapp.cases.words import EXEMPTIONS, KINDS, SCOPES
from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken, check_version
from meetingapp.council.models import BasisUse, Council, LegalBasis, Matter, Person
from meetingapp.strategy.models import Commitment, StrategyArea

STRICTNESS = (Exemption.NONE, Exemption.PARTLY, Exemption.WHOLLY)


def create_case(council: Council, *, kind: CaseKind, scope: Scope, title: str, by: audit.Doer | None, **facts: Any) -> Case:
    """A new case in work. `facts` as `edit_facts` takes them.

    :raises RuleBroken: when a rule says no
    """
    case = Case(council=council, kind=kind, scope=scope, title=one_line(title), state=CaseState.IN_WORK, created_at=clock.now())
    _write_facts(case, **facts)
    db.session.add(case)
    audit.record("case.create", case, by=by, kind=kind.value)
    return case


def edit_facts(case: Case, *, seen_version: int | None, by: audit.Doer | None, **facts: Any) -> None:
    """Change the facts of a case: `kind`, `scope`, `title`, `public_title`, `matter`, `main_area`, `side_areas`, `sdg`, `officer`,
    `commitment`, `archive_ref`, `language`, `minutes_needed`, `closed_words`, `details`. What is not given is emptied; the kind,
    the scope, the title and the details are kept.

    :raises Stale: when someone has saved since `seen_version`
    :raises RuleBroken: for a proposal that nobody has taken in, or when a rule says no
    """
    check_answered(case)
    now = {name: getattr(case, name) for name in (*WORDS, "closed_words")}
    check_version(case.version, seen_version, now=_as_text(now), typed=_as_text(facts))
    _write_facts(case, **facts)
    case.version += 1
    if case.state is CaseState.TAKEN_IN:
        case.state = CaseState.IN_WORK
    audit.record("case.edit", case, by=by)


def check_answered(case: Case) -> None:
    """Refuse work on what is still only a proposal.

    :raises RuleBroken: while it is proposed, or when it was declined
    """
    if case.state is CaseState.PROPOSED:
        raise RuleBroken(_("This is still a proposal."), next_step=_("Take it in first."))
    if case.state is CaseState.DECLINED:
        raise RuleBroken(_("This proposal was declined."), next_step=_("Make a new case if it shall be dealt with after all."))


# What the page for two versions of the facts shows, in the order of the form
WORDS: dict[str, Callable[[Any], str]] = {
    "title": lambda value: value,
    "public_title": lambda value: value,
    "kind": lambda value: str(KINDS[value]),
    "scope": lambda value: str(SCOPES[value]),
    "main_area": lambda value: value.title,
    "side_areas": lambda value: ", ".join(area.title for area in value),
    "sdg": lambda value: ", ".join(str(number) for number in value),
    "officer": lambda value: value.name,
    "minutes_needed": str,
    "archive_ref": lambda value: value,
}


def _as_text(facts: Mapping[str, Any]) -> str:
    lines = [words(facts[name]) for name, words in WORDS.items() if facts.get(name)]
    return "\n".join([*lines, *(facts.get("closed_words") or [])])


def _write_facts(
    case: Case,
    *,
    kind: CaseKind | None = None,
    scope: Scope | None = None,
    title: str | None = None,
    public_title: str = "",
    matter: Matter = Matter.GENERAL,
    main_area: StrategyArea | None = None,
    side_areas: Sequence[StrategyArea] = (),
    sdg: Sequence[int] = (),
    officer: Person | None = None,
    commitment: Commitment | None = None,
    archive_ref: str = "",
    language: str = "nb",
    minutes_needed: Any = 15,
    closed_words: Sequence[str] = (),
    details: Mapping[str, Any] | None = None,
) -> None:
    title, closed_words = one_line(title) if title is not None else case.title, _lines(closed_words)
    is_exempt = case.exemption not in (None, Exemption.NONE)  # a new row has no value before it is stored
    if is_exempt:
        _check_public_title(public_title, title)
    _check_closed_words(public_title, closed_words)
    for area in (main_area, *side_areas):
        if area is not None and area.council_id != case.council.id:
            raise RuleBroken(_("This strategy area belongs to another council."), field="main_area")
    if main_area is not None and main_area in side_areas:
        raise RuleBroken(_("The main area cannot be a side area too."), field="side_areas")
    case.kind, case.scope, case.title = kind or case.kind, scope or case.scope, title
    case.public_title, case.matter, case.main_area, case.officer = one_line(public_title), matter, main_area, officer
    case.side_areas, case.sdg, case.commitment = list(side_areas), sorted(set(sdg)), commitment
    case.archive_ref, case.language, case.minutes_needed = archive_ref.strip(), language, int(minutes_needed)
    case.closed_words = closed_words
    if details is not None:
        case.details = dict(details)


def _check_public_title(public_title: str, title: str) -> None:
    if not public_title.strip():
        raise RuleBroken(_("An exempt case needs a public title that gives nothing away."), field="public_title")
    if one_line(public_title).casefold() == title.casefold():
        raise RuleBroken(_("The public title is the same as the internal one. Write one that gives nothing away."), field="public_title")


def told_word(text: str, closed_words: Sequence[str]) -> str | None:
    """The first of `closed_words` that stands in `text` as a word of its own, in any case; None where none does."""
    folded = one_line(text).casefold()
    return next((word for word in closed_words if re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", folded)), None)


def _check_closed_words(public_title: str, closed_words: Sequence[str]) -> None:
    told = told_word(public_title, closed_words)
    if told is not None:
        raise RuleBroken(
            _("«%(word)s» is among the words that must never be public. Take it out of the public title.", word=told), field="public_title"
        )


def set_exemption(
    case: Case,
    *,
    exemption: Exemption,
    legal_basis: LegalBasis | None,
    public_title: str,
    by: audit.Doer | None,
    until: str = "",
    wider_access: str = "",
    closed_words: Sequence[str] | None = None,
    seen_version: int | None = None,
) -> None:
    """Exempt a case wholly or partly from public access, or take the exemption away.

    A stricter exemption undoes every choice of what goes on the net; a case that was ready is in work again.

    :param until: to when, in words
    :param wider_access: whether giving access anyway was considered, and the result (offentleglova § 11)
    :param closed_words: words that must never be public; None leaves them as they are
    :param seen_version: the version of the facts that the page was made from; None where no page was
    :raises Stale: when someone has saved since `seen_version`
    :raises RuleBroken: without a legal basis in force, a public title of its own, or the consideration of wider access
    :source: offentleglova §§ 11–26
    """
    words = _lines(case.closed_words if closed_words is None else closed_words)
    if seen_version is not None:
        now = [str(EXEMPTIONS[case.exemption]), case.public_title, case.exempt_until, case.wider_access, *case.closed_words]
        typed = [str(EXEMPTIONS[exemption]), public_title, until, wider_access, *words]
        check_version(case.version, seen_version, now="\n".join(filter(None, now)), typed="\n".join(filter(None, typed)))
    if exemption is not Exemption.NONE:
        if legal_basis is None:
            raise RuleBroken(_("Choose the provision that allows it."), field="legal_basis")
        if legal_basis.use is not BasisUse.EXEMPT or (legal_basis.id != case.legal_basis_id and not _is_in_force(legal_basis)):
            raise RuleBroken(_("This provision cannot be used to exempt a case today."), field="legal_basis")
        _check_public_title(public_title, case.title)
        if not wider_access.strip():
            raise RuleBroken(_("Write what came of considering to give access anyway."), field="wider_access")
    _check_closed_words(public_title, words)
    if STRICTNESS.index(exemption) > STRICTNESS.index(case.exemption):
        _forget_choices(case)
    case.exemption = exemption
    case.legal_basis = legal_basis if exemption is not Exemption.NONE else None
    case.public_title, case.exempt_until, case.wider_access = one_line(public_title), until.strip(), wider_access.strip()
    case.closed_words = words
    case.version += 1
    audit.record("case.exempt", case, by=by, exemption=exemption.value, basis=legal_basis.id if legal_basis else None)


def _is_in_force(basis: LegalBasis) -> bool:
    today = clock.today()
    return basis.valid_from <= today and (basis.valid_to is None or basis.valid_to >= today)


def _forget_choices(case: Case) -> None:
    """What was chosen for the net was chosen for a case that was more open."""
    case.paper_on_web = None
    for attachment in case.attachments:
        attachment.on_web = None
    if case.state is CaseState.READY:
        case.state = CaseState.IN_WORK


def _lines(words: Sequence[str]) -> list[str]:
    return [word for word in (one_line(word) for word in words) if word]


def one_line(text: str) -> str:
    """`text` without line breaks and double spaces."""
    return " ".join(text.split())
