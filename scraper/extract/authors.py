"""Names of authors: bylines and fields of any make turned into a list of people."""

# ruff: noqa: RUF001 - dashes and quotes as pages print them

import re
from collections.abc import Iterable
from functools import cache

from scraper.extract.titles import is_site_name
from scraper.rules.loader import load

MAX_NAME_CHARS = 60
MAX_NAME_WORDS = 6
MAX_AUTHORS = 20
MIN_NAME_CHARS = 3
MIN_ROLE_WORDS = 3
"""A name of two words with a role behind it has more words than this."""

_EMAIL = re.compile(r"\(?\s?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\s?\)?")
_HANDLE = re.compile(r"\(?(?<!\w)@\w{2,30}\)?")
_ADDRESS = re.compile(r"^(?:https?:)?//|^www\.|\.(?:com|html?|php)$|^/|[{}<>=#]|\\u", re.IGNORECASE)
_BRACKETS = re.compile(r"\s?[(\[][^()\[\]]{0,80}[)\]]")
_SEPARATORS = re.compile(r" ?(?:[;|•·●‧∙]| / | [–—-] | \+ |&amp;| & |、|，|／) ?")
_DATE_LIKE = re.compile(
    r"\d{1,2}[./:]\d{1,2}|\b(?:19|20)\d{2}\b|\d (?:min|hours?|days?|ago)\b", re.IGNORECASE
)
_DEGREE = re.compile(r"^\s*(?:[A-Z]{2,6}|[A-Z][a-z]{0,2}\.?[A-Z]\.?|Ph\.? ?D\.?|[JS]r\.?|M\.D\.?|I{2,3})\s*$")
_NO_NAME = re.compile(_DATE_LIKE.pattern + r"|\w\.\w+\.\w|[:!?%$]|\.\.|\d\+", re.IGNORECASE)


@cache
def _vocabulary() -> dict[str, frozenset[str]]:
    table: dict[str, list[str]] = load("authors.toml")
    return {key: frozenset(word.casefold() for word in words) for key, words in table.items()}


@cache
def _opening() -> re.Pattern[str]:
    words = sorted(load("authors.toml")["openings"], key=len, reverse=True)
    joined = "|".join(re.escape(word) for word in words)
    return re.compile(rf"^(?:{joined})(?:\s*[::]\s*|\s+(?=\S))", re.IGNORECASE)


@cache
def _conjunction() -> re.Pattern[str]:
    joined = "|".join(re.escape(word) for word in load("authors.toml")["conjunctions"])
    return re.compile(rf" (?:{joined}) ", re.IGNORECASE)


@cache
def _ending() -> re.Pattern[str]:
    words = sorted(load("authors.toml")["endings"], key=len, reverse=True)
    joined = "|".join(re.escape(word) for word in words)
    return re.compile(rf"(?: |[,:] ?)(?:{joined})\b.*$", re.IGNORECASE)


def clean_authors(
    values: Iterable[str], *, sitename: str | None = None, hostname: str = ""
) -> tuple[str, ...]:
    """People named by the values of one source, in order, each once.

    Agencies and newsrooms are kept only where no person is named. The publisher's own name is
    not an author beside a person.
    """
    names: list[str] = []
    for value in values:
        found = split_names(value)
        if found and len(found) > 1 and _is_publisher(found[0], sitename, hostname):
            found = [name for name in found[1:] if looks_like_person(name) or is_agency(name)] or found[:1]
        names.extend(_without_site(name, sitename) for name in found)
    names = _once(names)
    own = [name for name in names if _is_publisher(name, sitename, hostname)]
    people = [name for name in names if name not in own]
    if any(looks_like_person(name) and not _is_desk(name, sitename, hostname) for name in people):
        people = [name for name in people if not _is_desk(name, sitename, hostname)]
    return tuple((people or own)[:MAX_AUTHORS])


def _is_desk(name: str, sitename: str | None, hostname: str) -> bool:
    """Whether a name is the site's, or that of its newsroom as a whole: "Harbour Post Editorial Team"."""
    words = name.split()
    if words[0].casefold() == "the":
        words = words[1:]
    while words and words[-1].casefold() in _vocabulary()["teams"] | {"editorial"}:
        words = words[:-1]
    return not words or is_site_name(" ".join(words), sitename, hostname)


def is_agency(name: str) -> bool:
    """Whether a name is that of a news agency, as it stands among authors."""
    return name.casefold() in _vocabulary()["agencies"]


def _without_site(name: str, sitename: str | None) -> str:
    """`name` without the site's name behind it."""
    if sitename and name.casefold().endswith(" " + sitename.casefold()):
        shorter = name[: -len(sitename)].strip(" ,-|")
        return shorter if " " in shorter else name
    return name


def split_names(value: str) -> list[str]:
    """The names in one value, without what stands around them."""
    value = " ".join(value.split())
    if not value or len(value) > 600 or _ADDRESS.search(value):  # noqa: PLR2004 - a paragraph, not a byline
        return []
    if "@" in value:
        value = _HANDLE.sub(" ", _EMAIL.sub(" ", value))
    if "(" in value or "[" in value:
        value = _BRACKETS.sub(" ", value)
    value = " ".join(value.split())
    names: list[str] = []
    for part in _SEPARATORS.split(value):
        names.extend(_comma_parts(_strip_opening(part), follows=bool(names)))
    return [name for name in names if name]


