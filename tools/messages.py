"""The texts on the screen: finds them in the code, keeps their translations, and refuses code with a text that has none.

- `python -m tools.messages extract`: give the catalogue every text of the code, and take out what no code says any more
- `python -m tools.messages add [LANGUAGE] FILE.po`: put translations into the catalogue and compile; several people may do it at once
- `python -m tools.messages missing LANGUAGE`: print the texts that wait for a translation, to be filled in and added
- `python -m tools.messages compile`: write the .mo files that the application reads
- `python -m tools.messages check`: fail where a text of the code has no translation, or one that lost a placeholder, or one in
  another language

The texts in the code are English. The English catalogue holds what reads differently on the screen, and no more; quotation marks and the
names of acts follow from a rule.
"""

from __future__ import annotations

import fcntl
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
TRANSLATIONS = ROOT / "meetingapp" / "translations"
LANGUAGES = ("nb", "nn", "en")
SOURCE = "en"  # the language of the texts in the code
KEYWORDS = DEFAULT_KEYWORDS | {"_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2), "lazy_pgettext": ((1, "c"), 2)}
SOURCES = (("meetingapp", [("**.py", "python")]), ("templates", [("**.html", "jinja2"), ("**.txt", "jinja2")]))
COMMENT = "# Texts on the screen. Put new ones in with: python -m tools.messages add FILE.po"
# Dates and names in the header would make two people's changes collide, and say nothing.
HEADER_NOISE = re.compile(rb'^"(?:Project-Id|Report-Msgid|POT-Creation|PO-Revision|Last-Tr|Language-Team|Generated-By).*\n', re.MULTILINE)
Said = str | tuple[str, ...] | list[str] | None
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def _any_of(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words.split())})\b", re.IGNORECASE)


ENGLISH = {
    "«": "“",
    "»": "”",
    "kommuneloven": "Local Government Act",
    "offentleglova": "Freedom of Information Act",
    "forvaltningsloven": "Public Administration Act",
}
# Words that give away that a text is in another language than its catalogue. In English: Norwegian letters and quotation marks.
FOREIGN = {
    "nb": _any_of("ikkje frå kva kven korleis kvifor noko nokon veke veker vart vorte berre meir saman eg me dykk kjem røyst røyster"),
    "nn": _any_of(
        r"ikke fra hva hvem hvor hvordan hvorfor hver hvert hvilken hvilke noen noe uke uker uken ble bare mer mye (?<!å\s)nå sammen jeg"
        " dere deres hun være vært kommer gjør gjøre vet sier velg mangler venter gjelder innen åpen åpent åpne sakslisten"
        " innkallingen saken møteboken møteleder leder nestleder medlemmer varamedlemmer stemme stemmer stemte vedtatt utsatt"
        " unntatt offentlighet enstemmig behandle behandlet behandling virksomhet lagret endret rettet sted steder tilstede lenke lenken"
        " siden begrunnelse mottatt tiden dager måneder navn adressen filen valgt"
    ),
    "en": re.compile(r"\b(?!bokmål\b|råd\b)\w*[æøåÆØÅ]\w*|[«»]|kommuneloven|forvaltningsloven"),
}


def in_code() -> Catalog:
    """Every text that the code and the templates say."""
    found = Catalog()
    for folder, methods in SOURCES:
        options = {pattern: {"silent": "false"} for pattern, method in methods if method == "jinja2"}
        for _file, _line, text, _comments, context in extract_from_dir(ROOT / folder, methods, options, KEYWORDS):
            found.add(text, context=context)
    return found


def read(language: str) -> Catalog:
    """The catalogue of a language; an empty one if there is none."""
    path = _path(language)
    if not path.exists():
        return Catalog(language, header_comment=COMMENT)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def write(catalog: Catalog, language: str) -> None:
    """Replace the catalogue in one step: sorted, without places in the code, and with nothing that is marked as doubtful."""
    for message in catalog:
        message.flags.discard("fuzzy")
    catalog.fuzzy = False
    buffer = BytesIO()
    write_po(buffer, catalog, width=0, no_location=True, sort_output=True, ignore_obsolete=True)
    path = _path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".po.new")
    fresh.write_bytes(HEADER_NOISE.sub(b"", buffer.getvalue()))
    fresh.replace(path)


