"""A socket of our own, and servers on it that stop in order when they are told to."""

import contextlib
import logging
import signal
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from assistant.web.connections import TimedConnection

# Connections that browsers hold open (Gradio's heartbeat) are cut this long after a signal.
_GRACE_S = 2
_WAITING_CONNECTIONS = 2048
# Longer than proxies keep an unused connection (60 s is usual), so that none is cut in their hands.
_KEPT_OPEN_S = 75
# A worker answers its supervisor only once it has started; uvicorn's five seconds would kill and
# start it again without end on a machine that is busy.
_STARTED_WITHIN_S = 120


def listener(host: str, port: int) -> socket.socket:
    """A socket bound to the address, so that it is ours before anything slow is done.

    Raises OSError, saying what to do, when it is taken, forbidden or no address.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind)
    except OSError as error:
        raise _cannot_listen(host, port, error) from error
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Connections inherit it: without it the second half of an answer waits 40 ms for the browser to
    # acknowledge the first.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        bound.bind(address)
        bound.listen(_WAITING_CONNECTIONS)
    except OSError as error:
        bound.close()
        raise _cannot_listen(host, port, error) from error
    return bound


def stop_on_sigterm() -> None:
    """From here on SIGTERM ends what runs as Ctrl+C does, with KeyboardInterrupt."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def serve(create: Callable[[], ASGIApp], bound: socket.socket, *, workers: int = 1) -> None:
    """Answers on `bound` until Ctrl+C or SIGTERM; then lets replies end and returns.

    `create` makes the application; where there are several workers it is called in a process of
    each, so it must be importable, and a worker that ends is started again.
    """
    config = uvicorn.Config(
        create,
        factory=True,
        http=TimedConnection,
        log_config=None,
        access_log=False,
        ws="none",
        lifespan="on",
        proxy_headers=False,
        server_header=False,
        workers=workers,
        timeout_keep_alive=_KEPT_OPEN_S,
        timeout_worker_healthcheck=_STARTED_WITHIN_S,
        timeout_graceful_shutdown=_GRACE_S,
    )
    if workers > 1:
        Multiprocess(config, sockets=[bound]).run()
        return
    # uvicorn raises the signal again once it has shut down.
    with contextlib.suppress(KeyboardInterrupt):
        _Server(config).run([bound])


class _Server(uvicorn.Server):
    """Ends quietly: cutting what browsers hold open is no error."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def address(host: str, port: int) -> str:
    """The address as a browser takes it."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _cannot_listen(host: str, port: int, error: OSError) -> OSError:
    return OSError(
        f"cannot listen on {host}:{port} ({error.strerror or error}); "
        "stop what uses it, or choose another with --port"
    )
