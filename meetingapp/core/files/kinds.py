"""What a file really is. Only kinds that a council needs are taken in, and content and name must agree."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass

import puremagic
from flask_babel import gettext as _

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "png": "image/png",
    "jpg": "image/jpeg",
}
MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "odt": "content.xml"}
MAIN_TYPES = {"docx": b"wordprocessingml.document.main+xml", "xlsx": b"spreadsheetml.sheet.main+xml"}
MOST_MEMBERS = 2_000
LARGEST_LIST = 1024 * 1024  # bytes of the list of parts
LARGEST_UNPACKED = 200 * 1024 * 1024  # bytes


LONGEST_NAME = 150
MACROS = re.compile(r"vbaProject\.bin$|^Basic/|^Scripts/", re.IGNORECASE)
UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f"<>:|?*\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]')


class NotAllowed(ValueError):
    """A file that is not taken in; the message says why, in the user's language."""


@dataclass(frozen=True)
class Kind:
    media_type: str
    extension: str


def identify(data: bytes, filename: str) -> Kind:
    """The kind of `data`, whose name must agree.

    :raises NotAllowed: another kind, a name that lies, macros, or an archive that unpacks to too much
    """
    _stem, dot, extension = filename.rpartition(".")
    extension = {"jpeg": "jpg"}.get(extension.lower(), extension.lower()) if dot else ""
    if not data:
        raise NotAllowed(_("The file is empty."))
    if extension not in TYPES:
        raise NotAllowed(_("Only PDF, Word (.docx), Excel (.xlsx), OpenDocument (.odt), PNG and JPEG files can be added."))
    is_right = _is_office(data, extension) if extension in MAIN_PARTS else _is_plain(data, extension)
    if not is_right:
        raise NotAllowed(
            _("The content is not what the name says (.%(extension)s). Save the file again, and try once more.", extension=extension)
        )
    return Kind(TYPES[extension], extension)


def _is_plain(data: bytes, extension: str) -> bool:
    begins = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
    if not data.startswith(begins[extension]):
        return False
    try:
        found = puremagic.from_string(data[:4096])
    except puremagic.PureError:
        return True  # it begins as it should, and nothing says otherwise
    return found.lstrip(".").replace("jpeg", "jpg").replace("jfif", "jpg") in (extension, "ai", "apng", "jpe")


def _is_office(data: bytes, extension: str) -> bool:
    """Whether `data` is the archive that `extension` says, small when unpacked, and without macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {member.filename: member for member in archive.infolist()}
            unpacked = sum(member.file_size for member in archive.infolist())
            if len(archive.infolist()) > MOST_MEMBERS or unpacked > LARGEST_UNPACKED:
                raise NotAllowed(_("The file unpacks to more than we can take."))
            named = members.get("mimetype" if extension == "odt" else "[Content_Types].xml")
            if named is None or named.file_size > LARGEST_LIST or any(member.flag_bits & 1 for member in members.values()):
                return False  # bit 1: encrypted
            types = archive.read(named)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, UnicodeError):
        return False
    if any(MACROS.search(name) for name in members) or b"macroEnabled" in types:
        raise NotAllowed(_("The file contains macros. Save it without macros, and try once more."))
    is_typed = types.strip() == TYPES["odt"].encode() if extension == "odt" else MAIN_TYPES[extension] in types
    return is_typed and MAIN_PARTS[extension] in members


def safe_name(filename: str) -> str:
    """`filename` without folders and control characters, at most 150 characters; Norwegian letters stay."""
    name = unicodedata.normalize("NFC", filename).replace("\\", "/").rpartition("/")[2]
    name = UNSAFE.sub("", name).strip(" .")
    stem, dot, extension = name.rpartition(".")
    if dot and len(extension) < 10:
        return f"{stem[: LONGEST_NAME - 1 - len(extension)]}.{extension}"
    return name[:LONGEST_NAME].rstrip(" .") or "fil"
