"""How much one visitor may ask, what he is told, and whom that leaves alone."""

import asyncio
import json
from collections import Counter

import httpx
import pytest
from limits.storage import MemoryStorage
from starlette.responses import PlainTextResponse

from assistant.web.bounds import Limits, rates
from assistant.web.limits import Limited
from assistant.web.networks import networks
from assistant.web.visitors import Visitors
from tests.web.asgi import request

FEW = Limits("3/hour", "7/hour", "10/hour")
PROXY = "10.0.0.1"


def _limited(limits: Limits = FEW) -> Visitors:
    return Visitors(
        Limited(PlainTextResponse("an answer"), limits=limits), trusted=networks([PROXY])
    )


def _codes(answers: list[httpx.Response]) -> Counter[str]:
    return Counter(
        "answered" if one.status_code == 200 else one.json()["error"]["code"] for one in answers
    )


async def _ask(
    app: Visitors, times: int, path: str = "/api/ask", client: str = "203.0.113.7", **headers: str
) -> list[httpx.Response]:
    return [
        await request(app, "POST", path, client=client, headers=headers.items())
        for _ in range(times)
    ]


def test_over_the_limit_a_visitor_is_told_how_long_to_wait() -> None:
    *answered, refused = asyncio.run(_ask(_limited(), 4))
    assert _codes(answered) == {"answered": 3}
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/json"
    error = json.loads(refused.content)["error"]
    assert set(error) == {"code", "message"}
    assert error["code"] == "too_many_questions"
    assert 1 <= int(refused.headers["retry-after"]) <= 3600
    assert refused.headers["retry-after"] in error["message"]


def test_after_the_time_told_the_visitor_is_answered() -> None:
    async def ask_wait_ask() -> list[httpx.Response]:
        app = _limited(Limits("2/second", "", ""))
        while (refused := (await _ask(app, 1))[0]).status_code == 200:
            pass
        await asyncio.sleep(int(refused.headers["retry-after"]) + 0.1)
        return await _ask(app, 1)

    assert _codes(asyncio.run(ask_wait_ask())) == {"answered": 1}


@pytest.mark.parametrize("path", ["/api/turn", "/chat/gradio_api/call/ask", "/chat/x"])
def test_every_way_to_ask_counts(path: str) -> None:
    async def ask_both() -> list[httpx.Response]:
        app = _limited()
        return await _ask(app, 2, path) + await _ask(app, 2)

    assert _codes(asyncio.run(ask_both())) == {"answered": 3, "too_many_questions": 1}


def test_one_visitor_does_not_use_up_what_another_may_ask() -> None:
    async def ask_as_two() -> list[httpx.Response]:
        app = _limited()
        await _ask(app, 5)
        return await _ask(app, 3, client="203.0.113.8")

    assert _codes(asyncio.run(ask_as_two())) == {"answered": 3}


def test_all_visitors_together_have_a_limit_too() -> None:
    async def ask_as_many() -> list[httpx.Response]:
        app = _limited()
        return [(await _ask(app, 1, client=f"203.0.113.{n}"))[0] for n in range(9)]

    assert _codes(asyncio.run(ask_as_many())) == {"answered": 7, "busy": 2}


def test_pages_are_limited_more_generously() -> None:
    async def read() -> list[httpx.Response]:
        app = _limited()
        return [await request(app, "GET", "/documents/rules") for _ in range(12)]

    assert _codes(asyncio.run(read())) == {"answered": 10, "too_many_requests": 2}


def test_behind_a_trusted_proxy_each_visitor_counts_alone() -> None:
    async def ask_as_three() -> list[httpx.Response]:
        app = _limited()
        asked = []
        for n in range(2):
            asked += await _ask(app, 4, client=PROXY, **{"X-Forwarded-For": f"203.0.113.{n}"})
        return asked

    assert _codes(asyncio.run(ask_as_three())) == {"answered": 6, "too_many_questions": 2}


def test_a_claimed_address_is_no_way_around_the_limit() -> None:
    async def ask_as_others() -> list[httpx.Response]:
        app = _limited()
        return [(await _ask(app, 1, **{"X-Forwarded-For": f"127.0.0.{n}"}))[0] for n in range(5)]

    assert _codes(asyncio.run(ask_as_others())) == {"answered": 3, "too_many_questions": 2}


def test_who_works_on_the_machine_itself_is_not_limited() -> None:
    assert _codes(asyncio.run(_ask(_limited(), 20, client="127.0.0.1"))) == {"answered": 20}


def test_a_limit_can_be_left_out() -> None:
    assert _codes(asyncio.run(_ask(_limited(Limits("off", "off", "")), 20))) == {"answered": 20}


def test_the_memory_of_visitors_does_not_grow_without_end() -> None:
    async def many_visitors() -> int:
        limited = Limited(PlainTextResponse(""), limits=Limits("1/second", "", ""))
        for n in range(300):
            await request(limited, "POST", "/api/ask", client=f"198.51.{n // 250}.{n % 250 + 1}")
        await asyncio.sleep(2.1)
        await request(limited, "POST", "/api/ask")
        await asyncio.sleep(0.2)
        kept = limited.counts.storage
        assert isinstance(kept, MemoryStorage)
        return len(kept.storage) + len(kept.expirations)

    assert asyncio.run(many_visitors()) <= 4


@pytest.mark.parametrize("text", ["often", "30", "thirty/minute", "30/fortnight", "30/minute;x"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected such as 30/minute"):
        rates(text)
