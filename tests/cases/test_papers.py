"""Papers, attachments and who may read the closed ones: the rules."""

from __future__ import annotations

from datetime import timedelta

import pytest

from meetingapp.accounts.actor import Actor
from meetingapp.cases import commands, queries
from meetingapp.cases.models import CaseState, Part
from meetingapp.core import audit, clock, policy
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken, Stale
from meetingapp.core.text.markdown import TextRefused
from tests.cases.conftest import NEUTRAL_TITLE, SECRET_TITLE, a_file, an_attachment
from tests.factories import a_case, a_council
from tests.hostile import BRACKETS


def test_each_save_is_a_new_version_and_the_old_one_stays(council, secretary):
    case = a_case(council.council)

    paper = commands.save_paper(case, part=Part.OPEN, text="Ny **tekst**", recommendation="Vedtas.", seen_version=1, by=secretary)
    db.session.commit()

    assert [(one.version, one.text) for one in case.papers] == [(1, "Bakgrunn for saken."), (2, "Ny **tekst**")]
    assert "<strong>tekst</strong>" in paper.html
    assert paper.saved_by is council.secretary


@pytest.mark.parametrize("seen", [0, 2, None])
def test_a_save_from_another_version_shows_both_texts_with_their_recommendations(council, secretary, seen):
    with pytest.raises(Stale) as refused:
        commands.save_paper(
            a_case(council.council), part=Part.OPEN, text="Min tekst", recommendation="Min innstilling", seen_version=seen, by=secretary
        )

    assert "Bakgrunn for saken." in refused.value.now
    assert "Forslaget vedtas." in refused.value.now
    assert "Min tekst" in refused.value.typed
    assert "Min innstilling" in refused.value.typed


def test_raw_html_is_shown_as_text(council, secretary):
    paper = commands.save_paper(a_case(council.council), part=Part.OPEN, text="<script>alert(1)</script>", seen_version=1, by=secretary)

    assert "<script" not in paper.html


def test_a_text_that_would_stall_the_parser_is_refused(council, secretary):
    with pytest.raises(TextRefused):
        commands.save_paper(a_case(council.council), part=Part.OPEN, text=BRACKETS, seen_version=1, by=secretary)


def test_only_an_exempt_case_has_a_closed_part_and_closed_attachments(council, secretary):
    case = a_case(council.council)

    with pytest.raises(RuleBroken):
        commands.save_paper(case, part=Part.CLOSED, text="Lukket", seen_version=0, by=secretary)
    with pytest.raises(RuleBroken) as refused:
        commands.attach(case, a_file(), title="Lukket", file_name="a.pdf", is_closed=True, by=secretary)
    assert refused.value.field == "is_closed"


def test_the_two_parts_count_their_versions_apart(secretary, exempt_case):
    closed = commands.save_paper(exempt_case, part=Part.CLOSED, text="Lukket", recommendation="tas ikke med", seen_version=0, by=secretary)

    assert (closed.version, closed.recommendation) == (1, "")


@pytest.mark.parametrize("state", [CaseState.PROPOSED, CaseState.DECLINED, CaseState.DECIDED, CaseState.WITHDRAWN])
def test_the_papers_of_a_case_that_is_not_in_work_stand(council, secretary, state):
    case = a_case(council.council)
    attachment = an_attachment(case, secretary)
    case.state = state

    for verb in (
        lambda: commands.save_paper(case, part=Part.OPEN, text="x", seen_version=1, by=secretary),
        lambda: commands.attach(case, a_file(), title="x", file_name="x.pdf", is_closed=False, by=secretary),
        lambda: commands.remove_attachment(attachment, by=secretary),
    ):
        with pytest.raises(RuleBroken) as refused:
            verb()
        assert refused.value.next_step


def test_a_removed_attachment_is_gone_from_the_case_but_kept(council, secretary):
    case = a_case(council.council)
    attachment = an_attachment(case, secretary)

    commands.remove_attachment(attachment, by=secretary)
    db.session.commit()

    assert queries.attachments_of(case, closed=True) == []
    assert attachment.file is not None
    assert [entry.action for entry in audit.entries_of(case)] == ["case.detach", "case.attach"]


def reads_closed(person, case):
    db.session.commit()
    return policy.allows(Actor(person), "case.read_closed", case)


def test_the_closed_part_is_for_staff_and_for_those_given_access(council, exempt_case):
    member = council.members[1]
    before = reads_closed(member, exempt_case)
    commands.grant_access(exempt_case, member, why="Innkalt til møtet")

    assert before is False
    assert reads_closed(member, exempt_case)
    assert reads_closed(council.secretary, exempt_case)
    assert not reads_closed(council.members[2], exempt_case)
    assert not reads_closed(a_council("Naboregionen IPR").secretary, exempt_case)


def test_access_ends_when_it_is_revoked_or_has_run_out_and_can_be_given_anew(council, exempt_case):
    member = council.members[1]
    commands.grant_access(exempt_case, member, why="Innkalt", until=clock.today())
    on_the_last_day = reads_closed(member, exempt_case)
    with clock.frozen(clock.now() + timedelta(days=1)):
        the_day_after = reads_closed(member, exempt_case)
    commands.revoke_access(exempt_case, member)
    revoked = reads_closed(member, exempt_case)
    commands.grant_access(exempt_case, member, why="Innkalt på nytt")

    assert (on_the_last_day, the_day_after, revoked) == (True, False, False)
    assert reads_closed(member, exempt_case)


def test_the_internal_title_of_an_exempt_case_is_for_those_who_may_read_what_is_closed(council, exempt_case):
    staff, member, other = Actor(council.secretary), Actor(council.members[1]), Actor(council.members[2])
    commands.grant_access(exempt_case, council.members[1], why="Innkalt")
    db.session.commit()
    plain = a_case(council.council, "Budsjett 2027", public_title="")

    assert [queries.shown_title(who, exempt_case) for who in (staff, member, other)] == [SECRET_TITLE, SECRET_TITLE, NEUTRAL_TITLE]
    for who in (staff, member, other):
        assert queries.shown_titles(who, [exempt_case, plain]) == {one.id: queries.shown_title(who, one) for one in (exempt_case, plain)}
    assert queries.shown_title(Actor(a_council("Naboregionen IPR").secretary), plain) != "Budsjett 2027"
