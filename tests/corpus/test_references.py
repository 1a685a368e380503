import json
from pathlib import Path
from typing import Any

import pytest

from corpus.document import SourceType
from corpus.errors import CorpusUnreadable
from corpus.references import read_bibliography

ENTRY: dict[str, Any] = {
    "id": "tak2020",
    "type": "article-journal",
    "author": [{"family": name, "given": "X"} for name in ("Tak", "Lee", "Cho")],
    "title": "A  trial",
    "container-title": "Stem Cells Transl Med",
    "issued": {"date-parts": [[2020]]},
    "volume": "9",
    "page": "839-849",
    "DOI": "10.1002/sctm.19-0410",
    "URL": "https://example.org/a",
    "source_type": "controlled_trial",
}


def _write(folder: Path, content: object) -> Path:
    path = folder / "references.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_an_entry_becomes_a_reference_that_readers_recognise(tmp_path: Path) -> None:
    reference = read_bibliography(_write(tmp_path, [ENTRY]))["tak2020"]
    assert reference.label == "Tak et al. 2020"
    assert reference.source_type is SourceType.CONTROLLED_TRIAL
    assert reference.details == (
        "Tak X, Lee X, Cho X. 2020. A trial. Stem Cells Transl Med 9:839-849."
    )


@pytest.mark.parametrize(
    ("authors", "label"),
    [
        ([{"literal": "US Food and Drug Administration"}], "US Food and Drug Administration 2020"),
        ([{"family": "Kim"}, {"family": "Lee"}], "Kim and Lee 2020"),
        ([{"family": "Kim"}, {"literal": "et al."}], "Kim et al. 2020"),
        ([{"family": "Kim"}, {"family": "Lee"}, {"literal": "et al."}], "Kim et al. 2020"),
        ([], "A trial 2020"),
    ],
)
def test_labels_name_one_two_many_or_no_authors(
    tmp_path: Path, authors: list[dict[str, str]], label: str
) -> None:
    path = _write(tmp_path, [{**ENTRY, "author": authors}])
    assert read_bibliography(path)["tak2020"].label == label


def test_a_year_suffix_tells_two_works_of_the_same_authors_apart(tmp_path: Path) -> None:
    path = _write(tmp_path, [{**ENTRY, "year-suffix": "b"}])
    assert read_bibliography(path)["tak2020"].label == "Tak et al. 2020b"


def test_a_list_of_authors_that_is_cut_short_says_so_in_the_full_line(tmp_path: Path) -> None:
    authors = [{"family": "Tak", "given": "YJ"}, {"literal": "et al."}]
    reference = read_bibliography(_write(tmp_path, [{**ENTRY, "author": authors}]))["tak2020"]
    assert reference.details.startswith("Tak YJ, et al. 2020. A trial. ")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "expected a CSL-JSON array"),
        ({}, "expected a CSL-JSON array"),
        ([{**ENTRY, "source_type": "blog"}], "blog"),
        ([{k: v for k, v in ENTRY.items() if k != "source_type"}], "'source_type' is missing"),
        ([{**ENTRY, "DOI": "doi:10.1/x"}], "no DOI"),
        ([{**ENTRY, "URL": "javascript:alert(1)"}], "no web address"),
        ([ENTRY, ENTRY], "occurs twice"),
        (["text"], "entry 1"),
    ],
)
def test_a_malformed_bibliography_is_named_with_its_entry(
    tmp_path: Path, content: object, message: str
) -> None:
    with pytest.raises(CorpusUnreadable, match=message):
        read_bibliography(_write(tmp_path, content))


# Publishers, databases and people have many ways of marking what was withdrawn.
@pytest.mark.parametrize(
    ("fields", "retracted"),
    [
        ({"status": "retracted"}, True),
        ({"note": "read as an abstract; Retracted 2021"}, True),
        ({"status": "Retracted in 2021"}, True),
        ({"genre": "Retracted Publication"}, True),
        ({"note": "A letter in reply. The journal withdrew this paper"}, True),
        ({"note": "the work has been retracted by its authors"}, True),
        ({"note": "Retraction in: Scalp J 2021"}, True),
        ({"note": "It was retracted, as no patients had agreed to it"}, True),
        ({"title": "RETRACTED: Hair grows"}, True),
        ({"title": "Withdrawn: Hair grows"}, True),
        ({"title": "Retraction notice: Hair grows"}, True),
        ({"title": "Retraction of “Hair grows”"}, True),
        ({"title": "Hair grows (retracted paper)"}, True),
        ({"title": "Hair grows [Withdrawn]"}, True),
        ({"title": "Hair grows (this work has been retracted)"}, True),
        ({"title": "Hair grows [Retraction in Scalp J 2021]"}, True),
        ({"title": "Hair grows. Retracted article."}, True),
        ({"note": "its first version was retracted and published anew"}, False),
        ({"note": "not retracted"}, False),
        ({"note": "two people withdrawn, both for a rash"}, False),
        ({"note": "the drug was withdrawn from the market"}, False),
        ({"note": "cites a retracted trial"}, False),
        ({"title": "Retraction of the scalp after surgery"}, False),
        ({"title": "Tight scalps (skin retraction) in men"}, False),
        ({"title": "Withdrawal of minoxidil in women"}, False),
        ({"title": "How often retracted papers on hair are cited"}, False),
        ({"status": "in press"}, False),
        ({}, False),
    ],
)
def test_a_work_that_was_withdrawn_says_so(
    tmp_path: Path, fields: dict[str, str], retracted: bool
) -> None:
    path = tmp_path / "references.json"
    entry = {"id": "a", "title": "Hair", "source_type": "controlled_trial", **fields}
    path.write_text(json.dumps([entry]), "utf-8")
    assert read_bibliography(path)["a"].retracted is retracted
