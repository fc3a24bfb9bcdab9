"""Live blogs: each entry's time before its text, and the entries that only the page's data hold."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from scraper.extract.jsonld import first_text, read_jsonld, resolve
from scraper.extract.parts import gather
from scraper.records import Block, Extraction, Paragraph
from scraper.web import dom
from scraper.web.timeline import TimedEntry, squeezed, timelines

TIME_TAG: Final = "h3"
"""The type of the paragraph that holds an entry's time: it heads what follows."""
MAX_ENTRIES: Final = 2_000
PROBE: Final = 60
"""Letters of an entry by which it is found on the page again."""
AHEAD: Final = 60
"""Paragraphs behind the last entry's among which the next entry is looked for."""
_CLOCK: Final = re.compile(
    r"(?<!\d)[0-2]?\d[:.hu時点시][ ]?[0-5]\d(?!\d)|(?<!\d)1?\d ?[ap]\.?m\b", re.IGNORECASE
)
_AGO: Final = re.compile(
    r"(?<!\w)(?:ago|vor|il y a|hace|fa|há|atrás|geleden|siden|sedan|temu|před|назад|тому|önce|sitten)(?!\w)"
    "|前|전",
    re.IGNORECASE,
)
"""Words of times that are reckoned from the moment of reading."""


class Update(NamedTuple):
    """An entry as the page's JSON-LD gives it."""

    moment: str
    headline: str
    lines: tuple[str, ...]


def updates(tree: dom.Tree, url: str) -> tuple[Update, ...]:
    """The entries in `liveBlogUpdate`, in their order; those without text are left out."""
    data = read_jsonld(gather(tree), url)
    found: list[Update] = []
    for node in data.articles:
        for item in resolve_all(node.get("liveBlogUpdate"), data.by_id):
            if not isinstance(item, dict):
                continue
            body = item.get("articleBody") or item.get("text") or item.get("description")
            lines = _lines(body)
            if lines:
                moment = first_text(item.get("datePublished")) or first_text(item.get("dateModified")) or ""
                found.append(Update(moment, first_text(item.get("headline")) or "", lines))
        if found:
            break
    return tuple(found[:MAX_ENTRIES])


def resolve_all(value: Any, by_id: dict[str, dict[str, Any]] | None) -> list[Any]:  # noqa: ANN401 - JSON
    """The items of a field, however many; `resolve` stops at what any other field would hold."""
    items = value if isinstance(value, list) else [value]
    return [found for item in items[:MAX_ENTRIES] for found in resolve(item, by_id)]


def _lines(body: Any) -> tuple[str, ...]:  # noqa: ANN401 - JSON
    """The paragraphs of a text in JSON-LD, of which some publishers keep the line breaks or tags."""
    if not isinstance(body, str):
        return ()
    text = re.sub(r"(?i)</(?:p|div|li|h[1-6])>|<br ?/?>", "\n", body)
    lines = (first_text(line) for line in text.split("\n"))
    return tuple(line for line in lines if line)


def completed(extraction: Extraction, tree: dom.Tree, url: str) -> Extraction:
    """The body with the entries that the page holds in its data alone, because a script prints them later.

    They follow what is printed, in their own order, headline before text.
    """
    entries = updates(tree, url)
    if not entries:
        return extraction
    printed = squeezed(" ".join(block.text for block in extraction.blocks))
    body = tree.body
    page = printed + (squeezed(body.text()) if body is not None else "")
    missing: list[Block] = []
    for entry in entries:
        if any(squeezed(line)[:PROBE] in page for line in entry.lines):
            continue
        if entry.headline:
            missing.append(Block(text=entry.headline, tag="h2"))
        missing += [Block(text=line, tag="p") for line in entry.lines]
    if not missing:
        return extraction
    return Extraction(
        blocks=(*extraction.blocks, *missing),
        method=extraction.method,
        confidence=extraction.confidence,
        notes=extraction.notes,
    )


def with_times(paragraphs: Sequence[Paragraph], tree: dom.Tree, url: str) -> tuple[Paragraph, ...]:
    """The cleaned paragraphs of a live blog, with each entry's time in a paragraph of its own before it.

    The time stands as the page prints it ("14.52"); where the page prints none, or only how long ago that
    was, its clock is read from the `datetime` of the `time` element or from `liveBlogUpdate`. The entries
    stay in the order of the page.
    """
    texts = [squeezed(paragraph.text) for paragraph in paragraphs]
    declared = _declared(updates(tree, url))
    candidates = (*timelines(tree), declared, declared[::-1])  # data may list the oldest first
    marks = max([_marks(texts, entries) for entries in candidates], key=len)
    if len(marks) < 2:  # noqa: PLR2004 - one time is the article's own
        return tuple(paragraphs)
    result: list[Paragraph] = []
    for index, paragraph in enumerate(paragraphs):
        time, printed = marks.get(index, ("", ""))
        if time and (texts[index] == printed or not texts[index].startswith(squeezed(time))):
            result.append(Paragraph(type=TIME_TAG, text=time))
        if not time or texts[index] != printed:
            result.append(paragraph)
    return tuple(result)


def _declared(entries: Sequence[Update]) -> tuple[TimedEntry, ...]:
    days = {entry.moment[:10] for entry in entries}
    return tuple(
        TimedEntry(
            printed=_clock(entry.moment, dated=len(days) > 1),
            moment=entry.moment,
            text=squeezed("".join((entry.headline, *entry.lines))),
        )
        for entry in entries
    )


def _marks(texts: Sequence[str], entries: Sequence[TimedEntry]) -> dict[int, tuple[str, str]]:
    """By the first paragraph of each entry, its time, and that as printed; both stand in the same order."""
    dated = len({entry.moment[:10] for entry in entries if entry.moment}) > 1
    marks: dict[int, tuple[str, str]] = {}
    behind = 0
    for entry in entries:
        time = _time_of(entry, dated=dated)
        near = range(behind, min(behind + AHEAD, len(texts)))
        first = next((index for index in near if texts[index] in entry.text), None) if time else None
        if first is None:
            continue
        marks[first] = time, squeezed(entry.printed)
        behind = first + 1
        while behind < len(texts) and texts[behind] in entry.text:
            behind += 1
    return marks


def _time_of(entry: TimedEntry, *, dated: bool) -> str:
    """The time as printed if there is a clock in it, without how long ago that was; else the declared one."""
    clock = _CLOCK.search(entry.printed)
    if clock is not None:
        return clock[0] if _AGO.search(entry.printed) else entry.printed
    return _clock(entry.moment, dated=dated)


def _clock(moment: str, *, dated: bool) -> str:
    """Hours and minutes of a declared time in its own zone, with the day where entries span several."""
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return ""
    if len(moment) <= len("2026-11-02"):
        return ""
    return f"{found:%Y-%m-%d %H:%M}" if dated else f"{found:%H:%M}"
