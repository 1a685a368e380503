"""How a route refuses a request: a status, a stable code, a message that says what to do."""

from starlette.exceptions import HTTPException

# What a person is told before there is an index; it is no mistake, and passes by itself.
NOT_READY = "The assistant is starting and can't answer yet; please try again in a minute."


def refusal(status: int, code: str, message: str) -> HTTPException:
    """To be raised; the handler of `create_api` answers with an `ErrorOut` of the two."""
    # Starlette types the detail as text; FastAPI, whose handler reads it, takes any JSON.
    return HTTPException(status, detail={"code": code, "message": message})  # type: ignore[arg-type]
