"""Who and why: the council, its organisations, people, bodies, seats, strategy and agreement."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from meetingapp.core import clock
from meetingapp.core.database import db, write
from meetingapp.council import commands
from meetingapp.council.bases import add_usual_bases
from meetingapp.council.models import BodyKind, Office, OrganisationKind, SeatRole
from meetingapp.council.queries import DEFAULTS
from meetingapp.demo.source import Source
from meetingapp.strategy import commands as strategy_commands
from meetingapp.strategy.models import AgreementState, AreaKind, CommitmentKind

SINCE = date(2024, 1, 1)
BEGAN = datetime(2024, 1, 2, 8, tzinfo=UTC)
SHORT_NAMES = {"IFK": "Fylkeskommunen", "SF": "Statsforvalteren", "STB": "Stortingsbenken", "MIN": "Departementet"}
SHOWN_VALUES = {"True": "yes", "False": "no"}


def load(source: Source) -> None:
    """Load everything under `council` to `agreement`."""
    with clock.frozen(BEGAN), write():
        _council(source)
        _people(source)
        _bodies(source)
        _seats(source)
        _strategy(source)
        _agreement(source)


def _council(source: Source) -> None:
    given = source.facts["council"]
    council = commands.add_council(
        slug=given["id"],
        name=given["name"],
        short_name="Hamarregionen",
        email=given["email"],
        legal_form=given["legal_form"],
        publication_criterion=" ".join(given["publication_criterion"].split()),
        by=None,
    )
    source.keep("council", council)
    for org in source.facts["orgs"]:
        kind = OrganisationKind(org["kind"]) if org["kind"] in {k.value for k in OrganisationKind} else OrganisationKind.OTHER
        row = commands.add_organisation(
            council,
            name=org["name"],
            short_name=SHORT_NAMES.get(org["id"], org["name"].removesuffix(" kommune")),
            kind=kind,
            language=org["language"],
            note=org.get("note", ""),
            is_participant=org["participant"],
            since=SINCE,
            by=None,
        )
        db.session.flush()
        source.keep(org["id"], row)
    council.seat_municipality = source.organisation(given["seat_municipality"])
    add_usual_bases()


def _people(source: Source) -> None:
    for given in source.facts["people"]:
        person = commands.add_person(
            name=given["name"],
            email=given["email"],
            organisation=source.organisation(given["org"]) if "org" in given else None,
            title=given.get("title", ""),
            party_list=given.get("list", ""),
            language=given["language"],
            by=None,
        )
        db.session.flush()
        source.keep(given["id"], person)


def _bodies(source: Source) -> None:
    council = source.council()
    for given in source.facts["bodies"]:
        body = commands.add_body(
            council,
            name=given["name"],
            series=given["id"],
            kind=BodyKind(given["kind"]),
            number_pattern=given["series"].replace(given["id"], "{series}"),
            organizer_address=f"{given['id'].lower()}@hamarregionen.example",
            parent=source.body(given["parent"]) if given["parent"] else None,
            voting_seats=given["voting_seats"],
            advisory=given.get("advisory", False),
            created_by=given.get("created_by", ""),
            valid_from=given["valid_from"],
            by=None,
        )
        db.session.flush()
        source.keep(given["id"], body)
    for given in source.facts["settings"]:
        if (
            given["key"] in DEFAULTS
            and given["key"] != "quorum_share"
            and not (given["key"] == "formal_items_numbered" and "to" not in given)
        ):
            commands.add_setting(
                council,
                key=given["key"],
                value=_shown(given["value"]),
                body=source.body(given["body"]) if "body" in given else None,
                valid_from=given["from"],
                source=given.get("source", ""),
                by=None,
            )
    commands.add_setting(
        council, key="formal_items_numbered", value="no", body=source.body("RR"), valid_from=date(2026, 1, 31), source="RR 01/26", by=None
    )


def _shown(value: Any) -> str:
    """A value of the source as settings hold it: [14, 3] is "14, 3"."""
    text = ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
    return SHOWN_VALUES.get(text, text)


def _seats(source: Source) -> None:
    members = {(given["body"], given["person"]): given["id"] for given in source.facts["seats"] if given["role"] == "member"}
    for given in source.facts["seats"]:
        body = source.body(given["body"])
        seat = commands.add_seat(
            body,
            source.person(given["person"]),
            role=SeatRole(given["role"]),
            organisation=source.organisation(given["org"]),
            office=Office(given["office"]) if "office" in given else None,
            rank=given.get("rank"),
            is_personal=given.get("personal", False),
            deputy_for=[source.seat(members[given["body"], member]) for member in given.get("deputy_for", [])],
            rights=given["rights"],
            ground=given.get("ground", ""),
            party_list=given.get("list", ""),
            valid_from=given["from"],
            valid_to=given["to"],
            ended_because=given.get("ended_because", ""),
            by=None,
        )
        db.session.flush()
        source.keep(given["id"], seat)


def _strategy(source: Source) -> None:
    given = source.facts["strategy"]
    for area in given["areas"]:
        row = strategy_commands.add_area(
            source.council(),
            code=area["code"],
            title=area["title"],
            kind=AreaKind(area["kind"]),
            parent=source.area(area["parent"]) if area["parent"] else None,
            sdg=area["sdg"],
            indicator=area["indicator"],
            valid_from=given["valid_from"],
            valid_to=given["valid_to"],
            by=None,
        )
        db.session.flush()
        source.keep(area["code"], row)


def _agreement(source: Source) -> None:
    given = source.facts["agreement"]
    agreement = strategy_commands.add_agreement(
        source.council(),
        title=given["title"],
        slug="partnerskapsavtalen",
        version=given["version"],
        valid_from=given["period"]["from"],
        valid_to=given["period"]["to"],
        state=AgreementState(given["status"]),
        parties=[source.organisation(party) for party in given["parties"]],
        adopted={source.organisation(party["org"]).id: party["date"] for party in given["adopted_by"]},
        by=None,
    )
    db.session.flush()
    for row in given["commitments"]:
        commitment = strategy_commands.add_commitment(
            agreement,
            clause=row["clause"],
            text=row["text"],
            kind=CommitmentKind(row["type"]),
            owed_by=[source.organisation(party) for party in row["owed_by"]],
            owed_to=[source.organisation(party) for party in row["owed_to"]],
            amount=row.get("amount"),
            due=row.get("due"),
            recurrence=row.get("recurrence", ""),
            indicator=_plain(row.get("indicator", {})),
            by=None,
        )
        db.session.flush()
        source.keep(row["id"], commitment)


def _plain(indicator: dict[str, Any]) -> dict[str, Any]:
    """The indicator as JSON: dates in ISO."""
    values = [{**value, "date": value["date"].isoformat()} for value in indicator.get("values", [])]
    return {**indicator, "values": values} if indicator else {}
