"""The list of documents, drawn from their front matter."""

from pathlib import Path

import pytest

from corpus.catalogue import main

PAGE = """---
title: "Cells | and plasma"
topic: mechanism
source_type: reference_work
reviewed: 2026-11-24
language: en
audience: patient
reading_grade: 7.5
---

Words.
"""


def _run(folder: Path, *words: str) -> int:
    return main(["--documents", str(folder / "d"), "--output", str(folder / "LIST.md"), *words])


def test_a_document_is_listed_under_its_topic_with_what_its_front_matter_says(
    tmp_path: Path,
) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "cells.md").write_text(PAGE, "utf-8")
    (tmp_path / "d" / "sheet.pdf").write_bytes(b"%PDF")
    sidecar = PAGE.split("---")[1].replace("mechanism", "aftercare")
    (tmp_path / "d" / "sheet.pdf.yaml").write_text(sidecar, "utf-8")
    assert _run(tmp_path) == 0
    text = (tmp_path / "LIST.md").read_text("utf-8")
    assert "2 documents on 2 topics, 1 of them as PDF." in text
    assert text.index("## Aftercare") < text.index("documents/sheet.pdf") < text.index("## Mechan")
    row = "| [Cells \\| and plasma](documents/cells.md) | reference work | 2026-11-24 | en |"
    assert f"{row} patient | 7.5 |" in text


def test_the_check_tells_a_list_that_is_stale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "d").mkdir()
    page = tmp_path / "d" / "cells.md"
    page.write_text(PAGE, "utf-8")
    assert _run(tmp_path, "--check") == 1
    assert "python -m corpus.catalogue" in capsys.readouterr().err
    assert _run(tmp_path) == 0
    assert _run(tmp_path, "--check") == 0
    page.write_text(PAGE.replace("7.5", "8.5"), "utf-8")
    assert _run(tmp_path, "--check") == 1


def test_a_document_that_lacks_a_field_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "cells.md").write_text(PAGE.replace("audience: patient\n", ""), "utf-8")
    assert _run(tmp_path) == 2
    assert "cells.md: the front matter lacks audience" in capsys.readouterr().err


def test_the_shipped_catalogue_lists_the_shipped_documents(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().err
