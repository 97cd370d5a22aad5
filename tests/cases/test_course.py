"""A case on its way: proposed, answered, ready, on an agenda, dealt with, withdrawn."""

from __future__ import annotations

import pytest

from meetingapp.cases import commands, queries
from meetingapp.cases.models import CaseKind, CaseState, Exemption, Part
from meetingapp.core import audit
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from tests.cases.conftest import SECRET_TITLE, an_attachment, an_exempt_case
from tests.factories import a_case


def a_proposal(council, title="Heltidskultur i kommunene", text="Vi foreslår et **felles** løft."):
    case = commands.propose(council.council, title=title, text=text, person=council.partner_contact, organisation=council.partner, by=None)
    db.session.commit()
    return case


def test_taking_a_proposal_in_makes_its_text_the_first_case_paper(council, secretary):
    case = a_proposal(council)

    commands.take_in(case, answer="Takk, dette blir sak i januar.", by=secretary)
    db.session.commit()

    assert case.state is CaseState.TAKEN_IN
    assert "<strong>felles</strong>" in case.paper(Part.OPEN).html
    assert [entry.action for entry in audit.entries_of(case)] == ["case.answer", "case.propose"]


def test_declining_needs_a_reason(council, secretary):
    case = a_proposal(council)

    with pytest.raises(RuleBroken) as refused:
        commands.decline(case, reason=" \n ", by=secretary)

    assert refused.value.field == "answer"
    assert case.state is CaseState.PROPOSED


def test_a_proposal_is_answered_once(council, secretary):
    case = a_proposal(council)
    commands.decline(case, reason="Hver kommune avgjør dette.", by=secretary)

    with pytest.raises(RuleBroken):
        commands.take_in(case, answer="", by=secretary)

    assert case.state is CaseState.DECLINED


def test_the_proposer_gets_a_letter_with_the_answer(council, secretary, letters, partner_link):
    commands.take_in(a_proposal(council), answer="Dette blir sak i januar.", by=secretary)

    letter = letters()[0]
    text = letter.get_body(("plain",)).get_content()

    assert letter["To"].addresses[0].addr_spec == council.partner_contact.email
    assert "Heltidskultur i kommunene" in text
    assert "Dette blir sak i januar." in text
    assert "/g/" in text


def test_the_letter_of_a_declined_proposal_gives_the_reason(council, secretary, letters):
    commands.decline(a_proposal(council), reason="Hver kommune avgjør dette.", by=secretary)

    assert "Hver kommune avgjør dette." in letters()[0].get_body(("plain",)).get_content()


def test_the_letter_never_tells_the_internal_title(council, secretary, letters):
    case = a_proposal(council, "Om en ansatt")
    commands.take_in(case, answer="", by=secretary)
    commands.edit_facts(case, seen_version=1, by=secretary, title=SECRET_TITLE)

    letter = letters()[0]

    assert "Hemmelig" not in letter.as_string()
    assert "Hemmelig" not in letter.get_body(("html",)).get_content()


def test_outside_the_proposers_own_words_are_used_until_someone_changes_them(council, secretary):
    case = a_proposal(council)
    as_proposed = queries.title_outside(case)
    commands.take_in(case, answer="", by=secretary)
    commands.edit_facts(case, seen_version=1, by=secretary, title=SECRET_TITLE)
    changed = queries.title_outside(case)
    commands.edit_facts(case, seen_version=2, by=secretary, title=SECRET_TITLE, public_title="Heltid")

    assert (as_proposed, changed, queries.title_outside(case)) == ("Heltidskultur i kommunene", "", "Heltid")


def test_what_is_missing_is_told_all_at_once(council, secretary):
    case = a_case(council.council, state=CaseState.IN_WORK, paper=False, public_title="")

    with pytest.raises(RuleBroken) as refused:
        commands.mark_ready(case, paper_on_web=True, attachments_on_web={}, by=secretary)

    assert all(step.text in refused.value.message for step in queries.checklist(case))
    assert len(queries.missing(case)) == 3


@pytest.mark.parametrize(
    ("kind", "needed"), [(CaseKind.DECISION, True), (CaseKind.STATEMENT, True), (CaseKind.APPLICATION, True), (CaseKind.INFORMATION, False)]
)
def test_a_recommendation_is_needed_where_something_is_decided(council, secretary, kind, needed):
    case = a_case(council.council, kind=kind, state=CaseState.IN_WORK, paper=False)
    commands.save_paper(case, part=Part.OPEN, text="Bakgrunn", seen_version=0, by=secretary)
    db.session.commit()

    assert [step.place for step in queries.missing(case)] == (["fremlegg"] if needed else [])


