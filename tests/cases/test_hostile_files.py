"""Hostile files: refused with a word, or kept as dead bytes that are only ever handed out as a download."""

from __future__ import annotations

import io
import re
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from meetingapp.cases.models import Attachment
from meetingapp.core.database import db
from meetingapp.core.files.models import StoredFile
from tests.cases.documents import PDF, RELS, TYPES, W, a_docx
from tests.factories import a_case
from tests.forms import Page
from tests.hostile import send

pytestmark = [pytest.mark.slow, pytest.mark.only("sqlite")]  # files are refused before they reach a database
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="h17x()"/>'
HTML = b"<!DOCTYPE html><script>h17x()</script>"


def _zip(parts: dict[str, bytes | str], *, compress: bool = True) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return made.getvalue()


WORD: dict[str, bytes | str] = {
    "[Content_Types].xml": TYPES,
    "_rels/.rels": RELS,
    "word/document.xml": f'<w:document xmlns:w="{W}"><w:body/></w:document>',
}
PAIRS = zip("abcdefgh", "bcdefghi", strict=True)
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(f'<!ENTITY {larger} "{f"&{name};" * 10}">' for name, larger in PAIRS) + "]>"
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
Made = bytes | Callable[[], bytes]  # what is large is made when it is sent
REFUSED: dict[str, tuple[str, Made]] = {
    "empty": ("tom.pdf", b""),
    "a page as PDF": ("side.pdf", HTML),
    "a page before a PDF": ("side.pdf", HTML + PDF),
    "a drawing": ("tegning.svg", SVG),
    "a drawing as picture": ("tegning.png", SVG),
    "a page": ("side.html", HTML),
    "script in a picture": ("bilde.gif", b"GIF89a/*" + b"\x00" * 20 + b"*/=1;h17x()"),
    "script in a picture as JPEG": ("bilde.jpg", b"GIF89a/*" + b"\x00" * 20 + b"*/=1;h17x()"),
    "macros": ("brev.docm", _zip(WORD)),
    "macros inside": ("brev.docx", _zip({**WORD, "word/vbaProject.bin": b"x"})),
    "a bomb": ("bombe.docx", lambda: _zip({**WORD, "word/media/x.bin": bytes(210 * 1024 * 1024)})),
    "a bomb of parts": ("bombe.docx", _zip({**WORD, **{f"word/{n}": "" for n in range(2_100)}})),
    "an archive": ("pakke.zip", _zip({"a.zip": _zip({"b.zip": _zip({"c": b"x"})})})),
    "an archive as Word": ("pakke.docx", _zip({"a.zip": _zip({"b.zip": _zip({"c": b"x"})})})),
    "a program": ("oppsett.exe", b"MZ" + b"\x00" * 100),
    "another kind": ("ark.xlsx", _zip(WORD)),
    "no kind": ("uten", PDF),
    "two kinds": ("brev.pdf.html", PDF),
}
TAKEN: dict[str, tuple[str, bytes]] = {
    "a page after a PDF": ("side.pdf", PDF + HTML),
    "an archive after a PDF": ("side.pdf", PDF + _zip({"x.html": HTML})),
    "names that lead out": ("brev.docx", _zip({**WORD, "../../../../tmp/h17x": b"x", "/etc/h17x": b"x"})),
    "archives in it": ("brev.docx", _zip({**WORD, "word/embeddings/a.zip": _zip({"b.zip": _zip({"c": b"x"})})})),
    "a way out": ("../../../../tmp/h17x.pdf", PDF),
    "another way out": ("..\\..\\h17x.pdf", PDF),
    "a long name": ("æ" * 124 + "xxx.pdf", PDF),
    "NUL in its name": ("h17\x00x.pdf", PDF),
    "a header in its name": ("h17x.pdf\r\nSet-Cookie: h17x=1\r\n\r\n<script>.pdf", PDF),
    "quotes in its name": ('h17x"; filename="x.html.pdf', PDF),
    "other line ends in its name": ("h17\x85\u2028x.pdf", PDF),
    "a name turned around": ("h17x\u202efdp.pdf", PDF),
    "a name of dots": ("...pdf", PDF),
}


def _document(body: str, declared: str = "") -> bytes:
    return _zip({**WORD, "word/document.xml": f'{declared}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'})


