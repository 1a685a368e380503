"""Connections on which nothing, or no end of the headers, comes."""

import asyncio

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from assistant.web.connections import TimedConnection

WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Impatient(TimedConnection):
    seconds = 0.3


async def _meanwhile(*sent: bytes, pause: float = 0.0) -> bytes:
    """What a server answers while this is sent, until it cuts the connection."""
    config = uvicorn.Config(
        PlainTextResponse("an answer"), http=Impatient, port=0, log_level="error", lifespan="off"
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def send() -> None:
        for part in sent:
            writer.write(part)
            await asyncio.sleep(pause)

    sending = asyncio.create_task(send())
    try:
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionResetError:
        return b"cut"
    finally:
        sending.cancel()
        writer.close()
        server.should_exit = True
        await running


@pytest.mark.parametrize("sent", [b"", b"GET", WHOLE[:-2], WHOLE[:-4]])
def test_who_does_not_say_what_he_wants_is_cut(sent: bytes) -> None:
    assert asyncio.run(_meanwhile(sent)) in (b"", b"cut")


def test_who_sends_a_byte_now_and_then_gains_no_time() -> None:
    drops = [b"GET / HTTP/1.1\r\nX: ", *[b"x"] * 190]
    assert asyncio.run(_meanwhile(*drops, pause=0.1)) in (b"", b"cut")


def test_an_answer_and_the_next_request_on_the_same_connection_are_not_cut() -> None:
    last = WHOLE.replace(b"Host", b"Connection: close\r\nHost")
    got = asyncio.run(_meanwhile(WHOLE, WHOLE, last, pause=0.4))
    assert got.count(b"an answer") == 3