def test_every_open_document_is_chosen_for_and_no_closed_one(council, secretary):
    case = an_exempt_case(council, secretary, state=CaseState.IN_WORK)
    open_one, closed_one = an_attachment(case, secretary), an_attachment(case, secretary, "Lukket", is_closed=True)

    with pytest.raises(RuleBroken) as no_paper:
        commands.mark_ready(case, paper_on_web=None, attachments_on_web={open_one.id: True}, by=secretary)
    with pytest.raises(RuleBroken) as no_attachment:
        commands.mark_ready(case, paper_on_web=True, attachments_on_web={}, by=secretary)
    commands.mark_ready(case, paper_on_web=True, attachments_on_web={open_one.id: True, closed_one.id: True}, by=secretary)

    assert no_paper.value.field == "paper_on_web"
    assert no_attachment.value.field == f"attachment_{open_one.id}"
    assert (case.state, open_one.on_web, closed_one.on_web) == (CaseState.READY, True, None)


def test_nothing_of_a_wholly_exempt_case_goes_on_the_net(council, secretary):
    case = an_exempt_case(council, secretary, Exemption.WHOLLY, state=CaseState.IN_WORK)
    attachment = an_attachment(case, secretary)

    for chosen in ({"paper_on_web": True, "attachments_on_web": {}}, {"paper_on_web": None, "attachments_on_web": {attachment.id: True}}):
        with pytest.raises(RuleBroken):
            commands.mark_ready(case, by=secretary, **chosen)
    commands.mark_ready(case, paper_on_web=None, attachments_on_web={}, by=secretary)

    assert (case.paper_on_web, attachment.on_web) == (False, False)


def make_ready(case, by):
    commands.mark_ready(case, paper_on_web=True, attachments_on_web={}, by=by)


def send_back(case, by):
    commands.mark_outcome(case, CaseState.SENT_BACK, by=by)


VERBS = {
    "mark ready": (make_ready, {"taken_in", "in_work", "ready", "postponed", "sent_back"}),
    "withdraw": (lambda case, by: commands.withdraw(case, by=by), {"taken_in", "in_work", "ready", "postponed", "sent_back"}),
    "put on agenda": (lambda case, by: commands.mark_on_agenda(case), {"ready", "postponed"}),
    "take off agenda": (lambda case, by: commands.mark_off_agenda(case), {"on_agenda"}),
    "deal with": (send_back, {"on_agenda", "decided", "postponed", "sent_back"}),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_works_in_its_states_and_says_the_next_step_in_the_others(council, secretary, verb):
    do, allowed = VERBS[verb]
    case = a_case(council.council)

    for state in CaseState:
        case.state = state
        if state.value in allowed:
            do(case, secretary)
        else:
            with pytest.raises(RuleBroken) as refused:
                do(case, secretary)
            assert refused.value.next_step, state
            assert case.state is state


def test_a_meeting_cannot_make_a_case_a_proposal(council, secretary):
    case = a_case(council.council, state=CaseState.ON_AGENDA)

    with pytest.raises(RuleBroken):
        commands.mark_outcome(case, CaseState.PROPOSED, by=secretary)


def test_every_step_is_written_in_the_log(council, secretary):
    case = a_case(council.council, state=CaseState.IN_WORK)
    make_ready(case, secretary)
    commands.mark_on_agenda(case)
    commands.mark_outcome(case, CaseState.POSTPONED, by=secretary)
    commands.grant_access(case, council.chair, why="Innkalt")
    commands.revoke_access(case, council.chair)
    commands.withdraw(case, by=secretary)

    done = [entry.action.removeprefix("case.") for entry in reversed(audit.entries_of(case))]

    assert done == ["ready", "on_agenda", "outcome", "grant", "revoke", "withdraw"]


def test_the_queue_has_the_postponed_first(council):
    ready, postponed = a_case(council.council, "Klar"), a_case(council.council, "Utsatt", state=CaseState.POSTPONED)
    a_case(council.council, "I arbeid", state=CaseState.IN_WORK)

    assert queries.ready_queue(council.council.id) == [postponed, ready]
