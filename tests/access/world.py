"""One council at work with a neighbour beside it, everything closed in it marked with words that nobody else may ever read.

Built once in a run through the commands, and copied for each test file. Its roles, its things by the names that the access
table uses, and its personal links are what the tests of access, of hostile requests and of leaks walk over.
"""

from __future__ import annotations

import shutil
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from meetingapp.accounts import links
from meetingapp.accounts.actor import Actor
from meetingapp.accounts.models import LinkPurpose, PersonalLink
from meetingapp.agendas import commands as agendas
from meetingapp.agendas.queries import items_of
from meetingapp.app import create_office
from meetingapp.cases import commands as cases
from meetingapp.cases.models import Attachment, Case, CaseState, Exemption, PaperRequest, Part
from meetingapp.cases.views.texts import _signer
from meetingapp.core import clock
from meetingapp.core.database import db, migrations
from meetingapp.core.files import store
from meetingapp.core.files.kinds import TYPES
from meetingapp.core.mail.models import Letter
from meetingapp.core.web import access, static_files
from meetingapp.core.web.mount import side_by_side
from meetingapp.council.models import Affiliation, BasisUse, SeatRole
from meetingapp.followups import commands as followups
from meetingapp.invitations import commands as invitations
from meetingapp.invitations import queries as invitation_queries
from meetingapp.invitations.models import Reply
from meetingapp.invitations.pack import make_pack
from meetingapp.minutes import commands as minutes
from meetingapp.minutes.models import ProposalKind
from meetingapp.personal.commands import write_note
from meetingapp.portal.app import create_portal
from meetingapp.publishing import commands as publishing
from meetingapp.publishing import queries as publications
from meetingapp.publishing.models import Publication, PublicationState, SnapshotKind
from meetingapp.strategy.models import AreaKind, StrategyArea
from tests import factories
from tests.access.roles import CANARIES, World
from tests.cases.documents import PDF, a_docx
from tests.databases import careless, settings
from tests.minutes.sitting import Sitting, opened


def build(var: Path) -> World:
    """A world on databases of its own under `var`, closed again. The caller holds the clock still."""
    app, site = _house(var)
    with app.app_context():
        migrations.upgrade()
        world = World(app, site, var / "mail", factories.a_council(), factories.a_council(f"{CANARIES['neighbour']} IPR"), {})
        _people(world)
        _strategy(world)
        _cases(world)
        _meetings(world)
        _actions(world)
        _neighbour(world)
        _letters_and_links(world)
        world.ids = {role: person.id for role, person in world.people.items()}
        db.session.commit()
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
    return world


def copied(world: World, var: Path) -> World:
    """The same world on a copy of all that `world` has, in the empty folder `var`: what is done there is done there alone."""
    shutil.copytree(world.mail.parent, var, dirs_exist_ok=True)
    app, site = _house(var)
    return replace(world, app=app, site=site, mail=var / "mail", things=deepcopy(world.things), links=dict(world.links))


def _house(var: Path) -> tuple[Flask, Any]:
    """The office over what is in `var`, and both its sides as one site."""
    made = settings(var, {}, UNDO_SECONDS="0")
    app = create_office(made)
    with app.app_context():
        for engine in db.engines.values():
            careless(engine)
    whole = static_files.serve(access.Access(side_by_side(app, create_portal(made))), Path(str(app.static_folder)), https=False)
    return app, _each_alone(app, whole)


def _each_alone(app: Flask, site: Any) -> Any:
    """`site` with an app context of its own for each request, as in production: else requests would share `g`."""

    def alone(environ: Any, start_response: Any) -> Any:
        db.session.remove()
        with app.app_context():
            return site(environ, start_response)

    return alone


