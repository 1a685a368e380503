"""What several test files share. Sockets are off but for loopback: `addopts`, pyproject.toml."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.small_corpus import SmallIndex, write_corpus

_CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data beside the checkout; the test is skipped where there is none."""
    folder = _CHECKOUT.parent / "shared"
    if not (folder / "data").is_dir():
        pytest.skip(f"SKIPPED, NOT PASSED: no shared data at {folder}; put it there to run this")
    return folder


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser that the browser tests drive; `make browser` installs it on Debian."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("SKIPPED, NOT PASSED: no chromium on this machine; run `make browser`")
    return Path(found)


@pytest.fixture(scope="session")
def small_index(tmp_path_factory: pytest.TempPathFactory) -> SmallIndex:
    """A real index of a few documents, built once by the real embedder; nothing may change it."""
    folder = tmp_path_factory.mktemp("small")
    index = SmallIndex(folder / "documents", folder / "data")
    write_corpus(index.corpus)
    command = [sys.executable, "app.py", "index", *index.options]
    build = subprocess.run(command, cwd=_CHECKOUT, capture_output=True, text=True, check=False)
    assert build.returncode == 0, build.stderr
    return index
