"""The strategy register and agreements: rules, order, pages."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.strategy import commands, queries
from meetingapp.strategy.models import Agreement, AgreementState, AreaKind, Commitment, CommitmentKind, Side, StrategyArea
from tests.factories import SINCE, a_commitment, a_council, an_agreement, an_organisation

TODAY = date(2026, 11, 23)


def an_area(council, by, code="1", parent=None, **given):
    facts = {"title": f"Område {code}", "kind": AreaKind.GOAL if parent else AreaKind.FOCUS, "valid_from": SINCE}
    return commands.add_area(council.council, code=code, parent=parent, by=by, **(facts | given))


def sides(council):
    municipalities = list(dict.fromkeys(member.organisation for member in council.members[:4]))
    return municipalities, [council.members[4].organisation]


def test_areas_come_in_reading_order(council, secretary):
    first = an_area(council, secretary, "1")
    for code in ("1.10", "1.2"):
        an_area(council, secretary, code, parent=first)
    for code in ("B", "2"):
        an_area(council, secretary, code)

    assert [area.code for area in queries.areas_of(council.council.id, TODAY)] == ["1", "1.2", "1.10", "2", "B"]


def test_a_code_names_one_area_on_a_day_and_another_in_the_next_period(council, secretary):
    an_area(council, secretary, "1", valid_to=date(2027, 12, 31))

    with pytest.raises(RuleBroken) as broken:
        an_area(council, secretary, "1")
    later = an_area(council, secretary, "1", title="Ny strategi", valid_from=date(2028, 1, 1))

    assert broken.value.field == "code"
    assert queries.areas_of(council.council.id, date(2028, 6, 1)) == [later]


def test_nothing_stands_under_a_goal(council, secretary):
    top = an_area(council, secretary, "1")
    goal = an_area(council, secretary, "1.1", parent=top)

    with pytest.raises(RuleBroken) as under_goal:
        an_area(council, secretary, "1.1.1", parent=goal)
    other = an_area(council, secretary, "2")
    with pytest.raises(RuleBroken) as moved:
        commands.edit_area(top, code="1", title="Område", kind=AreaKind.FOCUS, valid_from=SINCE, parent=other, by=secretary)

    assert (under_goal.value.field, moved.value.field) == ("parent", "parent")


def test_there_are_seventeen_goals(council, secretary):
    with pytest.raises(RuleBroken) as broken:
        an_area(council, secretary, sdg=[18])

    assert broken.value.field == "sdg"


def test_an_agreement_is_in_force_when_all_parties_have_adopted_it(council, secretary):
    municipalities, county = sides(council)
    facts = {"title": "Partnerskapsavtalen", "valid_from": SINCE, "parties": municipalities + county, "by": secretary}
    most = {one.id: date(2023, 12, 13) for one in municipalities}

    with pytest.raises(RuleBroken, match=county[0].short_name) as broken:
        commands.add_agreement(council.council, state=AgreementState.IN_FORCE, adopted=most, **facts)
    agreement = commands.add_agreement(
        council.council, state=AgreementState.IN_FORCE, adopted=most | {county[0].id: date(2023, 12, 12)}, **facts
    )

    assert broken.value.field == "state"
    assert agreement.slug == "partnerskapsavtalen"


def test_a_party_that_owes_something_stays_a_party(council, secretary):
    municipalities, county = sides(council)
    agreement = an_agreement(council)
    a_commitment(agreement, owed_by=county, owed_to=municipalities)

    with pytest.raises(RuleBroken) as broken:
        commands.edit_agreement(agreement, title="Ny", valid_from=SINCE, parties=municipalities, adopted={}, by=secretary)

    assert broken.value.field == "parties"


def test_who_owes_whom_is_told_in_three_lists(council, secretary):
    municipalities, county = sides(council)
    agreement = an_agreement(council)
    add = {"text": "…", "kind": CommitmentKind.MEET, "by": secretary}
    commands.add_commitment(agreement, clause="4.10", owed_by=municipalities, owed_to=county, **add)
    commands.add_commitment(agreement, clause="4.2", owed_by=municipalities, owed_to=county, **add)
    commands.add_commitment(agreement, clause="5.1", owed_by=county, owed_to=municipalities, **add)
    commands.add_commitment(agreement, clause="3.1", owed_by=municipalities + county, owed_to=municipalities + county, **add)

    owed = queries.owed(agreement)

    assert [one.clause for one in owed.municipalities] == ["4.2", "4.10"]
    assert [one.clause for one in owed.county] == ["5.1"]
    assert [one.clause for one in owed.both] == ["3.1"]


def test_only_parties_owe_and_money_has_a_sum(council, secretary):
    municipalities, county = sides(council)
    agreement = an_agreement(council)
    add = {"clause": "4.1", "text": "Yte tilskudd", "kind": CommitmentKind.MONEY, "by": secretary}

    with pytest.raises(RuleBroken) as no_sum:
        commands.add_commitment(agreement, owed_by=county, owed_to=municipalities, **add)
    with pytest.raises(RuleBroken) as no_party:
        commands.add_commitment(agreement, owed_by=[an_organisation()], owed_to=county, amount=1, **add)

    assert (no_sum.value.field, no_party.value.field) == ("amount", "owed_by")


def test_members_read_agreements_and_only_the_secretary_writes(council, signed_in):
    agreement = an_agreement(council)
    commitment = a_commitment(agreement, owed_by=sides(council)[1], owed_to=sides(council)[0])
    read = ["/kontor/strategi", "/kontor/avtaler", f"/kontor/avtaler/{agreement.id}", f"/kontor/avtaler/punkt/{commitment.id}"]
    edit = [
        "/kontor/strategi/ny",
        "/kontor/avtaler/ny",
        f"/kontor/avtaler/{agreement.id}/rediger",
        f"/kontor/avtaler/{agreement.id}/punkt/ny",
        f"/kontor/avtaler/punkt/{commitment.id}/rediger",
    ]
    member, office, other = signed_in(council.chair), signed_in(council.secretary), signed_in(a_council("Nabo IPR").secretary)

    assert [member.get(url).status_code for url in read + edit] == [200] * len(read) + [403] * len(edit)
    assert [office.get(url).status_code for url in read + edit] == [200] * len(read + edit)
    foreign = [url for url in read + edit if any(character.isdigit() for character in url)]
    assert [other.get(url).status_code for url in foreign] == [404] * len(foreign)


def test_the_secretary_writes_in_an_area_and_changes_it(council, signed_in):
    office = signed_in(council.secretary)
    office.submit("/kontor/strategi/ny", code="1", title="Befolkningsvekst", kind="focus", sdg=[11, 8], valid_from="1.1.2024")
    area = db.session.scalar(select(StrategyArea))
    changed = office.submit(f"/kontor/strategi/{area.id}", title="Befolkningsvekst og bosetting")

    assert changed.status_code == 303
    assert (area.title, area.sdg, area.valid_from) == ("Befolkningsvekst og bosetting", [8, 11], date(2024, 1, 1))


def test_the_secretary_writes_in_an_agreement_and_what_is_owed(council, signed_in):
    office, (municipalities, county) = signed_in(council.secretary), sides(council)
    days = {f"adopted-{one.id}": "13.12.2023" for one in municipalities + county}
    made = office.submit(
        "/kontor/avtaler/ny",
        title="Partnerskapsavtalen",
        valid_from="1.1.2024",
        valid_to="31.12.2027",
        state="in_force",
        parties=[one.id for one in municipalities + county],
        **days,
    )
    agreement = db.session.scalar(select(Agreement))
    owed = office.submit(
        f"/kontor/avtaler/{agreement.id}/punkt/ny",
        clause="4.1",
        text="Fylkeskommunen yter 2 500 000 kroner",
        kind="money",
        amount="2 500 000",
        owed_by=county[0].id,
        owed_to=[one.id for one in municipalities],
    )
    commitment = db.session.scalar(select(Commitment))

    assert (made.status_code, owed.status_code) == (303, 303)
    assert commitment.amount == 2_500_000
    assert queries.on_side(commitment, Side.OWES) == county
    assert "2 500 000 kroner" in office.see(f"/kontor/avtaler/punkt/{commitment.id}").text


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("amount", "mange"),
        ("amount", "9" * 30),
        ("amount", "-1"),
        ("clause", ""),
        ("text", " "),
        ("due", "snart"),
        ("owed_by", "99999"),
        ("kind", "x"),
    ],
)
def test_a_bad_commitment_is_told_beside_its_field(council, signed_in, field, bad):
    office, (municipalities, county) = signed_in(council.secretary), sides(council)
    agreement = an_agreement(council)
    fields = {
        "clause": "4.1",
        "text": "Yte tilskudd",
        "kind": "money",
        "amount": "1",
        "owed_by": county[0].id,
        "owed_to": municipalities[0].id,
    }
    response = office.submit(f"/kontor/avtaler/{agreement.id}/punkt/ny", **(fields | {field: bad}))

    assert response.status_code == 422
    assert f'id="{field}-error"' in response.get_data(as_text=True)


def test_an_agreement_with_one_party_is_refused_and_what_was_typed_is_kept(council, signed_in):
    response = signed_in(council.secretary).submit(
        "/kontor/avtaler/ny", title="Avtale med oss selv", valid_from="1.1.2024", parties=council.chair.organisation_id
    )

    assert response.status_code == 422
    assert 'value="Avtale med oss selv"' in response.get_data(as_text=True)
