"""Tables that a clinician can read and edit, checked when the program starts."""

import re
from pathlib import Path
from typing import Annotated, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, Field, ValidationError

from assistant.errors import TablesInvalid

_Table = TypeVar("_Table", bound=BaseModel)
_FOLDER = Path(__file__).parent


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    return pattern


Pattern = Annotated[str, Field(min_length=2), AfterValidator(_compiles)]


def read_table(name: str, form: type[_Table]) -> _Table:
    """The table in the file `name` of this folder, as a `form`.

    Raises TablesInvalid, naming the file and the row, when it does not fit.
    """
    path = _FOLDER / name
    try:
        return form.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        row = ".".join(map(str, first["loc"])) or "the file"
        raise TablesInvalid(f"{name}: {row}: {first['msg']}; mend the row") from error
    except (OSError, yaml.YAMLError) as error:
        raise TablesInvalid(f"{name}: expected a YAML table, found {error}") from error
