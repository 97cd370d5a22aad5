"""What a file really is. Only kinds that a council needs are taken in, and content and name must agree."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
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
MOST_MEMBERS = 2_000
LARGEST_UNPACKED = 200 * 1024 * 1024  # bytes


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
    extension = filename.rpartition(".")[2].lower().replace("jpeg", "jpg")
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
            members = archive.infolist()
            names = {member.filename for member in members}
            types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in names and members else b""
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        return False
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > LARGEST_UNPACKED:
        raise NotAllowed(_("The file unpacks to more than we can take."))
    if any(name.lower().endswith("vbaproject.bin") for name in names) or b"macroEnabled" in types:
        raise NotAllowed(_("The file contains macros. Save it without macros, and try once more."))
    return MAIN_PARTS[extension] in names


def safe_name(filename: str) -> str:
    """`filename` without folders and control characters, at most 150 characters; Norwegian letters stay."""
    name = unicodedata.normalize("NFC", filename).replace("\\", "/").rpartition("/")[2]
    name = re.sub(r'[\x00-\x1f\x7f"<>:|?*\u202a-\u202e\u2066-\u2069]', "", name).strip(" .")
    stem, dot, extension = name.rpartition(".")
    return f"{stem[: 149 - len(extension)]}{dot}{extension}" if dot and stem else name[:150] or "fil"