def _people(world: World) -> None:
    council, lo = world.council, world.council.partner
    members = council.members
    roles = {
        "outsider": factories.a_person("Ola Utenfor"),
        "neighbour": world.neighbour.secretary,
        "partner": council.partner_contact,
        "guest": factories.a_person("Gunn Gjest", lo),
        "owner": factories.a_person("Eilif Eier", lo),
        "attendee": factories.a_person("Amund Rådmann", members[0].organisation),
        "officer": factories.a_person("Siri Saksbehandler", members[0].organisation),
        "deputy": council.deputies[0],
        "called deputy": council.deputies[1],
        "chair": members[0],
        "signatory": members[2],
        "member": members[3],
        "recused": members[4],
        "secretary": council.secretary,
    }
    factories.a_seat(council.body, roles["attendee"], SeatRole.ATTENDEE)
    factories.a_seat(council.body, roles["officer"], SeatRole.CASE_OFFICER)
    for person in (*members, *council.deputies):
        person.phone = CANARIES["phone"]
    assert lo is not None
    lo.note = CANARIES["note on organisation"]
    world.people = {role: person for role, person in roles.items() if person is not None}
    seat, body = council.seats[3], council.body
    ours = db.session.scalars(select(Affiliation).where(Affiliation.council_id == council.council.id).order_by(Affiliation.id)).first()
    assert ours is not None
    world.things |= {
        "a person": {"person_id": roles["member"].id},
        "a partner's contact": {"person_id": world.people["partner"].id},
        "a body": {"body_id": body.id},
        "a seat": {"seat_id": seat.id},
        "an organisation": {"organisation_id": lo.id},
        "a role of an organisation": {"affiliation_id": ours.id},
        "a provision": {"basis_id": factories.a_legal_basis(BasisUse.EXEMPT, "offentleglova § 13").id},
    }


def _strategy(world: World) -> None:
    council = world.council
    area = factories.saved(
        StrategyArea(council_id=council.council.id, code="A", title="Vekst", kind=AreaKind.FOCUS, valid_from=factories.SINCE)
    )
    agreement = factories.an_agreement(council)
    owes, owed = council.members[0].organisation, council.members[-1].organisation
    commitment = factories.a_commitment(agreement, owed_by=[owes], owed_to=[owed])
    world.things |= {
        "an area": {"area_id": area.id},
        "an agreement": {"agreement_id": agreement.id},
        "a commitment": {"commitment_id": commitment.id},
    }


def stored(data: bytes, media_type: str) -> Any:
    """A row for a file with these bytes."""
    return store.register(store.keep_bytes(data), media_type=media_type, size=len(data))


def exempt_case(council: factories.TestCouncil, exemption: Exemption, title: str, paper: str, *, by: Actor) -> Case:
    """A case with canaries in all that is closed of it."""
    case = factories.a_case(council.council, f"{title} om Ola", paper=False, public_title="Personalsak", state=CaseState.IN_WORK)
    basis = factories.a_legal_basis()
    cases.set_exemption(
        case,
        exemption=exemption,
        legal_basis=basis,
        public_title=f"Personalsak {case.id}",
        wider_access=CANARIES["wider access"],
        closed_words=[CANARIES["closed word"]],
        by=by,
    )
    text = "Bakgrunn." if exemption is Exemption.PARTLY else f"Bakgrunn om {paper}."
    cases.save_paper(case, part=Part.OPEN, text=text, recommendation="Tas til orientering.", seen_version=0, by=by)
    cases.save_paper(case, part=Part.CLOSED, text=f"Lukket {CANARIES['closed part']}.", seen_version=0, by=by)
    secret = PDF + f"% {CANARIES['closed attachment content']}\n".encode()
    name = f"{CANARIES['closed attachment name']}.pdf"
    file = stored(secret, "application/pdf")
    cases.attach(case, file, title=CANARIES["closed attachment title"], file_name=name, is_closed=True, by=by)
    cases.attach(case, stored(PDF, "application/pdf"), title="Åpent vedlegg", file_name="apent.pdf", is_closed=False, by=by)
    db.session.commit()
    return case


def _attachments(case: Case) -> tuple[Attachment, Attachment]:
    """The closed and the open one."""
    db.session.refresh(case)
    return tuple(sorted(case.attachments, key=lambda one: not one.is_closed))  # type: ignore[return-value]


