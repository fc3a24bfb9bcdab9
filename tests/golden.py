"""Reads the golden pages of `tests/pages/`: hand-made news pages with the text that belongs to them."""

from datetime import datetime
from pathlib import Path

import msgspec

from scraper.records import Paragraph

PAGES = Path(__file__).parent / "pages"


class Expected(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be known of a page once it is extracted and cleaned."""

    url: str
    language: str
    """Two letters, ISO 639-1."""
    kind: str
    """The shape that the page stands for, in a few words."""
    title: str
    authors: tuple[str, ...]
    """Empty where the page names no person."""
    date_published: datetime | None
    """In UTC; midnight on pages that give no more than the day."""
    paragraphs: tuple[Paragraph, ...]
    """The body in order, without headline. Types follow the markup; a table row is one `p`,
    its cells joined with ` | `; text of embedded posts belongs, their attribution does not."""
    must_not: tuple[str, ...]
    """Furniture that stands on the page and has no place in the text."""

    @property
    def text(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)


class Golden(msgspec.Struct, frozen=True, kw_only=True):
    """One golden page: its bytes as a server would send them, in the charset that they declare, or UTF-8."""

    slug: str
    html: bytes
    expected: Expected


def load() -> list[Golden]:
    """All golden pages, in the order of their names."""
    return [
        Golden(
            slug=folder.name,
            html=(folder / "page.html").read_bytes(),
            expected=msgspec.json.decode((folder / "expected.json").read_bytes(), type=Expected),
        )
        for folder in sorted(PAGES.iterdir())
        if folder.is_dir()
    ]
