"""Files of our own that are sent to browsers, compressed once and kept in memory."""

import gzip
import hashlib
from collections.abc import Mapping
from pathlib import Path

from fastapi import Request, Response

static_folder = Path(__file__).parent / "static"
_FOREVER = "public, max-age=31536000, immutable"


class Asset:
    """One body, sent compressed to whoever can read that, and once only while it is unchanged.

    `version` is derived from the body: an address that carries it may be kept forever.
    """

    def __init__(self, body: str, media_type: str) -> None:
        self._plain = body.encode("utf-8")
        self._packed = gzip.compress(self._plain, mtime=0)
        self._media_type = media_type
        self.version = hashlib.sha256(self._plain).hexdigest()[:16]

    def response(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """The body, or 304 where the browser has it."""
        packed = "gzip" in request.headers.get("accept-encoding", "")
        tag = f'"{self.version}{"-gzip" if packed else ""}"'
        kept = request.query_params.get("v") == self.version
        sent = {
            "Cache-Control": _FOREVER if kept else "public, max-age=0, must-revalidate",
            "ETag": tag,
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
            **(headers or {}),
        }
        if tag in (part.strip() for part in request.headers.get("if-none-match", "").split(",")):
            return Response(status_code=304, headers=sent)
        if packed:
            sent["Content-Encoding"] = "gzip"
        body = self._packed if packed else self._plain
        return Response(body, headers=sent, media_type=self._media_type)


def joined(*names: str) -> str:
    """The files of `static/` with these names, one after another."""
    return "\n".join((static_folder / name).read_text("utf-8") for name in names)


def slim(script: str) -> str:
    """`script` without indentation, empty lines and lines that are only a comment.

    For a script whose own text has no line, in a string, that begins with `//` or with a blank
    that counts.
    """
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"