def _cases(world: World) -> None:
    council, by, member = world.council, Actor(world.people["secretary"]), world.people["member"]
    plain = factories.a_case(council.council, "Åpen sak", state=CaseState.IN_WORK)
    attached = cases.attach(plain, stored(PDF, "application/pdf"), title="Regnskap", file_name="regnskap.pdf", is_closed=False, by=by)
    partly = exempt_case(council, Exemption.PARTLY, CANARIES["title"], "", by=by)
    wholly = exempt_case(council, Exemption.WHOLLY, CANARIES["whole title"], CANARIES["whole paper"], by=by)
    wholly.proposed_by, wholly.proposed_at = world.people["recused"], clock.now()  # long before it was exempted
    written = exempt_case(council, Exemption.PARTLY, CANARIES["title"], "", by=by)
    due = clock.today() + timedelta(days=14)
    cases.ask_for_paper(written, world.people["owner"], due=due, message=CANARIES["words to the writer"], by=by)
    proposal = cases.propose(council.council, title="Heltid", text=CANARIES["proposal"], person=member, organisation=None, by=by)
    declined = cases.propose(council.council, title="Deltid", text=CANARIES["proposal"], person=member, organisation=None, by=by)
    cases.decline(declined, reason=CANARIES["answer"], by=by)
    word = stored(a_docx("Bakgrunn"), TYPES["docx"])
    from_word = factories.a_case(council.council, "Lest fra Word", state=CaseState.IN_WORK, paper=False)
    cases.save_paper(from_word, part=Part.OPEN, text="Bakgrunn", seen_version=0, source_file=word, source_name="sak.docx", by=by)
    db.session.commit()
    token = _signer().dumps([from_word.id, word.id, "sak.docx"])
    note = write_note(plain, member, text=CANARIES["own note"])
    db.session.flush()
    closed, open_one = _attachments(partly)
    closed_whole, open_whole = _attachments(wholly)
    world.things |= {
        "help for a member": {"who": "medlem"},
        "a template": {"kind": "decision", "language": "nb"},
        "help on a page": {"what": "desk"},
        "the member's own note": {"note_id": note.id},
        "an open case": {"case_id": plain.id, "attachment_id": attached.id},
        "a partly exempt case": {"case_id": partly.id, "attachment_id": open_one.id},
        "a partly exempt case, closed attachment": {"case_id": partly.id, "attachment_id": closed.id},
        "a wholly exempt case": {"case_id": wholly.id, "attachment_id": open_whole.id},
        "a wholly exempt case, closed attachment": {"case_id": wholly.id, "attachment_id": closed_whole.id},
        "a case that is being written": {"case_id": written.id},
        "a proposal": {"case_id": proposal.id},
        "a declined proposal": {"case_id": declined.id},
        "a case read from Word": {"case_id": from_word.id, "token": token},
    }