def _whole(made: Made) -> bytes:
    return made if isinstance(made, bytes) else made()


UNREADABLE: dict[str, Made] = {
    "entities": _document("&i;", ENTITIES),
    "entities from outside": _document("&a;", OUTSIDE),
    "too deep": _document("<w:p>" * 4_900 + "</w:p>" * 4_900),
    "paragraphs without end": lambda: _document("<w:p/>" * 1_500_000),
}


@pytest.fixture
def case(council):
    return a_case(council.council)


@pytest.mark.shows("promise-19")
def test_what_is_no_file_of_ours_is_refused_with_a_word(council, office, case):
    for what, (name, data) in REFUSED.items():
        for form, field in (("vedlegg", {"title": "Vedlegg"}), ("word", {})):
            sent = send(office, f"/kontor/saker/{case.id}/{form}", {**field, "file": (io.BytesIO(_whole(data)), name)})
            html = sent.get_data(as_text=True)
            assert sent.status_code == 422, f"{what}, {form}: {sent.status_code}"
            assert re.search(r'id="file-error">[^<]{10,}<', html), f"{what}, {form}\n{Page(html).text[:500]}"

    assert db.session.query(StoredFile).count() == 0


@pytest.mark.shows("promise-19")
def test_a_word_file_that_would_grow_is_refused_with_a_word(office, case):
    for what, data in UNREADABLE.items():
        sent = send(office, f"/kontor/saker/{case.id}/word", {"file": (io.BytesIO(_whole(data)), "brev.docx")})
        assert sent.status_code == 422, f"{what}: {sent.status_code}"
        assert re.search(r'id="file-error">[^<]{10,}<', sent.get_data(as_text=True)), what
        assert "root:" not in sent.get_data(as_text=True)


@pytest.mark.shows("promise-19", "promise-21")
def test_what_is_taken_lies_in_the_store_and_comes_out_as_a_download(app, council, office, case):
    for what, (name, data) in TAKEN.items():
        sent = send(office, f"/kontor/saker/{case.id}/vedlegg", {"title": what, "file": (io.BytesIO(data), name)})
        assert sent.status_code in (303, 422), f"{what}: {sent.status_code}"
    kept = db.session.query(Attachment).all()
    for attachment in kept:
        answer = office.get(f"/kontor/saker/{case.id}/vedlegg/{attachment.id}")
        said = answer.headers.getlist("Content-Disposition")
        assert answer.status_code == 200, attachment.title
        assert len(said) == 1
        assert said[0].startswith("attachment"), attachment.title
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.content_type in ("application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
        assert not any("h17x" in value for key, value in answer.headers if key != "Content-Disposition"), attachment.title
        assert not set(attachment.file_name) & set('\r\n\x00\x85\u2028\u202e"/\\')
        assert len(attachment.file_name.encode()) <= 255

    assert len(kept) >= 11, [attachment.title for attachment in kept]
    store = Path(app.config["FILES_DIR"])
    assert all(re.fullmatch(r"[0-9a-f]{64}", path.name) for path in store.rglob("*") if path.is_file())
    assert list(Path(app.config["VAR_DIR"]).rglob("*h17x*")) == []
    assert [path for path in (Path("/tmp/h17x"), Path("/etc/h17x")) if path.exists()] == []


MEASURED = """
import resource, sys
from meetingapp.core.files import kinds
from meetingapp.core.text import docx
from flask import Flask
from flask_babel import Babel
app = Flask("measured")
Babel(app)
data = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with app.app_context():
    try:
        docx.to_markdown(data)
    except docx.NotADocx:
        pass
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.shows("promise-19")
@pytest.mark.parametrize("what", ["a bomb", "all that is taken", *UNREADABLE])
def test_no_file_takes_more_than_two_hundred_megabytes(what):
    most = {**UNREADABLE, "a bomb": REFUSED["a bomb"][1], "all that is taken": a_docx(*["Avsnitt"] * 4_900)}
    done = subprocess.run(
        [sys.executable, "-c", MEASURED],
        input=_whole(most[what]),
        capture_output=True,
        timeout=60,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2 * 1024**3, 2 * 1024**3)),
    )

    assert int(done.stdout) < 200
