"""The letters of a call, as bytes: who reads what, the calendar object, and what must never be in them."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from icalendar import Calendar
from pypdf import PdfReader

from meetingapp.accounts import links
from meetingapp.accounts.models import LinkPurpose
from meetingapp.agendas.queries import items_of
from meetingapp.cases.models import Attachment, Exemption
from meetingapp.core import clock
from meetingapp.core.database import db, fixed
from meetingapp.core.files import store
from meetingapp.core.forms import RuleBroken
from meetingapp.invitations import queries
from meetingapp.invitations.commands import answer, call_deputy, call_meeting, send_again
from meetingapp.invitations.models import Reply
from meetingapp.invitations.pack import make_pack
from tests.core.ics_lint import lint_history, lint_ics, lint_mail
from tests.factories import a_case
from tests.invitations.support import CANARY, SECRET_TITLE, a_call, a_fixed_meeting, an_exempt_case, of, reply_by


def calendar_of(mail):
    return next(part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() == "text/calendar")


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def to(mails, person):
    return next(mail for mail in mails if mail["To"].addresses[0].addr_spec == person.email)


def test_every_letter_passes_the_strict_reader(council, secretary, letters):
    a_call(council, secretary)

    for mail in letters():
        assert lint_mail(mail.as_bytes()) == []
        assert lint_ics(calendar_of(mail)) == []


def test_the_attachment_is_the_calendar_part_byte_by_byte(council, secretary, letters):
    a_call(council, secretary)

    mail = letters()[0]

    attached = next(part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() == "application/ics")
    assert attached == calendar_of(mail)


def test_the_calendar_object_says_when_where_and_who(council, secretary, letters):
    meeting = a_call(council, secretary).meeting
    member = council.members[1]

    event = Calendar.from_ical(calendar_of(to(letters(), member))).events[0]

    assert event.start == meeting.starts_at
    assert event.end == meeting.ends_at
    assert str(event["UID"]) == meeting.calendar_uid
    assert int(event["SEQUENCE"]) == 0
    assert str(event["ATTENDEE"]) == f"mailto:{member.email}"
    assert str(event["ORGANIZER"]) == "mailto:mote@prove.example"
    assert event["DTSTAMP"].dt == clock.now()


def test_the_sender_is_the_bodys_permanent_address(council, secretary, letters):
    a_call(council, secretary)

    assert {mail["From"].addresses[0].addr_spec for mail in letters()} == {"mote@prove.example"}


def test_a_letter_sent_again_has_the_same_object_with_a_newer_stamp(council, secretary, letters):
    meeting = a_call(council, secretary).meeting
    letters()
    with clock.frozen(clock.now() + timedelta(hours=1)):
        send_again(of(meeting, council.members[1]), by=secretary)
        both = [mail for mail in letters() if mail["To"].addresses[0].addr_spec == council.members[1].email]

    assert len(both) == 2
    assert lint_history([calendar_of(mail) for mail in both]) == []
    assert both[1]["References"] == both[0]["Message-ID"]


def test_each_capacity_gets_its_own_words(council, secretary, letters):
    meeting = a_fixed_meeting(council)
    call_meeting(meeting, by=secretary, reply_by=reply_by(meeting), guests=[council.partner_contact])

    sent = letters()

    assert "Du er innkalt til møte i Regionrådet" in text_of(to(sent, council.members[1]))
    assert "Du er innkalt fra administrasjonen" in text_of(to(sent, council.secretary))
    assert "invitert til å orientere" in text_of(to(sent, council.partner_contact))


def test_the_subject_says_what_where_and_when(council, secretary, letters):
    a_call(council, secretary)

    assert letters()[0]["Subject"] == "Innkalling: Regionrådet 23. desember kl. 09.00"


def test_what_to_do_and_by_when_comes_first(council, secretary, letters):
    a_call(council, secretary)

    lines = [line for line in text_of(letters()[0]).splitlines() if line]

    assert lines[1] == "Svar innen søndag 20. desember 2026: Kommer du, eller melder du forfall?"


def test_each_letter_has_its_receivers_own_link(council, secretary, letters):
    meeting = a_call(council, secretary).meeting
    sent = letters()

    for person in council.members:
        link = links.link_for(LinkPurpose.REPLY, person, of(meeting, person).id)
        assert f"{links.address_of(link)}/svar" in text_of(to(sent, person))
    assert len({text_of(mail) for mail in sent}) == len(sent)


def test_the_reason_for_short_notice_stands_in_the_letter(council, secretary, letters):
    meeting = a_fixed_meeting(council, days=11)
    call_meeting(meeting, by=secretary, reply_by=clock.today(), reason="Budsjettsignalet kom sent.")

    assert "11 dager. Rådets frist er 14. Grunn: Budsjettsignalet kom sent." in text_of(letters()[0])


def test_the_link_lasts_thirty_days_after_the_meeting_so_that_it_can_be_told_how_useful_it_was(council, secretary):
    soon, late = a_call(council, secretary, days=20).meeting, a_call(council, secretary, days=90).meeting

    def lasts(meeting):
        link = links.link_for(LinkPurpose.REPLY, council.members[1], of(meeting, council.members[1]).id)
        return link.expires_at - clock.true_now()

    assert timedelta(days=50) < lasts(soon) <= timedelta(days=51)
    assert timedelta(days=120) < lasts(late) < timedelta(days=121)


@pytest.mark.parametrize("exemption", [Exemption.PARTLY, Exemption.WHOLLY])
def test_nothing_exempt_leaves_the_house(council, secretary, letters, signed_in, exemption):
    case = an_exempt_case(council, exemption)
    if exemption is Exemption.WHOLLY:
        fixed.loosen(db.session.connection(), "case_paper")
        case.papers[0].html = f"<p>{CANARY}</p>"
        case.papers[0].text = CANARY
    meeting = a_fixed_meeting(council, cases=(case, a_case(council.council, "Åpen sak")))
    pack = make_pack(meeting)
    call_meeting(meeting, by=secretary, reply_by=reply_by(meeting), guests=[council.partner_contact], pack=pack)
    response = signed_in(council.members[1]).get(f"/kontor/moter/{meeting.id}/sakspapirer.pdf")
    pdf = PdfReader(BytesIO(response.data))
    seen = [response.headers["Content-Disposition"], str(pdf.metadata), *(page.extract_text() for page in pdf.pages)]
    for mail in letters():
        seen += [str(mail["Subject"]), text_of(mail), mail.get_body(("html",)).get_content(), calendar_of(mail).decode()]

    whole = "\n".join(seen).replace("\r\n ", "")

    assert "Personalsak" in whole
    assert "Åpen sak" in whole
    for hidden in (CANARY, SECRET_TITLE):
        assert hidden.lower() not in whole.lower()


@pytest.mark.parametrize("where", ["place", "paper", "attachment", "item", "reason"])
def test_a_closed_word_anywhere_stops_the_call(council, secretary, where):
    case = an_exempt_case(council)
    meeting = a_fixed_meeting(council, days=10, cases=(case,))
    reason = "Hast."
    if where == "place":
        meeting.place = f"Hos {CANARY.upper()}"
    elif where == "paper":
        fixed.loosen(db.session.connection(), "case_paper")
        case.papers[-1].text = case.papers[0].text = f"Om {CANARY}."
    elif where == "attachment":
        file = store.register(store.keep_bytes(b"%PDF-1.7"), media_type="application/pdf", size=8)
        db.session.add(Attachment(case=case, file=file, title="Vedlegg", file_name=f"{CANARY}.pdf", added_at=clock.now()))
    elif where == "item":
        items_of(meeting)[0].title = SECRET_TITLE
    else:
        reason = f"{CANARY} ble sen."
    db.session.commit()

    with pytest.raises(RuleBroken) as broken:
        call_meeting(meeting, by=secretary, reply_by=clock.today(), reason=reason)
    assert CANARY in broken.value.message or SECRET_TITLE in broken.value.message


def test_a_hostile_meeting_name_makes_no_header_of_its_own(council, secretary, letters):
    meeting = a_fixed_meeting(council, title="Møte\r\nBcc: alle@prove.example", place="Sal; A, B\\\nDTSTART:19700101")
    council.members[0].name = 'Mona "Møte"\r\nleder'
    db.session.commit()
    call_meeting(meeting, by=secretary, reply_by=reply_by(meeting))

    sent = letters()

    assert len(sent) == 6
    assert all(mail["Bcc"] is None and lint_ics(calendar_of(mail)) == [] for mail in sent)


def test_the_deputys_letter_names_whom_they_sit_for(council, secretary, letters):
    meeting = a_call(council, secretary).meeting
    declined = of(meeting, council.members[1])
    answer(declined, Reply.DECLINED, reason="work", via="link", by=None)
    vacancy = queries.vacancies(meeting, queries.invitations_of(meeting))[0]
    call_deputy(declined, vacancy.deputies[0], by=secretary)

    mail = to(letters(), council.deputies[1])

    assert mail["Subject"].startswith("Kan du møte som vara? Regionrådet")
    assert "Truls Tvil" in text_of(mail)
    assert lint_mail(mail.as_bytes()) == []


def test_the_papers_become_a_pdf_at_any_fraction_of_a_second(council):
    meeting = a_fixed_meeting(council)

    with clock.frozen(clock.now().replace(microsecond=123456)):
        assert make_pack(meeting).size > 1000