def _meetings(world: World) -> None:
    council, people = world.council, world.people
    by = Actor(people["secretary"])
    on_agenda = [db.session.get_one(Case, world.things[name]["case_id"]) for name in ("a partly exempt case", "a wholly exempt case")]
    for case in on_agenda:
        case.state = CaseState.READY
    planned = factories.a_meeting(council, days=60)
    agendas.add_cases(planned, [factories.a_case(council.council, "Til planlagt møte")], by=by)
    meeting = factories.a_meeting(council, days=40)
    agendas.add_cases(meeting, [*on_agenda, factories.a_case(council.council, "Åpen sak i innkalt møte")], by=by)
    agendas.fix_agenda(meeting, by=by)
    db.session.commit()
    pack = make_pack(meeting)
    invitations.call_meeting(meeting, by=by, reply_by=clock.today() + timedelta(days=7), guests=[people["guest"]], pack=pack)
    db.session.commit()
    declined = invitation_queries.invitation_of(meeting, council.members[1])
    assert declined is not None
    invitations.answer(
        declined, Reply.DECLINED, via="page", by=Actor(council.members[1]), reason="illness", comment=CANARIES["comment of forfall"]
    )
    seat = next(seat for seat in council.body.seats if seat.person_id == people["called deputy"].id)
    deputy = invitations.call_deputy(declined, seat, by=by)
    invitations.answer(deputy, Reply.ACCEPTED, via="page", by=Actor(people["called deputy"]))
    guest = invitation_queries.invitation_of(meeting, people["guest"])
    member = invitation_queries.invitation_of(meeting, people["member"])
    assert guest is not None
    assert member is not None
    world.things |= {
        "a planned meeting": {"meeting_id": planned.id, "item_id": items_of(planned)[0].id},
        "a called meeting": {"meeting_id": meeting.id, "invitation_id": member.id, "item_id": items_of(meeting)[0].id},
        "a called meeting, one who declined": {"meeting_id": meeting.id, "invitation_id": declined.id},
        "the member's own call": {"invitation_id": member.id},
        "the guest's own call": {"invitation_id": guest.id},
    }
    running = opened(council, "Under behandling", days=30)
    minutes.save_deliberation(
        running.done[0],
        text=CANARIES["draft of minutes"],
        outcome=running.done[0].outcome,
        decision=CANARIES["draft decision"],
        seen_version=running.done[0].version,
        by=by,
    )
    minutes.recuse(
        running.done[0],
        people["recused"],
        basis=factories.a_legal_basis(BasisUse.RECUSE, "fvl. § 6"),
        statement=CANARIES["recusal statement"],
        by=by,
    )
    chair = council.chair
    minutes.make_proposal(running.done[0], person=chair, kind=ProposalKind.ADDITION, text=CANARIES["draft proposal"], by=by)
    for case in on_agenda:  # as where she had been disqualified in a meeting on these cases
        cases.revoke_access(case, people["recused"])
    sent, locked = opened(council, "Sendt til godkjenning", days=31), opened(council, "Låst", days=32)
    sent.finish()
    sent.send()
    locked.finish()
    locked.send()
    locked.approve()
    locked.lock(pdf=True)
    for name, sitting in (("a meeting in session", running), ("minutes sent for approval", sent), ("locked minutes", locked)):
        rows = {"item_id": sitting.items[0].id, "row_id": sitting.row_of(people["member"]).id, "kind": "forslag", "number": 1}
        world.things[name] = {"meeting_id": sitting.meeting.id} | rows
    _publications(world, locked)


def _publications(world: World, locked: Sitting) -> None:
    by = Actor(world.people["secretary"])
    publishing.publish_meeting(locked.meeting, by=by)
    called_id = world.things["a called meeting"]["meeting_id"]
    publishing.ask(SnapshotKind.MEETING, called_id, council=world.council.council, by=by)
    held = publishing.ask(SnapshotKind.CASE, world.things["a proposal"]["case_id"], council=world.council.council, by=by)
    world.work()
    body = publications.current(SnapshotKind.BODY, world.council.body.id)
    assert body is not None
    assert db.session.get_one(Publication, held.id).state is PublicationState.HELD
    publishing.recall(body, reason="Feil dokument.", by=by)
    world.work()
    public = publications.current(SnapshotKind.MEETING, locked.meeting.id)
    assert public is not None
    world.things |= {
        "a held publication": {"publication_id": held.id},
        "a public publication": {"publication_id": public.id},
        "a recalled publication": {"publication_id": body.id},
    }


def _actions(world: World) -> None:
    owner = world.people["owner"]
    action = factories.an_action(world.council, owner, text=CANARIES["note on action"], is_public=False)
    partly = db.session.get_one(Case, world.things["a partly exempt case"]["case_id"])
    secret = factories.an_action(world.council, owner, CANARIES["action of exempt case"], case=partly, is_public=False)
    factories.an_action(world.council, world.people["partner"], CANARIES["action of exempt case"], case=partly, is_public=False)
    publishing.publish_actions(world.council.council, by=Actor(world.people["secretary"]))
    followups.ask_for_status(action, [owner], by=Actor(world.people["secretary"]))
    world.things |= {"an action": {"action_id": action.id}, "an action of an exempt case": {"action_id": secret.id}}


