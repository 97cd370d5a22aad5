"""Councils, bodies, settings, people, organisations and legal grounds."""

from __future__ import annotations

from datetime import date

import pytest

from meetingapp.core import audit
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.council import commands, queries
from meetingapp.council.addresses import address_part
from meetingapp.council.models import BasisUse, BodyKind, OrganisationKind
from tests.factories import a_person

TODAY = date(2026, 11, 23)


def a_body(council, by, **given):
    facts = {
        "name": "Arbeidsutvalget",
        "series": "AU",
        "kind": BodyKind.WORKING_COMMITTEE,
        "organizer_address": "mote@prove.example",
        "valid_from": date(2025, 1, 1),
        "parent": council.body,
    }
    return commands.add_body(council.council, by=by, **(facts | given))


@pytest.mark.shows("L1")
def test_a_council_says_what_it_is_in_its_name(app):
    facts = {"slug": "hamar", "short_name": "Hamarregionen", "email": "post@hamar.example", "by": None}

    with pytest.raises(RuleBroken) as broken:
        commands.add_council(name="Hamarregionen", **facts)
    council = commands.add_council(name="Hamarregionen IPR", **facts)
    commands.edit_council(council, name="Hamarregionen interkommunalt politisk råd", short_name="", email="post@hamar.example", by=None)

    assert broken.value.field == "name"
    assert council.short_name == "Hamarregionen"


def test_a_name_becomes_an_address():
    assert address_part("Regionrådet") == "regionradet"
    assert address_part("Næringsforum Øst – åpent") == "naeringsforum-ost-apent"


def test_a_body_keeps_its_address_when_it_gets_a_new_name(council, secretary):
    body = a_body(council, secretary)
    commands.edit_body(
        body,
        name="Styret",
        series="ST",
        kind=BodyKind.WORKING_COMMITTEE,
        organizer_address="mote@prove.example",
        valid_from=body.valid_from,
        by=secretary,
    )

    assert (body.name, body.slug) == ("Styret", "arbeidsutvalget")


def test_two_bodies_cannot_share_a_prefix(council, secretary):
    with pytest.raises(RuleBroken) as broken:
        a_body(council, secretary, series="RR")

    assert broken.value.field == "series"


@pytest.mark.parametrize("pattern", ["{series.__class__} {n}/{yy}", "{0}", "{series}", "{n:>99999999}/{yy}", "{"])
def test_a_number_pattern_reaches_nothing_but_its_own_place_holders(council, secretary, pattern):
    with pytest.raises(RuleBroken) as broken:
        a_body(council, secretary, number_pattern=pattern)

    assert broken.value.field == "number_pattern"


def test_a_body_does_not_end_before_its_seats(council, secretary):
    body = council.body
    with pytest.raises(RuleBroken, match="Sekretær"):
        commands.edit_body(
            body,
            name=body.name,
            series=body.series,
            kind=body.kind,
            organizer_address=body.organizer_address,
            valid_from=body.valid_from,
            valid_to=date(2026, 1, 1),
            by=secretary,
        )


def test_a_new_value_ends_the_old_one_the_day_before(council, secretary):
    old = commands.add_setting(council.council, body=council.body, key="notice_days", value="14", valid_from=date(2024, 1, 1), by=secretary)
    commands.add_setting(
        council.council, body=council.body, key="notice_days", value="10", valid_from=date(2026, 2, 1), source="RR 01/26", by=secretary
    )

    assert old.valid_to == date(2026, 1, 31)
    assert queries.setting("notice_days", body=council.body, on=date(2026, 1, 31)) == "14"
    assert queries.setting("notice_days", body=council.body, on=date(2026, 2, 1)) == "10"


def test_a_value_put_in_between_lasts_until_the_next(council, secretary):
    add = {"council": council.council, "key": "reply_days", "by": secretary}
    commands.add_setting(value="7", valid_from=date(2024, 1, 1), **add)
    commands.add_setting(value="5", valid_from=date(2026, 1, 1), **add)
    between = commands.add_setting(value="6", valid_from=date(2025, 1, 1), **add)

    assert between.valid_to == date(2025, 12, 31)
    with pytest.raises(RuleBroken):
        commands.add_setting(value="9", valid_from=date(2025, 1, 1), **add)


