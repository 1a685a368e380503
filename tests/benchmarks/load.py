"""How many answers a running server gives, and how soon: python -m tests.benchmarks.load URL

For each number of visitors, each asks one question after another over a connection of its own for
some seconds. Prints answers per second, the median and the 95th percentile in milliseconds, every
status other than 200, and with --pid the resident memory of that process before and after each
round. --distinct asks the questions of `tests/evaluation` in place of eight that return.
"""

import argparse
import asyncio
import itertools
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence

import httpx
import psutil

from tests.evaluation.topics import topics

QUESTIONS = (
    "Does PRP contain stem cells?",
    "Is stem-cell hair treatment approved by the FDA?",
    "What side effects have been reported?",
    "How much does a PRP session cost?",
    "What are exosomes?",
    "Does minoxidil work?",
    "Should I have PRP?",
    "What should I ask a clinic before paying?",
)


async def _visit(
    client: httpx.AsyncClient,
    asked: Iterator[str],
    until: float,
    most: int,
    taken: list[float],
) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    for question in asked:
        if time.monotonic() >= until or len(taken) >= most:
            return outcomes
        started = time.perf_counter()
        try:
            answer = await client.post("/api/ask", json={"question": question})
            outcomes[str(answer.status_code)] += 1
        except httpx.HTTPError as error:
            outcomes[type(error).__name__] += 1
        taken.append((time.perf_counter() - started) * 1e3)
    return outcomes


async def _load(url: str, asked: Iterator[str], visitors: int, seconds: float, most: int) -> str:
    taken: list[float] = []
    limits = httpx.Limits(max_connections=visitors, max_keepalive_connections=visitors)
    started = time.monotonic()
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=60) as client:
        until = started + seconds
        outcomes = sum(
            await asyncio.gather(
                *(_visit(client, asked, until, most, taken) for _ in range(visitors))
            ),
            Counter[str](),
        )
    passed = time.monotonic() - started
    p95 = statistics.quantiles(taken, n=20)[-1]
    errors = {name: n for name, n in outcomes.items() if name != "200"}
    return (
        f"{visitors:>4} visitors: {outcomes['200']:>6} answers, {outcomes['200'] / passed:6.1f}/s, "
        f"median {statistics.median(taken):7.1f} ms, p95 {p95:7.1f} ms, errors {errors or 'none'}"
    )


def _memory(pid: int | None) -> str:
    return f"{psutil.Process(pid).memory_info().rss / 1e6:.0f} MB" if pid else "not asked for"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="such as http://127.0.0.1:7860")
    parser.add_argument("--visitors", type=int, nargs="+", default=[1, 8, 32, 128])
    parser.add_argument("--seconds", type=float, default=10.0, help="for each number of visitors")
    parser.add_argument("--most", type=int, default=1_000_000, help="answers, then it ends")
    parser.add_argument("--pid", type=int, help="process whose memory is told")
    parser.add_argument("--distinct", action="store_true", help="ask thousands of questions")
    options = parser.parse_args(arguments)
    asked = itertools.cycle([t.question for t in topics()] if options.distinct else QUESTIONS)
    print(f"resident memory before: {_memory(options.pid)}")
    for visitors in options.visitors:
        print(
            asyncio.run(_load(options.url, asked, visitors, options.seconds, options.most)),
            flush=True,
        )
        print(f"resident memory after it: {_memory(options.pid)}", flush=True)


if __name__ == "__main__":
    main()
