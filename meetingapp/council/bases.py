"""The legal grounds that every council begins with. A council adds its own under Mer → Hjemler."""

from __future__ import annotations

from datetime import date
from typing import Any

from meetingapp.council import commands
from meetingapp.council.models import BasisUse
from meetingapp.council.queries import all_legal_bases

BASES: list[dict[str, Any]] = [
    {
        "use": BasisUse.EXEMPT,
        "label": "offentleglova § 13 første ledd",
        "about": "opplysninger med lovbestemt taushetsplikt",
        "is_duty": True,
    },
    {"use": BasisUse.EXEMPT, "label": "offentleglova § 23 første ledd", "about": "hensynet til en forsvarlig forhandlingsposisjon"},
    {"use": BasisUse.EXEMPT, "label": "offentleglova § 25 første ledd", "about": "tilsettingssaker"},
    {
        "use": BasisUse.CLOSE,
        "label": "kommuneloven § 11-5 andre ledd",
        "about": "personalsak eller lovbestemt taushetsplikt",
        "is_duty": True,
    },
    {
        "use": BasisUse.CLOSE,
        "label": "kommuneloven § 11-5 tredje ledd bokstav b, jf. offentleglova § 23 første ledd",
        "about": "tungtveiende offentlige interesser",
    },
    {
        "use": BasisUse.RECUSE,
        "label": "forvaltningsloven § 6 første ledd bokstav e, jf. kommuneloven § 11-10",
        "about": "leder eller medlem av styret i et selskap eller en stiftelse som er part",
    },
    {"use": BasisUse.RECUSE, "label": "forvaltningsloven § 6 første ledd bokstav b", "about": "i slekt eller svogerskap med en part"},
    {"use": BasisUse.RECUSE, "label": "forvaltningsloven § 6 andre ledd", "about": "andre særegne forhold som svekker tilliten"},
]


def add_usual_bases(*, since: date = date(2020, 1, 1)) -> int:
    """Enter those that are not listed yet; returns how many. Two queries each."""
    known = {(basis.use, basis.label) for basis in all_legal_bases()}
    new = [basis for basis in BASES if (basis["use"], basis["label"]) not in known]
    for basis in new:
        commands.add_legal_basis(**basis, valid_from=since, by=None)
    return len(new)
