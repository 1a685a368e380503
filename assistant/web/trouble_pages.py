"""What a person sees in whose browser a page was asked for and could not be given."""

from fastapi.responses import HTMLResponse
from starlette.datastructures import Headers, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.page_frame import render_trouble
from assistant.web.page_words import PAGE_WORDS, Language, PageWords

# Both languages say "seconds", so never one.
_LEAST_SECONDS = 2


class TroublePages:
    """ASGI middleware: an error in JSON is told as a page where a browser asked to show one.

    Programs, and what scripts ask for below `/api/`, keep the JSON. The page is in the `lang` of
    the address, else in what the browser prefers; it repeats nothing of the request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_shown_to_a_person(scope):
            await self._app(scope, receive, send)
            return
        told = False

        async def forward(message: Message) -> None:
            nonlocal told
            if message["type"] == "http.response.start" and _is_trouble(message):
                told = True
                await _page(scope, message)(scope, receive, send)
            elif not told:
                await send(message)

        await self._app(scope, receive, forward)


def preferred_language(query: QueryParams, headers: Headers) -> Language:
    """The language that the address names, else the first of ours that the browser would read."""
    if (named := query.get("lang")) in PAGE_WORDS:
        return "es" if named == "es" else "en"
    ranges = []
    for place, part in enumerate(headers.get("accept-language", "").split(",")):
        tag, _, weight = part.strip().lower().partition(";q=")
        ranges.append((-_weight(weight), place, tag.split("-")[0]))
    known = [tag for weight, _, tag in sorted(ranges) if weight < 0 and tag in PAGE_WORDS]
    return "es" if known[:1] == ["es"] else "en"


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def _is_shown_to_a_person(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    wants = Headers(scope=scope).get("accept", "")
    return "text/html" in wants and not scope["path"].startswith("/api/")


def _is_trouble(start: Message) -> bool:
    kind = Headers(raw=start.get("headers", [])).get("content-type", "")
    return start["status"] >= 400 and kind.startswith("application/json")


def _page(scope: Scope, start: Message) -> HTMLResponse:
    query = QueryParams(scope["query_string"])
    page = PAGE_WORDS[preferred_language(query, Headers(scope=scope))]
    wait = Headers(raw=start["headers"]).get("retry-after")
    headers = {"Cache-Control": "no-store", **({"Retry-After": wait} if wait else {})}
    title, why = _words(page, start["status"], wait)
    html = render_trouble(page, title, why, passes=start["status"] == 429 or start["status"] >= 500)
    return HTMLResponse(html, start["status"], headers=headers)


def _words(page: PageWords, status: int, wait: str | None) -> tuple[str, str]:
    """What the page is called, and what it says."""
    if status == 429:
        seconds = int(wait) if wait and wait.isdigit() else _LEAST_SECONDS
        return page.wait, page.wait_why.format(max(seconds, _LEAST_SECONDS))
    if status == 503:
        return page.not_ready, page.not_ready_why
    if status >= 500:
        return page.broken, page.broken_why
    return page.absent, page.absent_why
