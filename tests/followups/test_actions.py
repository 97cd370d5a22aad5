"""Actions and commitments: promise, report, lateness, status."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from meetingapp.accounts.actor import Actor
from meetingapp.cases.models import Exemption
from meetingapp.core import clock, policy
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken, Stale
from meetingapp.council.models import Person
from meetingapp.followups import commands, queries
from meetingapp.followups.models import ActionState, CommitmentState
from tests.factories import (
    a_case,
    a_commitment,
    a_council,
    a_decision,
    a_legal_basis,
    a_meeting,
    a_person,
    an_action,
    an_agreement,
)

TODAY = date(2026, 11, 23)
DUE = date(2026, 9, 30)


def two_owners(council, secretary, **given):
    owners = [council.members[0].organisation, council.members[2].organisation]
    return commands.add_action(council.council, title="Melde inn to tomter", owners=owners, due=DUE, by=secretary, **given)


def test_late_is_counted_in_days_and_never_stored(council, secretary):
    action = two_owners(council, secretary)

    assert action.days_over(TODAY) == 54


def test_an_action_is_done_when_every_owner_is(council, secretary):
    action = two_owners(council, secretary)
    first, second = action.owners

    commands.report(action, state=ActionState.DONE, text="", owner=first, by=secretary)
    assert (action.state, first.done_on, second.state) == (ActionState.OPEN, TODAY, ActionState.OPEN)

    commands.report(action, state=ActionState.DONE, text="", owner=second, by=secretary)
    assert (action.state, action.days_over(TODAY)) == (ActionState.DONE, 0)


def test_a_report_without_a_part_is_for_all(council, secretary):
    action = two_owners(council, secretary)
    commands.report(action, state=ActionState.DONE, text="", by=secretary)

    assert [part.state for part in action.owners] == [ActionState.DONE] * 2


def test_reports_are_added_and_none_is_changed(council, secretary):
    action = two_owners(council, secretary)
    with clock.frozen(datetime(2026, 10, 26, 9, tzinfo=UTC)):
        commands.report(action, state=ActionState.OPEN, text="To kommuner mangler tall.", new_due=date(2026, 12, 11), by=secretary)
    commands.report(action, state=ActionState.WAITING, text="Venter på fylket.", by=secretary)

    assert [update.text for update in action.updates] == ["To kommuner mangler tall.", "Venter på fylket."]
    assert action.due == date(2026, 12, 11)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("text", {"state": ActionState.WAITING, "text": " "}),
        ("text", {"state": ActionState.DROPPED, "text": ""}),
        ("text", {"state": ActionState.OPEN, "text": "", "new_due": date(2026, 12, 1)}),
        ("text", {"state": ActionState.OPEN, "text": ""}),
        ("new_due", {"state": ActionState.OPEN, "text": "Utsatt", "new_due": date(2026, 11, 22)}),
        ("new_due", {"state": ActionState.DONE, "text": "Ferdig", "new_due": date(2026, 12, 1)}),
    ],
)
def test_a_report_that_says_too_little_is_refused(council, secretary, field, given):
    with pytest.raises(RuleBroken) as broken:
        commands.report(two_owners(council, secretary), by=secretary, **given)

    assert broken.value.field == field


def test_an_action_needs_words_and_an_owner(council, secretary):
    with pytest.raises(RuleBroken) as no_title:
        commands.add_action(council.council, title=" ", owners=[council.chair], due=None, by=secretary)
    with pytest.raises(RuleBroken) as no_owner:
        commands.add_action(council.council, title="Gjør noe", owners=[], due=None, by=secretary)

    assert (no_title.value.field, no_owner.value.field) == ("title", "owners")


def test_an_action_from_another_councils_case_is_refused(council, secretary):
    foreign = a_case(a_council("Nabo IPR").council)

    with pytest.raises(RuleBroken):
        two_owners(council, secretary, case=foreign)


def test_what_follows_from_an_exempt_case_is_never_public(council, secretary):
    case = a_case(
        council.council, "Støtte til Ola Nordmann", public_title="Søknad", exemption=Exemption.WHOLLY, legal_basis_id=a_legal_basis().id
    )

    assert two_owners(council, secretary, case=case, is_public=True).is_public is False


def test_an_action_from_a_decision_knows_its_case(council, secretary):
    decision = a_decision(a_meeting(council), a_case(council.council))
    action = two_owners(council, secretary, deliberation=decision)

    assert action.case is decision.item.case
    assert queries.actions_from(decision) == [action] == queries.actions_from(decision.item.case)


def test_a_save_from_an_old_page_is_refused(council, secretary):
    action = two_owners(council, secretary)
    facts = {
        "title": "Nytt",
        "text": "",
        "due": DUE,
        "is_public": True,
        "owners": [part.organisation for part in action.owners],
        "by": secretary,
    }
    commands.edit_action(action, seen_version=1, **facts)

    with pytest.raises(Stale):
        commands.edit_action(action, seen_version=1, **facts)


def test_an_owner_who_has_reported_is_not_taken_away(council, secretary):
    action = two_owners(council, secretary)
    commands.report(action, state=ActionState.DONE, text="", owner=action.owners[0], by=secretary)
    facts = {"title": action.title, "text": "", "due": DUE, "is_public": True, "seen_version": action.version, "by": secretary}

    with pytest.raises(RuleBroken) as broken:
        commands.edit_action(action, owners=[action.owners[1].organisation], **facts)
    commands.edit_action(action, owners=[action.owners[0].organisation, council.chair], **facts)

    assert broken.value.field == "owners"
    assert [commands.name_of(part) for part in action.owners] == [council.chair.organisation.short_name, "Mona Møteleder"]


def test_open_actions_come_by_deadline_and_without_one_last(council, secretary):
    later = an_action(council, council.chair, "Senere", due=date(2027, 1, 1))
    never = an_action(council, council.chair, "Uten frist", due=None)
    first = an_action(council, council.chair, "Først", due=DUE)
    done = an_action(council, council.chair, "Ferdig", due=DUE)
    commands.report(done, state=ActionState.DONE, text="", by=secretary)

    assert queries.open_actions(council.council.id) == [first, later, never]


def test_my_own_are_mine_and_my_organisations_until_our_part_is_done(council, secretary):
    mine = an_action(council, council.members[0])
    ours = two_owners(council, secretary)
    an_action(council, council.members[2])
    me = Actor(council.members[0])

    assert queries.actions_of(me) == [ours, mine]
    commands.report(ours, state=ActionState.DONE, text="", owner=ours.owners[0], by=secretary)
    assert queries.actions_of(me) == [mine]


def test_the_secretariat_does_not_answer_for_its_employer(council, secretary):
    an_action(council, council.secretary.organisation)

    assert queries.actions_of(secretary) == []


def test_who_may_report(council, secretary):
    action = two_owners(council, secretary)
    west, east = action.owners
    colleague = a_person("Kari Kollega", council.members[0].organisation)

    assert policy.allows(Actor(council.members[0]), "action.report", action, west)
    assert not policy.allows(Actor(council.members[0]), "action.report", action, east)
    assert policy.allows(secretary, "action.report", action, east)
    assert not policy.allows(Actor(council.members[4]), "action.report", action)
    assert not policy.allows(Actor(colleague), "action.report", action), "no seat, no word for the municipality"


def test_every_status_of_a_commitment_has_evidence_and_the_newest_counts(council, secretary):
    county = council.members[4].organisation
    commitment = a_commitment(an_agreement(council), owed_by=[county], owed_to=[council.chair.organisation])

    with pytest.raises(RuleBroken) as broken:
        commands.set_commitment_status(commitment, state=CommitmentState.FULFILLED, evidence=" ", by=secretary)
    commands.set_commitment_status(commitment, state=CommitmentState.ON_TRACK, evidence="RR 05/26", by=secretary)
    newest = commands.set_commitment_status(commitment, state=CommitmentState.AT_RISK, evidence="RR 17/26", by=secretary)

    assert broken.value.field == "evidence"
    assert queries.newest_statuses([commitment.id]) == {commitment.id: newest}
    assert len(queries.statuses_of(commitment.id)) == 2


def test_the_standing_item_shows_what_was_open_before_the_meeting(council, secretary):
    meeting = a_meeting(council)
    before = an_action(council, council.chair, "Fra før")
    decision = a_decision(meeting, a_case(council.council))
    from_it = two_owners(council, secretary, deliberation=decision)
    an_action(council, council.chair, "Etterpå", created_at=meeting.ends_at + timedelta(days=1))

    assert queries.since_last(meeting) == [before]
    assert queries.actions_from_meeting(meeting.id) == [from_it]


def test_a_closed_action_asks_nobody(council, secretary):
    action = an_action(council, council.chair)
    commands.report(action, state=ActionState.DONE, text="", by=secretary)

    with pytest.raises(RuleBroken):
        commands.ask_for_status(action, [council.chair], by=secretary)


def test_people_of_an_organisation_can_be_asked(council, secretary):
    action = two_owners(council, secretary)
    left = a_person("Har Sluttet", council.chair.organisation, is_active=False)
    asked = queries.people_who_can_report(action)

    assert council.chair in asked
    assert left not in asked
    assert all(isinstance(one, Person) for one in asked)
    db.session.rollback()
