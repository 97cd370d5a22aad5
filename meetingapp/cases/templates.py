"""What a new case paper starts from: the council's own text for the kind of case, else the product's headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import or_, select

from meetingapp.cases.models import Case, CaseKind, PaperTemplate
from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.forms import check_version, side_by_side
from meetingapp.core.i18n.languages import speaking
from meetingapp.council.models import Council

# In the order of the paper; said in the language of the case
HEADINGS: dict[CaseKind, tuple[LazyString, ...]] = {
    CaseKind.DECISION: (_l("The case in short"), _l("Background"), _l("Assessment"), _l("Economy"), _l("Sustainability")),
    CaseKind.INFORMATION: (_l("The case in short"), _l("Background"), _l("What happens next")),
    CaseKind.DISCUSSION: (_l("The case in short"), _l("Background"), _l("Questions to discuss")),
    CaseKind.STATEMENT: (_l("The case in short"), _l("Background"), _l("What the council should say"), _l("Who the statement is for")),
    CaseKind.APPLICATION: (
        _l("The case in short"),
        _l("The applicant and the project"),
        _l("Budget and funding"),
        _l("Assessment against the criteria"),
    ),
}


@dataclass(frozen=True)
class Start:
    """The texts of a new paper, both Markdown."""

    text: str
    recommendation: str
    row: PaperTemplate | None  # None: the product's own
    version: int = 0


def start_of(case: Case) -> Start:
    """What the paper of `case` starts from today. One query."""
    return start_for(case.council_id, case.kind, case.language, clock.today())


def start_for(council_id: int, kind: CaseKind, language: str, day: date) -> Start:
    """The council's own text on a day, else the headings of the product in that language. One query."""
    row = _valid(council_id, kind, language, day)
    if row is not None:
        return Start(row.text, row.recommendation, row, row.version)
    with speaking(language):
        text = "\n\n".join(f"## {heading}\n" for heading in HEADINGS[kind])
        recommendation = _("The council takes note of the case.") if kind is CaseKind.INFORMATION else ""
    return Start(text, recommendation, None)


def _valid(council_id: int, kind: CaseKind, language: str, day: date) -> PaperTemplate | None:
    return db.session.scalar(
        select(PaperTemplate).where(
            PaperTemplate.council_id == council_id,
            PaperTemplate.kind == kind,
            PaperTemplate.language == language,
            PaperTemplate.valid_from <= day,
            or_(PaperTemplate.valid_to.is_(None), PaperTemplate.valid_to >= day),
        )
    )


def own_texts(council_id: int, day: date) -> Sequence[PaperTemplate]:
    """The texts a council has written itself, as they hold on a day. One query."""
    return db.session.scalars(
        select(PaperTemplate)
        .where(
            PaperTemplate.council_id == council_id,
            PaperTemplate.valid_from <= day,
            or_(PaperTemplate.valid_to.is_(None), PaperTemplate.valid_to >= day),
        )
        .order_by(PaperTemplate.id)
    ).all()


def write_template(
    council: Council,
    kind: CaseKind,
    language: str,
    *,
    text: str,
    recommendation: str,
    seen_version: int | None,
    by: audit.Doer | None,
) -> PaperTemplate:
    """Let new papers of `kind` start from these texts, from today. What held before is kept with its dates; papers stay as they are.

    :param text: Markdown
    :param seen_version: the version the page was made from; 0 for the product's own
    :raises Stale: when someone has saved since
    """
    today = clock.today()
    now = start_for(council.id, kind, language, today)
    check_version(now.version, seen_version, now=side_by_side(now.text, now.recommendation), typed=side_by_side(text, recommendation))
    row = now.row
    if row is None or row.valid_from < today:
        if row is not None:
            row.valid_to = today - timedelta(days=1)
        row = PaperTemplate(council=council, kind=kind, language=language, valid_from=today)
        db.session.add(row)
    row.text, row.recommendation, row.version = text.strip(), recommendation.strip(), now.version + 1
    audit.record("paper_template.write", row, by=by, kind=kind.value, language=language)
    return row
