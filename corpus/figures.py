"""The figures of the handouts: data in a small YAML file, drawn by Typst, as pictures without text.

A file says what `kind` of figure it is, which references its numbers rest on (`keys`), what whoever
cannot see it is told (`alternative`), and the data. What a figure prints as a number (`printed`)
has to stand in the words of its section too, for a picture is neither read nor quoted.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from corpus.errors import HandoutInvalid

TEMPLATE_NAME = "figure.typ"
KINDS = ("bars", "intervals", "phases")


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawn figure: its SVG, the words in its stead, its references and what it prints."""

    svg: str
    alternative: str
    keys: tuple[str, ...]
    printed: tuple[str, ...]


def read_figure(path: Path, *, template: Path) -> Figure:
    """The figure of the data file at `path`.

    Raises HandoutInvalid where the file is missing or no mapping, lacks a key, or is refused by
    Typst.
    """
    try:
        data = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise HandoutInvalid(
            f"{path.name}: expected the data of a figure, found {error}"
        ) from error
    if not isinstance(data, dict) or data.get("kind") not in KINDS:
        raise HandoutInvalid(f"{path.name}: `kind` must be one of {', '.join(KINDS)}")
    missing = [key for key in ("keys", "alternative") if not data.get(key)]
    if missing:
        raise HandoutInvalid(f"{path.name}: lacks {', '.join(missing)}; add it")
    return Figure(
        svg=_drawn(data, template),
        alternative=" ".join(str(data["alternative"]).split()),
        keys=tuple(data["keys"]),
        printed=tuple(_printed(data)),
    )


def _drawn(data: dict[str, Any], template: Path) -> str:
    import typst

    try:
        svg = typst.compile(
            str(template),
            ignore_system_fonts=True,
            format="svg",
            sys_inputs={"figure": json.dumps(data, ensure_ascii=False, sort_keys=True)},
        )
    except typst.TypstError as error:
        raise HandoutInvalid(f"Typst refuses the figure: {error}") from error
    if not isinstance(svg, bytes):
        raise HandoutInvalid(f"a figure has one page, found {len(svg or ())}; make it smaller")
    return svg.decode()


def _printed(data: object) -> Iterator[str]:
    """Every string under a key `printed`, however deep."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "printed":
                yield from [value] if isinstance(value, str) else value
            else:
                yield from _printed(value)
    elif isinstance(data, list):
        for value in data:
            yield from _printed(value)
