"""What the image is built from: read without a container engine, which the tests do not need."""

import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
IGNORED = [
    line
    for line in (ROOT / ".dockerignore").read_text().splitlines()
    if line and not line.startswith("#")
]


def _is_left_out(path: str) -> bool:
    """Whether `.dockerignore` keeps a path beside the Dockerfile from the builder."""
    assert not any(pattern.startswith("!") for pattern in IGNORED), "read exceptions here too"
    parts = path.split("/")
    beginnings = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    return any(
        fnmatch(start, pattern) or (pattern.startswith("**/") and fnmatch(part, pattern[3:]))
        for pattern in IGNORED
        for start, part in zip(beginnings, parts, strict=True)
    )


def _copied(corpus: str) -> set[str]:
    """What the Dockerfile takes from the folder beside it."""
    text = (ROOT / "Dockerfile").read_text().replace("${CORPUS}", corpus)
    lines = re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE)
    return {source for line in lines for source in line.split()[:-1]}


@pytest.mark.parametrize("corpus", ["corpus/documents", "my-documents"])
def test_whatever_the_image_copies_reaches_the_builder(corpus: str) -> None:
    copied = _copied(corpus)
    assert corpus in copied
    assert {path for path in copied if _is_left_out(path)} == set()
    assert all((ROOT / path).exists() for path in copied - {"my-documents"})


@pytest.mark.parametrize(
    "path", [".git", ".venv", ".env", "tests", "var/index", "corpus/__pycache__", "app.pyc"]
)
def test_what_is_heavy_or_private_does_not(path: str) -> None:
    assert _is_left_out(path)


def test_the_proxy_is_the_one_that_the_assistant_trusts_and_the_assistant_faces_nobody() -> None:
    compose: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    answers, proxy = compose["services"]["answers"], compose["services"]["proxy"]
    trusted = answers["environment"]["HAIR_ASSISTANT_TRUSTED_PROXIES"]
    assert trusted == proxy["networks"]["inside"]["ipv4_address"]
    assert list(answers["networks"]) == ["inside"]
    assert "ports" not in answers
    assert compose["networks"]["inside"]["internal"] is True
    assert answers["read_only"]
    assert answers["build"]["args"] == {"CORPUS": "${CORPUS:-corpus/documents}"}
