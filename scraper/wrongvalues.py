"""Says what is wrong with a configuration in the words of TOML; the library's are types of Python."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, Final, Literal, get_args, get_origin

import msgspec

WORDS: Final = {
    "array": "a list",
    "bool": "true or false",
    "datetime": "a date or a time, such as 2026-01-31 or 2026-01-31T18:00:00Z",
    "float": "a number",
    "int": "a whole number",
    "object": "a table",
    "str": "text",
}
FOUND: Final = WORDS | {"float": "a fraction", "int": "a number"}
_WRONG_TYPE: Final = re.compile(r"Expected `(.*)`, got `(.*)`")
_WRONG_TIME: Final = re.compile(r"Invalid RFC3339 encoded datetime")
_WRONG_CHOICE: Final = re.compile(r"Invalid enum value (.*)")
_UNKNOWN_KEY: Final = re.compile(r"Object contains unknown field `(.*)`")
_MISSING_KEY: Final = re.compile(r"Object missing required field `(.*)`")


def readable(message: str, root: type) -> str:
    """A message of msgspec about a value that was to become a `root`, with the path of its key in front."""
    text, found, path = message.partition(" - at `$")
    where = path.rstrip("`").lstrip(".") if found else ""
    inside = f"{where}." if where else ""
    if unknown := _UNKNOWN_KEY.match(text):
        return f"{inside}{unknown[1]}: unknown key{_meant(unknown[1], _kind_at(root, where))}"
    if missing := _MISSING_KEY.match(text):
        return f"{inside}{missing[1]}: is missing"
    if wrong := _WRONG_TYPE.match(text):
        wanted = " or ".join(WORDS.get(kind, kind) for kind in wrong[1].split(" | ") if kind != "null")
        text = f"must be {wanted}, not {FOUND.get(wrong[2], wrong[2])}"
    elif _WRONG_TIME.match(text):
        text = f"must be {WORDS['datetime']}"
    elif choice := _WRONG_CHOICE.match(text):
        text = f"{choice[1]} is none of {', '.join(_choices(_kind_at(root, where)))}"
    return f"{where}: {text}" if where else text


def _meant(key: str, kind: Any) -> str:  # noqa: ANN401 - whatever a field is declared as
    keys = [field.encode_name for field in msgspec.structs.fields(kind)]
    near = get_close_matches(key, keys, n=1)
    return f"; did you mean `{near[0]}`?" if near else ""


def _choices(kind: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    for part in (kind, *get_args(kind)):
        if get_origin(part) is Literal:
            yield from map(str, get_args(part))


def _kind_at(root: type, where: str) -> Any:  # noqa: ANN401 - as above
    """The type that is declared at a path of keys, such as `source[0].feeds`."""
    kind: Any = root
    for step in where.split(".") if where else ():
        name, _, index = step.partition("[")
        kind = next(field.type for field in msgspec.structs.fields(kind) if field.encode_name == name)
        kind = get_args(kind)[0] if index else kind
    return kind
