"""How much a server takes on, as values: rates of questions and requests, and its own pace."""

from dataclasses import dataclass

from limits import RateLimitItem, parse_many


@dataclass(frozen=True, slots=True)
class Limits:
    """Rates as `rates` reads them. Questions count as requests too."""

    questions_per_visitor: str = "30/minute"
    questions_in_total: str = "1200/minute"
    requests_per_visitor: str = "1200/minute"


@dataclass(frozen=True, slots=True)
class Pace:
    """What one process takes on: questions answered at once and waiting, and seconds a request.

    Answers are the work of one core each; more at once would only make each of them slower.
    """

    at_once: int = 4
    waiting: int = 512
    seconds: float = 20.0


def rates(text: str) -> tuple[RateLimitItem, ...]:
    """Rates such as "30/minute; 300/day"; ValueError says what is none. "off" is no limit."""
    if text.strip() in ("", "off"):
        return ()
    try:
        return tuple(parse_many(text))
    except ValueError as error:
        raise ValueError(
            f"{text!r} is no rate; expected such as 30/minute, or 30/minute; 300/day, or off"
        ) from error
