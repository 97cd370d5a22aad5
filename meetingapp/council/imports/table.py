"""A spreadsheet, XLSX or CSV, as lines of plain text. Nothing in it is calculated, followed or trusted."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from meetingapp.core.files import kinds
from meetingapp.core.i18n import dates
from meetingapp.core.i18n.languages import LANGUAGES, speaking

Key = TypeVar("Key")
LARGEST = 2 * 1024 * 1024  # bytes of the file
LARGEST_UNPACKED = 20 * 1024 * 1024  # bytes of an unpacked XLSX
MOST_LINES = 500
MOST_COLUMNS = 40
LONGEST_CELL = 1000
FORMULA = ("=", "@", "\t")  # what a spreadsheet would calculate
COLUMNS = {  # in the order of the template
    "name": _l("Name"),
    "email": _l("E-mail address"),
    "phone": _l("Phone"),
    "title": _l("Title"),
    "organisation": _l("Organisation"),
    "party_list": _l("Party or list"),
    "body": _l("Body"),
    "role": _l("Role"),
    "office": _l("Office"),
    "rank": _l("Number in the order"),
    "deputy_for": _l("Stands in for"),
    "ground": _l("Ground"),
    "valid_from": _l("From"),
    "valid_to": _l("To"),
}
ALSO = {"e-post": "email", "epost": "email", "mobil": "phone", "parti": "party_list", "organisasjon": "organisation", "rang": "rank"}
NEEDED = ("name", "email")


class NotATable(ValueError):
    """A file that cannot be read as a table of people; the message says why, in the user's language."""


@dataclass(frozen=True)
class Line:
    """One line of the file: its number there, and its cells by column. A cell that is empty or absent is ""."""

    number: int
    cells: dict[str, str]


def read(data: bytes, filename: str) -> list[Line]:
    """The lines of a file that say something.

    :raises NotATable: for anything that is no XLSX or CSV of people
    """
    if len(data) > LARGEST:
        raise NotATable(_("The file is larger than 2 MB. Divide it into several."))
    if filename.lower().endswith(".csv"):
        rows = _csv_rows(data)
    elif filename.lower().endswith(".xlsx"):
        rows = _xlsx_rows(data, filename)
    else:
        raise NotATable(_("Choose an Excel file (.xlsx) or a CSV file."))
    return _lines(rows)


def _lines(rows: Iterable[tuple[int, list[str]]]) -> list[Line]:
    places: dict[str, int] = {}
    lines: list[Line] = []
    for number, row in rows:
        if not any(row):
            continue
        if not places:
            places = _places(row)
            continue
        if len(lines) == MOST_LINES:
            raise NotATable(ngettext("The file has more than %(num)d line.", "The file has more than %(num)d lines.", MOST_LINES))
        lines.append(Line(number, {key: row[place] if place < len(row) else "" for key, place in places.items()}))
    if not lines:
        raise NotATable(_("The file has no people in it. Download the template and fill it in."))
    return lines


def _places(headings: list[str]) -> dict[str, int]:
    """Column → where it stands, from the first line that says something."""
    names = in_all_languages(COLUMNS) | ALSO
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        key = names.get(" ".join(heading.lower().replace("*", " ").split()))
        if key is not None:
            found.setdefault(key, place)
        elif heading:
            raise NotATable(_("We do not know the column «%(heading)s». Use the headings of the template.", heading=heading[:60]))
    for key in NEEDED:
        if key not in found:
            raise NotATable(_("The column «%(heading)s» is missing. The first line must hold the headings.", heading=COLUMNS[key]))
    return found


def in_all_languages(words: Mapping[Key, Any]) -> dict[str, Key]:
    """What each of `words` is called in any language of the house, in lower case → its key: a file outlives the language of its reader."""
    found: dict[str, Key] = {}
    for language in LANGUAGES:
        with speaking(language):
            found |= {str(word).lower(): key for key, word in words.items()}
    return found


def _csv_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(data)
    heading = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            yield reader.line_num, [_plain(cell) for cell in row[:MOST_COLUMNS]]
    except csv.Error:
        raise NotATable(_("Line %(number)s cannot be read as CSV.", number=reader.line_num)) from None


def _decoded(data: bytes) -> str:
    """Excel writes CSV as Windows-1252, as UTF-8 with a mark, or as UTF-16."""
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotATable(_("We cannot read the letters in this file. Save it as «CSV UTF-8», or as .xlsx."))


def _xlsx_rows(data: bytes, filename: str) -> Iterator[tuple[int, list[str]]]:
    try:
        kinds.identify(data, filename)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > LARGEST_UNPACKED:
                raise NotATable(_("The file unpacks to more than we can take."))
    except kinds.NotAllowed as refused:
        raise NotATable(str(refused)) from None
    try:  # the library raises whatever it stumbles over in a file that was not made by a spreadsheet
        from openpyxl import load_workbook  # heavy: loaded by the process that needs it

        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        rows = [
            (number, [_shown(cell) for cell in row])
            for number, row in enumerate(sheet.iter_rows(max_row=4 * MOST_LINES, max_col=MOST_COLUMNS, values_only=True), 1)
        ]
    except NotATable:
        raise
    except Exception:
        raise NotATable(_("The file cannot be read. Open it in a spreadsheet, save it again, and try once more.")) from None
    yield from rows


def _shown(value: Any) -> str:
    """A cell as it is written. A formula comes as its text, never as what it would give."""
    if isinstance(value, datetime):
        return dates.short_date(value.date())
    if isinstance(value, date):
        return dates.short_date(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else _plain(str(value))


def _plain(cell: str) -> str:
    return cell.strip(" \r\n\xa0\ufeff")[:LONGEST_CELL]


def template() -> bytes:
    """An XLSX with the headings and one invented line."""
    from openpyxl import Workbook  # heavy: loaded by the process that needs it
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([str(word) for word in COLUMNS.values()])
    sheet.append([str(cell) for cell in _example().values()])
    for place, word in enumerate(COLUMNS.values()):
        sheet.cell(row=1, column=place + 1).font = Font(bold=True)
        sheet.column_dimensions[chr(ord("A") + place)].width = max(16, len(str(word)) + 4)
    sheet.freeze_panes = "A2"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _example() -> dict[str, Any]:
    """An invented person, as a line of the file."""
    return {
        "name": "Kari Oppdiktet",
        "email": "kari.oppdiktet@fjell.example",
        "phone": "+47 400 00 000",
        "title": "ordfører",
        "organisation": "Fjell kommune",
        "party_list": "Bygdelista",
        "body": "Regionrådet",
        "role": _("member"),
        "office": _("chair"),
        "rank": "",
        "deputy_for": "",
        "ground": "",
        "valid_from": "01.01.2026",
        "valid_to": "31.12.2027",
    }


def packed(lines: list[Line]) -> str:
    """`lines` as text, to travel in the form between the preview and the press."""
    return json.dumps([[line.number, line.cells] for line in lines], ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> list[Line]:
    """What `packed` wrote.

    :raises NotATable: for anything else
    """
    try:
        rows = json.loads(text)
        lines = [
            Line(int(number), {key: _plain(str(cells.get(key, ""))) for key in COLUMNS if key in cells})
            for number, cells in rows[:MOST_LINES]
        ]
    except (ValueError, TypeError, RecursionError):
        lines = []
    if not lines or any(key not in line.cells for line in lines for key in NEEDED):
        raise NotATable(_("The file has no people in it. Download the template and fill it in."))
    return lines