def _neighbour(world: World) -> None:
    """What the neighbour has: the same kinds of things, by the same names."""
    there, word = world.neighbour, CANARIES["neighbour"]
    by = Actor(there.secretary)
    case = factories.a_case(there.council, word, state=CaseState.IN_WORK)
    attachment = cases.attach(case, stored(PDF, "application/pdf"), title=word, file_name=f"{word}.pdf", is_closed=False, by=by)
    sitting = opened(there, word)
    sitting.save(text=word)
    agreement = factories.an_agreement(there, word)
    owes = [there.members[0].organisation]
    area = factories.saved(StrategyArea(council_id=there.council.id, code="N", title=word, kind=AreaKind.FOCUS, valid_from=factories.SINCE))
    note = write_note(case, there.chair, text=word)
    db.session.flush()
    publication = publishing.ask(SnapshotKind.BODY, there.body.id, council=there.council, by=by)
    role = db.session.scalars(select(Affiliation).where(Affiliation.council_id == there.council.id).order_by(Affiliation.id)).first()
    invitation = invitation_queries.invitation_of(sitting.meeting, there.chair)
    assert role is not None
    assert invitation is not None
    world.things["the neighbour's"] = {
        "case_id": case.id,
        "attachment_id": attachment.id,
        "meeting_id": sitting.meeting.id,
        "item_id": sitting.items[0].id,
        "row_id": sitting.row_of(there.chair).id,
        "kind": "forslag",
        "number": 1,
        "invitation_id": invitation.id,
        "agreement_id": agreement.id,
        "commitment_id": factories.a_commitment(agreement, owed_by=owes, owed_to=[there.members[-1].organisation]).id,
        "area_id": area.id,
        "action_id": factories.an_action(there, there.chair, word).id,
        "publication_id": publication.id,
        "person_id": there.chair.id,
        "body_id": there.body.id,
        "seat_id": there.seats[0].id,
        "organisation_id": there.partner.id if there.partner is not None else 0,
        "affiliation_id": role.id,
        "note_id": note.id,
        "token": "x",
    }


def _letters_and_links(world: World) -> None:
    people, council = world.people, world.council
    lasts = clock.true_now() + timedelta(days=30)
    partner = links.make_link(
        LinkPurpose.PARTNER, people["partner"], expires_at=lasts, council=council.council, organisation=council.partner
    )
    sign_in = links.make_link(LinkPurpose.SIGN_IN, people["outsider"], expires_at=lasts)
    dead = links.make_link(LinkPurpose.PARTNER, people["partner"], expires_at=lasts, council=council.council, organisation=council.partner)
    dead.revoked_at = clock.true_now()
    reply = links.link_for(LinkPurpose.REPLY, people["guest"], world.things["the guest's own call"]["invitation_id"])
    action = links.link_for(LinkPurpose.ACTION, people["owner"], world.things["an action"]["action_id"])
    asked = db.session.scalars(select(PaperRequest)).one()
    write = links.link_for(LinkPurpose.WRITE, people["owner"], asked.id)
    assert reply is not None
    assert action is not None
    assert write is not None
    found: dict[str, PersonalLink] = {
        "partner link": partner,
        "reply link": reply,
        "action link": action,
        "write link": write,
        "sign-in link": sign_in,
        "dead link": dead,
    }
    world.links = {kind: links.path_of(link).rpartition("/")[2] for kind, link in found.items()}
    world.work()
    letter = db.session.scalars(
        select(Letter).where(Letter.realm == council.council.id, Letter.raw.is_not(None)).order_by(Letter.id)
    ).first()
    theirs = db.session.scalars(select(Letter).where(Letter.realm == world.neighbour.council.id, Letter.raw.is_not(None))).first()
    assert letter is not None
    assert theirs is not None
    world.things["a letter"] = {"letter_id": letter.id}
    world.things["the neighbour's"]["letter_id"] = theirs.id
