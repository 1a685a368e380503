"""A CSL-JSON bibliography (`references.json`) as `Reference` records.

Format: https://docs.citationstyles.org/en/stable/specification.html with one key of our own,
`source_type`, which says what kind of source an entry is.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from corpus.document import Reference, SourceType
from corpus.errors import CorpusUnreadable
from corpus.text import decode, one_line

BIBLIOGRAPHY_NAME = "references.json"
AND_OTHERS = "et al."
# How publishers and databases mark the title of a withdrawn work: before it, in brackets or after
# it ("RETRACTED ARTICLE: ...", "... (Retraction in: J Hair 2020)", "... - retracted"). The
# retraction of skin and the withdrawal of a drug are neither.
_WITHDRAWN_TITLE = re.compile(
    r"""\A\W*(?:(?:retracted|withdrawn)\b
               |(?:retraction|withdrawal)(?:\ (?:of|note|notice))?\s*[:.–—"“‘'])
    |[(\[]\W*(?:(?:[\w ]*\bretracted|withdrawn)\b(?!\ from)
               |retraction(?:\W*[)\]]|\ (?:in|of|note|notice)\b|:))
    |[-–—:.,]\s*(?:retracted|withdrawn)(?:\ \w+)?\W*\Z""",
    re.IGNORECASE | re.VERBOSE,
)
_WITHDRAWN = re.compile(
    r"\b(?:retract(?:ed|s)|withdr(?:awn|ew)(?! (?:from|consent))"
    r"|retraction(?: (?:in|of|note|notice|published)\b|\s*:))",
    re.IGNORECASE,
)
# After these words it is denied, or said of another version, another work or no work at all.
_OF_SOMETHING_ELSE = re.compile(
    r"\b(?:not|never|no|nor|without|first|earlier|previous|older|other|another|version|preprint|cit\w+"
    r"|drugs?|products?|patients|participants|people|licen[cs]e|approval)\b|n['’]t\b",
    re.IGNORECASE,
)
_DOI = re.compile(r"10\.\d{4,9}/\S+")


def read_bibliography(path: Path) -> Mapping[str, Reference]:
    """Key -> reference for every entry of the file at `path`.

    Raises CorpusUnreadable, naming the entry, when the file is not a CSL-JSON array, an entry
    lacks an id, a title or a known `source_type`, an id occurs twice, or a DOI does not parse.
    """
    try:
        entries = json.loads(decode(path.read_bytes()))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CorpusUnreadable(f"{path}: expected a CSL-JSON array, found {error}") from error
    if not isinstance(entries, list):
        raise CorpusUnreadable(f"{path}: expected a CSL-JSON array, found {type(entries).__name__}")
    references: dict[str, Reference] = {}
    for number, entry in enumerate(entries, start=1):
        try:
            reference = _reference(entry)
        except (KeyError, TypeError, ValueError) as error:
            raise CorpusUnreadable(f"{path}: entry {number}: {error}") from error
        if reference.key in references:
            raise CorpusUnreadable(f"{path}: entry {number}: id {reference.key!r} occurs twice")
        references[reference.key] = reference
    return references


def _reference(entry: object) -> Reference:
    if not isinstance(entry, Mapping):
        raise TypeError(f"expected an object, found {entry!r}")
    for required in ("id", "title", "source_type"):
        if not entry.get(required):
            raise ValueError(f"{entry.get('id', 'no id')}: {required!r} is missing")
    doi = entry.get("DOI")
    if doi is not None and not _DOI.fullmatch(doi):
        raise ValueError(f"{entry['id']}: {doi!r} is no DOI; write 10.NNNN/...")
    url = entry.get("URL")
    if url is not None and not url.startswith(("https://", "http://")):
        raise ValueError(f"{entry['id']}: {url!r} is no web address; write https://...")
    year = _year(entry)
    return Reference(
        key=entry["id"],
        label=_label(entry, year),
        title=one_line(entry["title"]),
        source_type=SourceType(entry["source_type"]),
        year=year,
        doi=doi,
        url=url,
        details=_details(entry, year),
        retracted=_retracted(entry),
    )


def _retracted(entry: Mapping[str, Any]) -> bool:
    """Whether CSL's `status`, `genre`, `note` or `title` says that the work was withdrawn.

    A note may deny it, or speak of an earlier version or of a drug.
    """
    told = (str(entry.get(name, "")) for name in ("status", "genre", "note"))
    return bool(_WITHDRAWN_TITLE.search(one_line(entry["title"]))) or any(
        (found := _WITHDRAWN.search(part)) and not _OF_SOMETHING_ELSE.search(part[: found.start()])
        for words in told
        for part in re.split(r"[;.\n]", words)
    )


def _year(entry: Mapping[str, Any]) -> int | None:
    parts = entry.get("issued", {}).get("date-parts")
    return int(parts[0][0]) if parts and parts[0] else None


def _names(entry: Mapping[str, Any]) -> list[str]:
    return [
        one_line(name.get("literal") or name["family"])
        for name in entry.get("author", ())
        if name.get("literal") or name.get("family")
    ]


def _label(entry: Mapping[str, Any], year: int | None) -> str:
    """Author and year as readers know them: "Tak et al. 2020", "Kim and Lee 2021".

    A list of authors that ends with the literal "et al." is known to be cut short. CSL's
    `year-suffix` tells two works apart that would read the same: "Kim and Lee 2021b".
    """
    names = _names(entry) or [one_line(entry["title"])]
    many = len(names) > 2 or names[-1] == AND_OTHERS
    who = f"{names[0]} {AND_OTHERS}" if many else " and ".join(names)
    return f"{who} {year}{entry.get('year-suffix', '')}" if year else who


def _details(entry: Mapping[str, Any], year: int | None) -> str:
    names = [
        " ".join(filter(None, (n.get("literal") or n.get("family"), n.get("given"))))
        for n in entry.get("author", ())
    ]
    where = entry.get("container-title") or entry.get("publisher") or ""
    volume = entry.get("volume", "")
    pages = entry.get("page", "")
    place = " ".join(filter(None, (where, volume))) + (f":{pages}" if pages else "")
    parts = (", ".join(names), str(year) if year else "", one_line(entry["title"]), place)
    return ". ".join(part.rstrip(".") for part in parts if part) + "."
