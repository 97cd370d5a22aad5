"""The facts of a case, its two titles, and its exemption: the rules."""

from __future__ import annotations

from datetime import date

import pytest

from meetingapp.cases import commands
from meetingapp.cases.models import CaseKind, CaseState, Exemption, Scope
from meetingapp.core import audit
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken, Stale
from meetingapp.council.models import BasisUse
from meetingapp.strategy.models import AreaKind, StrategyArea
from tests.cases.conftest import NEUTRAL_TITLE, an_attachment, an_exempt_case
from tests.factories import SINCE, a_case, a_council, a_legal_basis, saved

FACTS = {"kind": CaseKind.DECISION, "scope": Scope.REGIONAL, "title": "Bompenger på riksvei 3"}


def an_area(council, code="A", title="Samferdsel"):
    return saved(StrategyArea(council_id=council.council.id, code=code, title=title, kind=AreaKind.FOCUS, valid_from=SINCE))


def exempt(case, by, **given):
    defaults = {
        "exemption": Exemption.PARTLY,
        "legal_basis": a_legal_basis(),
        "public_title": NEUTRAL_TITLE,
        "wider_access": "Vurdert, ikke gitt.",
    }
    commands.set_exemption(case, by=by, **defaults | given)


def test_the_public_title_is_never_copied_from_the_internal_one(council, secretary):
    case = commands.create_case(council.council, by=secretary, **FACTS)

    assert case.public_title == ""
    assert case.state is CaseState.IN_WORK


def test_a_title_becomes_one_line(council, secretary):
    case = commands.create_case(council.council, by=secretary, **FACTS | {"title": "  Budsjett \n 2027 "})

    assert case.title == "Budsjett 2027"


def test_saving_from_an_old_page_shows_both_versions(council, secretary):
    case = a_case(council.council)
    commands.edit_facts(case, seen_version=1, by=secretary, **FACTS)

    with pytest.raises(Stale) as refused:
        commands.edit_facts(case, seen_version=1, by=secretary, **FACTS | {"title": "Mitt forslag", "closed_words": ["Hemmelig"]})

    assert "Bompenger på riksvei 3" in refused.value.now
    assert "Mitt forslag" in refused.value.typed
    assert "Hemmelig" in refused.value.typed


def test_an_area_of_another_council_is_refused(council, secretary):
    theirs = an_area(a_council("Naboregionen IPR"))

    with pytest.raises(RuleBroken) as refused:
        commands.create_case(council.council, by=secretary, main_area=theirs, **FACTS)

    assert refused.value.field == "main_area"


def test_the_main_area_is_no_side_area_too(council, secretary):
    area = an_area(council)

    with pytest.raises(RuleBroken) as refused:
        commands.create_case(council.council, by=secretary, main_area=area, side_areas=[area], **FACTS)

    assert refused.value.field == "side_areas"


def test_a_proposal_is_taken_in_before_its_facts_are_written(council, secretary):
    proposal = a_case(council.council, state=CaseState.PROPOSED)

    with pytest.raises(RuleBroken) as refused:
        commands.edit_facts(proposal, seen_version=1, by=secretary, **FACTS)

    assert refused.value.next_step


def test_writing_the_facts_of_a_case_taken_in_brings_it_in_work(council, secretary):
    case = a_case(council.council, state=CaseState.TAKEN_IN)

    commands.edit_facts(case, seen_version=1, by=secretary, **FACTS)

    assert case.state is CaseState.IN_WORK
    assert [entry.action for entry in audit.entries_of(case)] == ["case.edit"]


@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"legal_basis": None}, "legal_basis"),
        ({"public_title": "  "}, "public_title"),
        ({"public_title": "budsjett 2027"}, "public_title"),
        ({"public_title": "Sak om Hansen", "closed_words": ["hansen"]}, "public_title"),
        ({"wider_access": ""}, "wider_access"),
    ],
)
def test_an_exemption_needs_its_grounds(council, secretary, missing, field):
    case = a_case(council.council, "Budsjett 2027")

    with pytest.raises(RuleBroken) as refused:
        exempt(case, secretary, **missing)

    assert refused.value.field == field
    assert case.exemption is Exemption.NONE


def test_a_closed_word_inside_another_word_is_no_leak(council, secretary):
    case = a_case(council.council)

    exempt(case, secretary, public_title="Ansettelse", closed_words=["Ans"])

    assert case.is_exempt


@pytest.mark.parametrize("given", [{"use": BasisUse.EXEMPT, "valid_to": date(2026, 1, 1)}, {"use": BasisUse.CLOSE}])
def test_a_provision_must_be_in_force_and_allow_exemption(council, secretary, given):
    with pytest.raises(RuleBroken) as refused:
        exempt(a_case(council.council), secretary, legal_basis=a_legal_basis(**given))

    assert refused.value.field == "legal_basis"


def test_a_stricter_exemption_undoes_what_was_chosen_for_the_net(council, secretary):
    case = a_case(council.council, state=CaseState.IN_WORK)
    attachment = an_attachment(case, secretary)
    commands.mark_ready(case, paper_on_web=True, attachments_on_web={attachment.id: True}, by=secretary)

    exempt(case, secretary, exemption=Exemption.WHOLLY)

    assert (case.paper_on_web, attachment.on_web, case.state) == (None, None, CaseState.IN_WORK)


def test_a_looser_exemption_leaves_the_choices(council, secretary):
    case = an_exempt_case(council, secretary, Exemption.WHOLLY, state=CaseState.IN_WORK)
    commands.mark_ready(case, paper_on_web=None, attachments_on_web={}, by=secretary)

    exempt(case, secretary, exemption=Exemption.PARTLY)

    assert (case.paper_on_web, case.state) == (False, CaseState.READY)


def test_the_public_title_of_an_exempt_case_cannot_be_emptied_or_made_the_internal_one(secretary, exempt_case):
    for public_title in ("", FACTS["title"].upper()):
        with pytest.raises(RuleBroken) as refused:
            commands.edit_facts(exempt_case, seen_version=exempt_case.version, by=secretary, **FACTS, public_title=public_title)
        assert refused.value.field == "public_title"


def test_taking_the_exemption_away_takes_the_provision_away(secretary, exempt_case):
    commands.set_exemption(exempt_case, exemption=Exemption.NONE, legal_basis=None, public_title="Åpen sak", by=secretary)
    db.session.commit()

    assert (exempt_case.is_exempt, exempt_case.legal_basis) == (False, None)


def test_an_exemption_from_an_old_page_is_stale(council, secretary):
    case = a_case(council.council)
    exempt(case, secretary)

    with pytest.raises(Stale):
        exempt(case, secretary, seen_version=1)
