"""What happens when more is asked than can be answered, or an answer takes too long."""

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import AsyncIterator

import anyio.to_thread
import httpx
import pytest
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.web.bounds import Pace
from assistant.web.pacing import Paced
from tests.web.asgi import request

WORDS = "does my scalp smell of vinegar"


class Slow:
    """Answers when it is told to, and knows how many questions it was working on at once."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.now = self.most = self.answered = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        await self.go_on.wait()
        self.now -= 1
        self.answered += 1
        await PlainTextResponse("an answer")(scope, receive, send)


async def _ask(app: ASGIApp) -> httpx.Response:
    return await request(app, "POST", "/api/ask")


def test_no_more_questions_are_answered_at_once_than_allowed_and_none_is_lost() -> None:
    async def many() -> tuple[Slow, Counter[int]]:
        slow = Slow()
        app = Paced(slow, pace=Pace(at_once=3, waiting=50, seconds=20))
        asked = [asyncio.create_task(_ask(app)) for _ in range(40)]
        await asyncio.sleep(0.05)
        slow.go_on.set()
        return slow, Counter([(await one).status_code for one in asked])

    slow, statuses = asyncio.run(many())
    assert statuses == {200: 40}
    assert slow.most == 3


def test_beyond_the_queue_a_question_is_refused_at_once() -> None:
    async def many() -> list[httpx.Response]:
        slow = Slow()
        app = Paced(slow, pace=Pace(at_once=2, waiting=3, seconds=20))
        asked = [asyncio.create_task(_ask(app)) for _ in range(7)]
        await asyncio.sleep(0.05)
        refused = [one.result() for one in asked if one.done()]
        page = asyncio.create_task(request(app, "GET", "/documents/rules"))
        slow.go_on.set()
        answered = [await one for one in asked]
        assert Counter(one.status_code for one in answered) == {200: 5, 429: 2}
        assert (await page).status_code == 200
        return refused

    refused = asyncio.run(many())
    assert len(refused) == 2
    for one in refused:
        assert one.json()["error"]["code"] == "busy"
        assert int(one.headers["retry-after"]) > 0


def test_pages_do_not_wait_for_answers() -> None:
    async def page_meanwhile() -> int:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await (slow if scope["method"] == "POST" else PlainTextResponse(""))(
                scope, receive, send
            )

        slow = Slow()
        paced = Paced(app, pace=Pace(at_once=1, waiting=9, seconds=20))
        asked = [asyncio.create_task(_ask(paced)) for _ in range(5)]
        await asyncio.sleep(0.02)
        status = (await request(paced, "GET", "/documents/rules")).status_code
        slow.go_on.set()
        await asyncio.gather(*asked)
        return status

    assert asyncio.run(page_meanwhile()) == 200


def test_what_takes_too_long_is_answered_in_time_although_a_thread_cannot_be_stopped() -> None:
    release = threading.Event()

    async def stuck(scope: Scope, receive: Receive, send: Send) -> None:
        await anyio.to_thread.run_sync(release.wait, 20)
        await PlainTextResponse("too late")(scope, receive, send)

    async def ask_twice() -> tuple[httpx.Response, httpx.Response, httpx.Response]:
        app = Paced(stuck, pace=Pace(at_once=1, waiting=9, seconds=0.1))
        first, second = await _ask(app), await _ask(app)
        release.set()
        await asyncio.sleep(0.1)
        return first, second, await _ask(app)

    first, waited, after = asyncio.run(ask_twice())
    for one in (first, waited):
        assert one.status_code == 503
        assert one.json()["error"]["code"] == "timed_out"
        assert int(one.headers["retry-after"]) > 0
    assert (after.status_code, after.text) == (200, "too late")


def test_a_question_that_waited_too_long_is_not_answered_to_nobody() -> None:
    async def wait_in_vain() -> Slow:
        slow = Slow()
        app = Paced(slow, pace=Pace(at_once=1, waiting=9, seconds=0.05))
        await asyncio.gather(*(_ask(app) for _ in range(4)))
        slow.go_on.set()
        await asyncio.sleep(0.05)
        return slow

    assert asyncio.run(wait_in_vain()).answered == 1


def test_an_answer_that_has_begun_may_stream_for_longer() -> None:
    async def slow_parts(scope: Scope, receive: Receive, send: Send) -> None:
        async def parts() -> AsyncIterator[str]:
            for _ in range(3):
                yield "part "
                await asyncio.sleep(0.1)

        await StreamingResponse(parts())(scope, receive, send)

    app = Paced(slow_parts, pace=Pace(at_once=1, waiting=9, seconds=0.1))
    assert asyncio.run(request(app, "GET", "/chat/gradio_api/heartbeat/x")).text == "part " * 3


def test_what_is_raised_passes_and_frees_the_place() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError(WORDS)

    async def ask_often() -> int:
        app = Paced(broken, pace=Pace(at_once=1, waiting=0, seconds=5))
        for _ in range(3):
            with pytest.raises(RuntimeError, match=WORDS):
                await _ask(app)
        return 3

    assert asyncio.run(ask_often()) == 3


def test_what_is_raised_after_the_time_is_logged_by_its_type_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def late(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.1)
        raise RuntimeError(WORDS)

    async def ask_and_wait() -> int:
        answer = await _ask(Paced(late, pace=Pace(at_once=1, waiting=0, seconds=0.05)))
        await asyncio.sleep(0.1)
        return answer.status_code

    with caplog.at_level(logging.DEBUG):
        assert asyncio.run(ask_and_wait()) == 503
    assert "unexpected RuntimeError" in caplog.text
    assert WORDS not in caplog.text
