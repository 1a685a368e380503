"""What several test files share. Sockets are off but for loopback: `addopts`, pyproject.toml."""

import shutil
from pathlib import Path

import pytest

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
