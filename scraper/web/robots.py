"""What a host allows, by its robots.txt (RFC 9309)."""

import re
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import quote

from protego import Protego

MAX_ROBOTS_BYTES = 500 * 1024
"""How much of the file is read (RFC 9309, 2.5)."""

MAX_CRAWL_DELAY_S = 120.0
"""A longer Crawl-delay is kept as this: at a page a day no host would ever be read."""

_TOKEN = re.compile(r"[a-zA-Z_-]+")
_GROUP = re.compile(r"^[ \t]*user[ -]?agent(?:[ \t]*:|[ \t])[ \t]*([^#\n]*)", re.IGNORECASE | re.MULTILINE)
_LINE_ENDS = str.maketrans(
    {
        "\r": "\n",
        "\x00": None,
        "\ufeff": None,
        # To Python these end lines, to the RFC they do not (2.2): in a path they are encoded.
        **{char: quote(char) for char in "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"},
    }
)


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The rules of one origin. Built by `parse` or `from_answer`."""

    sitemaps: tuple[str, ...] = ()
    unreachable: bool = False
    """Whether the file could not be had, so that nothing is allowed for now."""
    status: int | None = None
    """Of the answer, 0 when there was none; None when no answer was asked for."""
    detail: str = ""
    """Why there was none."""
    address_forbidden: bool = False
    """Whether it was not asked for, as the host is at an address that is none of the web's."""
    _parsed: Protego | None = None
    _groups: tuple[str, ...] = ()

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read a robots.txt; a line that makes no sense is passed over."""
        if len(body) > MAX_ROBOTS_BYTES:
            # Without the line that is cut in two: half a path forbids more than the whole.
            body = body[: body.rfind(b"\n", 0, MAX_ROBOTS_BYTES) + 1]
        text = body.decode("utf-8", "replace").translate(_LINE_ENDS)
        parsed = Protego.parse(text)
        groups = tuple({group.strip().lower(): None for group in _GROUP.findall(text)})
        return cls(sitemaps=tuple(parsed.sitemaps), _parsed=parsed, _groups=groups)

    @classmethod
    def from_answer(cls, status: int, body: bytes) -> Self:
        """The rules that an answer amounts to; status 0 stands for no answer.

        A server error, 429 or no answer forbids everything; any other failure, a redirect that leads
        nowhere included, means that there are no rules (RFC 9309, 2.3.1).
        """
        if status in {0, 429} or status >= 500:  # noqa: PLR2004 - HTTP
            return cls(unreachable=True, status=status)
        rules = cls.parse(body) if 200 <= status < 300 else cls()  # noqa: PLR2004 - HTTP
        return replace(rules, status=status)

    def allows(self, url: str, user_agent: str) -> bool:
        """Whether `url` may be asked for; the product token is what stands before the slash."""
        if self.unreachable:
            return False
        parsed = self._parsed
        return parsed is None or all(parsed.can_fetch(url, name) for name in self._names(user_agent))

    def crawl_delay(self, user_agent: str) -> float | None:
        """Seconds between requests that the host asks for, capped at `MAX_CRAWL_DELAY_S`."""
        if self._parsed is None:
            return None
        delays = [self._parsed.crawl_delay(name) for name in self._names(user_agent)]
        longest = max((delay for delay in delays if delay is not None), default=None)
        return None if longest is None else min(longest, MAX_CRAWL_DELAY_S)

    def _names(self, user_agent: str) -> list[str]:
        """The names of the groups that speak to us: those of our own token, else the one for all.

        The RFC asks for the same token, in any case; protego alone would take `news` for `news-scraper`.
        """
        token = product_token(user_agent)
        own = [group for group in self._groups if product_token(group) == token]
        return own or ["*"]


def product_token(user_agent: str) -> str:
    """The name by which robots.txt speaks to us: letters, `_` and `-` (RFC 9309, 2.2.1), in lower case."""
    found = _TOKEN.match(user_agent.strip())
    return found[0].lower() if found else ""
