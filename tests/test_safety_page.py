"""SAFETY.md says nothing that is not so: its tables, settings, commands and files are there."""

import re
from pathlib import Path

import pytest

import app
from assistant.settings import Settings
from tests.evaluation.safety_page import FINDINGS, fenced, filled

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "SAFETY.md").read_text("utf-8")


def test_every_table_has_its_row_and_every_row_its_table() -> None:
    rows = re.findall(r"^\| `(\w+\.yaml)` \|", PAGE, re.MULTILINE)
    assert sorted(rows) == sorted(path.name for path in (ROOT / "assistant/tables").glob("*.yaml"))


def test_every_file_that_it_names_is_there() -> None:
    for name in re.findall(r"`((?:assistant|tests|corpus)/[\w./-]+)`", PAGE):
        assert (ROOT / name).exists(), name


def test_every_setting_that_it_names_is_one() -> None:
    named = set(re.findall(r"HAIR_ASSISTANT_(\w+)", PAGE))
    assert {"AUDIT", "AUDIT_DAYS"} <= named
    assert named <= {name.upper() for name in Settings.model_fields}


def test_the_number_of_days_is_that_of_the_settings() -> None:
    assert f"`HAIR_ASSISTANT_AUDIT_DAYS` days ({Settings().audit_days})" in PAGE


def test_the_command_that_it_names_is_understood() -> None:
    parsed = app._parser().parse_args(
        ["replay", "reply", "--question", "as it was asked", "--history", "[]", "--json"]
    )
    assert parsed.run is app._replay


def test_measured_rates_stand_between_their_marks() -> None:
    page = filled(PAGE, fenced("one\ntwo\n"))
    assert "<!-- measured -->\n```\none\ntwo\n```\n<!-- /measured -->" in page
    assert filled(page, fenced("three")).count("```") == PAGE.count("```")
    measured = PAGE.split("<!-- measured -->\n```\n")[1].split("```")[0]
    assert filled(PAGE, fenced(measured)) == PAGE
    with pytest.raises(ValueError, match="once each"):
        filled("no marks", "one")


def test_the_findings_list_every_claim_and_their_marks_can_be_filled() -> None:
    page = FINDINGS.read_text("utf-8")
    assert len(re.findall(r"^\| S\d\d \|", page, re.MULTILINE)) == 34
    for name in ("misses", "claims"):
        assert f"<!-- {name} -->\nnew\n<!-- /{name} -->" in filled(page, "new", name)