def _strip_opening(text: str) -> str:
    text = text.strip(" ,.:-–—|*\u200b")
    for _ in range(3):
        shorter = _opening().sub("", text).strip()
        if shorter == text:
            break
        text = shorter
    return text


def _comma_parts(text: str, *, follows: bool) -> list[str]:
    """Names between commas and conjunctions; a role or place behind a comma, or behind a name, goes."""
    found: list[str] = []
    for piece in text.split(","):
        if found and _DEGREE.match(piece) and piece.strip().casefold() not in _vocabulary()["agencies"]:
            continue
        for half in _conjunction().split(piece):
            name = _name(half)
            if name and not ((found or follows) and _says_what_one_is(name)):
                found.append(name)
            elif found and len(half.split()) > 1 and _names_role(half):
                return found
    return found


def _says_what_one_is(text: str) -> bool:
    """Whether what follows a name describes the person: "Digital Security Expert"."""
    return not _vocabulary()["behind"].isdisjoint(re.split(r"[\s-]+", text.casefold()))


def _names_role(text: str) -> bool:
    """Whether a word of the text is a role; what follows belongs to it."""
    roles = _vocabulary()["roles"]
    return any(word.casefold().strip(".,") in roles for word in text.split())


def _name(text: str) -> str | None:
    """`text` if it can be a name."""
    text = _strip_opening(text)
    if any(map(str.isdigit, text)):
        text = _dated().sub("", text)
    text = text.strip(" ,.:;-–—|")
    written = list(_inner_opening().finditer(text))
    if written:
        text = text[written[-1].end() :]
    text = _strip_opening(text)
    text = _ending().sub("", text).strip(" ,:;-–—|*'\"") if len(text) > MIN_NAME_CHARS else text.strip()
    if not text.endswith((" Jr.", " Sr.")) and not re.search(r"\b[A-Z]\.$", text):
        text = text.strip(".")
    words = text.split()
    folded = text.casefold()
    vocabulary = _vocabulary()
    if len(text) > MAX_NAME_CHARS or len(words) > MAX_NAME_WORDS or len(text) < MIN_NAME_CHARS - 1:
        return None
    if folded in vocabulary["never"] or _NO_NAME.search(text) or not any(char.isalpha() for char in text):
        return None
    if any(word.casefold().strip(".,") in vocabulary["roles"] for word in words):
        return _before_role(words)
    return text


def _before_role(words: list[str]) -> str | None:
    """The two words before "Content Marketing Coordinator", if they can be a name."""
    name = " ".join(words[:2])
    return name if len(words) > MIN_ROLE_WORDS and not _names_role(name) and looks_like_person(name) else None


_PARTICLES = frozenset(
    {"van", "von", "de", "der", "den", "del", "della", "di", "da", "dos", "das", "du", "la", "le", "el", "al"}
    | {"bin", "ibn", "ben", "af", "av", "zu", "zum", "y", "e"}
)


def looks_like_person(name: str, *, at_least: int = 2) -> bool:
    """Whether a name found in running text is one: two to five words, each with a capital, no digits."""
    words = [word for word in name.split() if word.casefold() not in _PARTICLES]
    if len(words) > 1 and words[-1].casefold() in _vocabulary()["teams"]:
        words = [word for word in words[:-1] if word.casefold() != "the"] or words
    if not at_least <= len(name.split()) <= 5 or not words or any(char.isdigit() for char in name):  # noqa: PLR2004
        return False
    common = _vocabulary()["common"]
    return all(
        word[0].isupper() or not word[0].isalpha() or word[0].lower() == word[0].upper() for word in words
    ) and not any(word.casefold() in common for word in words)


def opens_byline(line: str) -> str | None:
    """What follows the "By" that opens a line; empty when it follows elsewhere; None when nothing opens."""
    folded = line.casefold().strip(" :")
    if folded in _vocabulary()["byline"]:
        return ""
    found = _byline().match(line)
    return line[found.end() :] if found else None


@cache
def _byline() -> re.Pattern[str]:
    words = sorted(load("authors.toml")["byline"], key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, words))})(?:\s*[::]\s*|\s+)(?=\S)", re.IGNORECASE)


@cache
def _inner_opening() -> re.Pattern[str]:
    return re.compile(
        r"(?:^|\s)(?:written|words|story|posted|reviewed|reported|published|recipe) by\s+", re.IGNORECASE
    )


@cache
def _dated() -> re.Pattern[str]:
    """A month's name with a day, and what follows it."""
    names = {name for words in load("dates.toml")["months"].values() for name in words if name.isascii()}
    joined = "|".join(sorted(names, key=len, reverse=True))
    return re.compile(
        rf"(?:^|[\s,]+)(?:on\s+)?(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?,?\s+)?(?:(?:{joined})\.?\s+\d{{1,2}}|\d{{1,2}}\.?\s+(?:{joined}))\b(?!.*\bby\b).*$",
        re.IGNORECASE,
    )


def _once(names: list[str]) -> list[str]:
    """`names` without those that repeat another in other letters or as a part."""
    kept: list[str] = []
    seen: set[str] = set()
    for name in names:
        folded = _folded(name)
        if folded not in seen:
            seen.add(folded)
            kept.append(name)
    return kept


def _folded(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


def _is_publisher(name: str, sitename: str | None, hostname: str) -> bool:
    folded = _folded(name)
    site = _folded(sitename or "")
    host = _folded(hostname.removeprefix("www."))
    label = _folded(hostname.removeprefix("www.").split(".", 1)[0])
    return bool(folded) and folded in {site, host, label, site + "redaktion"}
