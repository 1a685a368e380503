"""Is an answer ever lost or mixed while indexes change? python -m tests.benchmarks.swaps

Builds two indexes of small corpora that differ in one price, serves them on a port of its own, and
makes the one and the other current in turn while visitors ask for that price without a pause. Every
answer must be 200, and quote the price of the index that it names. Each index is left current until
an answer names it, so that none is skipped.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import httpx

from index.manifest import Manifest
from index.storage import current_generation
from tests.e2e.test_serve import ROOT, serving
from tests.small_corpus import write_corpus

QUESTION = {"question": "How much does a PRP session cost?"}
_PRICES = ("$500 and $1,500", "$610 and $1,610")
_LONGEST_WAIT_S = 30.0


def _built(corpus: Path, data: Path, price: str) -> tuple[str, str]:
    """The name and the fingerprint of an index in which PRP has that price."""
    write_corpus(corpus)
    page = corpus / "prp.md"
    page.write_text(page.read_text("utf-8").replace(_PRICES[0], price), "utf-8")
    command = [sys.executable, "app.py", "index", "--corpus", str(corpus), "--data", str(data)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    folder = current_generation(data)
    return folder.name, Manifest.read(folder).fingerprint


async def _ask(
    client: httpx.AsyncClient, prices: Mapping[str, str], named: Counter[str], over: asyncio.Event
) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    while not over.is_set():
        try:
            answer = await client.post("/api/ask", json=QUESTION)
        except httpx.HTTPError as error:
            outcomes[type(error).__name__] += 1
            continue
        if answer.status_code != 200:
            outcomes[f"status {answer.status_code}"] += 1
            continue
        reply = answer.json()
        fingerprint = reply["index"]["fingerprint"]
        quoted = " ".join(statement["text"] for statement in reply["statements"])
        named[fingerprint] += 1
        outcomes["right" if prices[fingerprint] in quoted else "wrong"] += 1
    return outcomes


async def _swap(
    url: str, data: Path, built: list[tuple[str, str]], visitors: int, swaps: int
) -> Counter[str]:
    prices = {fingerprint: price for (_, fingerprint), price in zip(built, _PRICES, strict=True)}
    named: Counter[str] = Counter()
    over = asyncio.Event()
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        asking = [asyncio.create_task(_ask(client, prices, named, over)) for _ in range(visitors)]
        for number in range(swaps):
            name, fingerprint = built[number % 2]
            before = named[fingerprint]
            partial = data / "index" / ".current-swap"
            partial.write_text(name, "utf-8")
            partial.replace(data / "index" / "current")
            deadline = time.monotonic() + _LONGEST_WAIT_S
            while named[fingerprint] == before:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"swap {number + 1} was not served")
                await asyncio.sleep(0.02)
        over.set()
        return sum(await asyncio.gather(*asking), Counter[str]())


def main() -> int:
    """Exit code 1 when an answer was wrong or failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--swaps", type=int, default=100)
    parser.add_argument("--visitors", type=int, default=8)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus, data = folder / "corpus", folder / "data"
        built = [_built(corpus, data, price) for price in _PRICES]
        served = ("--corpus", str(corpus), "--data", str(data), "--workers", str(options.workers))
        with serving(folder / "log", *served) as server:
            url = f"http://127.0.0.1:{server.port}"
            started = time.monotonic()
            outcomes = asyncio.run(_swap(url, data, built, options.visitors, options.swaps))
            passed = time.monotonic() - started
    print(f"{options.swaps} swaps in {passed:.0f} s under {options.visitors} visitors: {outcomes}")
    return 0 if set(outcomes) <= {"right"} else 1


if __name__ == "__main__":
    sys.exit(main())