def compile_all() -> None:
    """Write the .mo file of each language, in one step."""
    for language in LANGUAGES:
        fresh, catalog = _path(language).with_suffix(".mo.new"), read(language)
        for message in read(LANGUAGES[0]) if language == SOURCE else ():
            if message.id and _find(catalog, message) is None and in_english(message.id) != message.id:
                catalog.add(message.id, in_english(message.id), context=message.context)
        with fresh.open("wb") as file:
            write_mo(file, catalog)
        fresh.replace(_path(language).with_suffix(".mo"))


def in_english(text: str | tuple[str, ...] | list[str]) -> str | tuple[str, ...]:
    """A text of the code as the English pages show it: with English quotation marks, and the acts by their English names."""
    if not isinstance(text, str):
        return tuple(str(in_english(one)) for one in text)
    for own, english in ENGLISH.items():
        text = text.replace(own, english)
    return text


def extract() -> None:
    """Bring the catalogues in step with the code."""
    said = in_code()
    for language in LANGUAGES:
        kept = read(language)
        for message in list(kept):
            if message.id and _find(said, message) is None:
                kept.delete(message.id, context=message.context)
        for message in said:
            if language != SOURCE and message.id and _find(kept, message) is None:
                kept.delete(message.id, context=message.context)
                kept.add(message.id, context=message.context)
        write(kept, language)


def add(file: Path, language: str = LANGUAGES[0]) -> list[str]:
    """Put the translations of `file` into the catalogue of `language`; what has none there is left out.

    :return: a line for each text whose translation was another one before
    """
    with file.open("rb") as opened:
        given = read_po(opened, locale=language)
    catalog = read(language)
    replaced = []
    for message in given:
        if not message.id or not _is_translated(message):
            continue
        before = _find(catalog, message)
        if before is not None and _is_translated(before) and before.string != message.string:
            replaced.append(f"{message.id!r}: {before.string!r} became {message.string!r}")
        catalog.delete(message.id, context=message.context)
        catalog.add(message.id, message.string, context=message.context)
    write(catalog, language)
    return replaced


def missing(language: str) -> Catalog:
    """The texts of the code that `language` has no translation of."""
    known, waiting = read(language), Catalog(language)
    for message in in_code():
        found = _find(known, message)
        if message.id and (found is None or not _is_translated(found)):
            waiting.add(message.id, context=message.context)
    return waiting


def faults() -> list[str]:
    """One line for each text of the code that has no translation, one with other placeholders, or one in another language."""
    found, said = [], in_code()
    for language in LANGUAGES:
        catalog = read(language)
        for message in said:
            if not message.id:
                continue
            known = _find(catalog, message)
            if known is None and language == SOURCE:
                known = Message(message.id, in_english(message.id), context=message.context)
            if known is None or not _is_translated(known) or known.fuzzy:
                found.append(f"{language}: not translated: {message.id!r}")
            elif _placeholders(known.string) - _placeholders(message.id):
                found.append(f"{language}: unknown placeholder in the translation of {message.id!r}")
            elif not isinstance(message.id, tuple) and _placeholders(message.id) - _placeholders(known.string):
                found.append(f"{language}: placeholder lost in the translation of {message.id!r}")
            elif foreign := FOREIGN[language].findall(_words(known.string)):
                found.append(f"{language}: not the words of this language ({', '.join(foreign)}) in the translation of {message.id!r}")
    return found


def _find(catalog: Catalog, message: Message) -> Message | None:
    """The same text in `catalog`. One that counts is not the same as one that does not."""
    found = catalog.get(message.id, context=message.context)
    return found if found is not None and isinstance(found.id, tuple) == isinstance(message.id, tuple) else None


def _is_translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def _placeholders(text: Said) -> set[str]:
    return set(PLACEHOLDER.findall(_words(text)))


def _words(text: Said) -> str:
    return text if isinstance(text, str) else " ".join(text or ())


def _path(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


@contextmanager
def _alone() -> Iterator[None]:
    """One at a time, however many want to write."""
    folder = os.open(TRANSLATIONS, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def main(arguments: list[str]) -> int:
    TRANSLATIONS.mkdir(parents=True, exist_ok=True)
    match arguments:
        case ["extract"]:
            with _alone():
                extract()
        case ["add", *languages, file] if len(languages) < 2 and set(languages) <= set(LANGUAGES):
            with _alone():
                for line in add(Path(file), *languages):
                    print(line)
                compile_all()
        case ["missing", language] if language in LANGUAGES:
            write_po(sys.stdout.buffer, missing(language), width=0, omit_header=True)
        case ["compile"]:
            with _alone():
                compile_all()
        case ["check"]:
            found = faults()
            print("\n".join(found), file=sys.stderr, end="\n" if found else "")
            return 1 if found else 0
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
