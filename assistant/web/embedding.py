"""Which other sites may show the widget's page in a frame."""

from collections.abc import Iterable
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


def embedding_origins(values: Iterable[str]) -> tuple[str, ...]:
    """The origins named, each once, as browsers write them.

    Raises ValueError for a value that is no origin: a scheme other than http and https, a path,
    a wildcard, credentials, or a character that could end a directive of a security policy.
    """
    return tuple(dict.fromkeys(_origin(value) for value in values))


def frame_ancestors(origins: Iterable[str]) -> str:
    """The directive of a content security policy for a page that only these may frame."""
    return " ".join(("frame-ancestors 'self'", *embedding_origins(origins)))


def _origin(value: str) -> str:
    refusal = (
        f"{value!r} is no origin that may embed the widget; expected a scheme and a host, "
        "such as https://www.clinic.example, without a path or a wildcard"
    )
    try:
        parts = urlsplit(value.strip())
        host, port = parts.hostname, parts.port
        ascii_host = (host or "").encode("idna").decode("ascii")
    except ValueError as error:
        raise ValueError(refusal) from error
    plain = ascii_host.strip("[]").replace("-", "").replace(".", "").replace(":", "")
    if parts.scheme not in _DEFAULT_PORTS or not plain.isalnum():
        raise ValueError(refusal)
    if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(refusal)
    shown = f"[{ascii_host}]" if ":" in ascii_host else ascii_host
    suffix = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{shown}{suffix}"