@pytest.mark.parametrize(
    ("key", "value"), [("notice_days", "fjorten"), ("formal_items_numbered", "maybe"), ("quorum_share", "0.5"), ("x", "1")]
)
def test_a_setting_has_the_shape_it_needs(council, secretary, key, value):
    with pytest.raises(RuleBroken):
        commands.add_setting(council.council, key=key, value=value, valid_from=TODAY, by=secretary)


def test_an_address_belongs_to_one_person_whatever_its_case(council, secretary):
    commands.add_person(name="Kari Prøve", email=" Kari@Prove.Example ", by=secretary)

    with pytest.raises(RuleBroken) as broken:
        commands.add_person(name="Kari Annen", email="KARI@prove.example", by=secretary)

    assert broken.value.field == "email"
    assert queries.person_by_email("kari@prove.example").name == "Kari Prøve"


def test_people_come_in_norwegian_order(council, secretary):
    for name in ("Ørjan", "Aage", "Åse", "Ære", "Bo"):
        commands.add_person(name=name, email=f"{name}@prove.example".lower(), organisation=council.partner, by=secretary)

    people = queries.search_people(council.council.id, "prove.example")
    ordered = [person.name for person in people.items if person.organisation is council.partner]

    assert ordered == ["Bo", "Lise Organisert", "Ære", "Ørjan", "Aage", "Åse"]


def test_searching_is_by_words_and_knows_norwegian_letters(council, secretary):
    commands.add_person(name="Øystein Åsgård", email="oa@prove.example", organisation=council.partner, title="Rådgiver", by=secretary)

    found = queries.search_people(council.council.id, "øystein åsg")

    assert [person.name for person in found.items] == ["Øystein Åsgård"]
    assert queries.search_people(council.council.id, "100%_").items == []


def test_one_who_holds_a_seat_stays_active(council, secretary):
    with pytest.raises(RuleBroken) as broken:
        commands.edit_person(council.chair, name="Mona Møteleder", email=council.chair.email, is_active=False, by=secretary)

    assert broken.value.field == "is_active"


def test_an_organisation_changes_from_partner_to_participant_on_a_day(council, secretary):
    commands.add_affiliation(council.council, council.partner, is_participant=True, since=date(2027, 1, 1), by=secretary)

    def role_on(day):
        return [one.is_participant for one in queries.affiliations_of(council.council.id, day) if one.organisation is council.partner]

    assert role_on(date(2026, 12, 31)) == [False]
    assert role_on(date(2027, 1, 1)) == [True]


def test_two_organisations_cannot_have_one_name(council, secretary):
    commands.add_organisation(council.council, name="NHO Innlandet", kind=OrganisationKind.SOCIAL_PARTNER, by=secretary)

    with pytest.raises(RuleBroken) as broken:
        commands.add_organisation(council.council, name="nho  innlandet", kind=OrganisationKind.SOCIAL_PARTNER, by=secretary)

    assert broken.value.field == "name"


def test_a_provision_is_listed_once_for_each_use(council, secretary):
    commands.add_legal_basis(use=BasisUse.EXEMPT, label="offentleglova § 13", by=secretary)

    with pytest.raises(RuleBroken):
        commands.add_legal_basis(use=BasisUse.EXEMPT, label="offentleglova  § 13", by=secretary)
    assert commands.add_legal_basis(use=BasisUse.CLOSE, label="offentleglova § 13", by=secretary).id


def test_what_is_done_is_written_in_the_log_without_the_texts(council, secretary):
    person = commands.add_person(name="Kari Prøve", email="kari@prove.example", by=secretary)
    commands.edit_person(person, name="Kari Prøve", email="kari.ny@prove.example", by=secretary)
    db.session.flush()

    newest = audit.entries_of(person)[0]

    assert (newest.action, newest.person_id) == ("person.edit", secretary.person_id)
    assert newest.details == {"email_changed": True, "is_active": True}


def test_someone_elses_secretary_cannot_change_a_members_address(council, secretary):
    from meetingapp.accounts.actor import Actor
    from meetingapp.core import policy
    from tests.factories import a_council

    other = a_council("Naboregionen IPR")
    commands.add_affiliation(other.council, council.chair.organisation, is_participant=False, since=date(2026, 1, 1), by=None)
    db.session.commit()
    neighbour = Actor(other.secretary)

    assert policy.allows(neighbour, "person.read", council.chair)
    assert not policy.allows(neighbour, "person.edit", council.chair)
    assert policy.allows(neighbour, "person.edit", a_person("Uten Verv", council.chair.organisation))
