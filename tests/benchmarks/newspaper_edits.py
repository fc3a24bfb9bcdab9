"""What papers do to a story that another one printed: cuts, leads, names, spelling, furniture."""

import random
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

NAME = re.compile(r"(?<=[a-zà-ÿ,;] )[A-ZÀ-Þ][\w'\u2019-]+")
NUMBER = re.compile(r"\d[\d.,:]*")
SENTENCE_END = re.compile("(?<=[.!?])\\s+|(?<=[\u3002\uff01\uff1f])")
ALL_NOUNS_CAPITAL = frozenset({"de", "lb"})
"""Languages in which a capital makes no name; their texts keep their names."""
BRITISH = (
    ("ization", "isation"), ("izing", "ising"), ("ized", "ised"), ("ize", "ise"), ("color", "colour"),
    ("labor", "labour"), ("favor", "favour"), ("behavior", "behaviour"), ("center", "centre"),
    ("defense", "defence"), ("program", "programme"), ("traveled", "travelled"), ("gray", "grey"),
    ("percent", "per cent"), ("honor", "honour"), ("neighbor", "neighbour"), ("meter", "metre"),
    ("liter", "litre"), ("license", "licence"), ("catalog", "catalogue"), ("toward ", "towards "),
    ("while ", "whilst "), ("among ", "amongst "), ("gotten", "got"), ("airplane", "aeroplane"),
)  # fmt: skip
"""American spellings and their British ones."""


class Story(NamedTuple):
    """A text with what its edits draw on."""

    text: str
    language: str
    other: str
    """An unrelated text: leads and furniture come from there."""


Edit = Callable[[Story, random.Random], str]


def cut(story: Story, draw: random.Random) -> str:
    """The first 60 to 80 % of it."""
    return _cut(story.text, draw.uniform(0.6, 0.8))


def new_lead(story: Story, draw: random.Random) -> str:
    """Two other sentences in the place of the first one or two."""
    sentences = split(story.text)
    return " ".join(some(story.other, 2, draw) + sentences[1 if len(sentences) < 10 else 2 :])


def own_first_line(story: Story, draw: random.Random) -> str:
    """A sentence of the paper's own before it."""
    return " ".join([*some(story.other, 1, draw), story.text])


def some_names(story: Story, draw: random.Random) -> str:
    """Every second name and number is another one throughout."""
    return renamed(story, 0.5, draw)


def all_names(story: Story, draw: random.Random) -> str:
    """Every name and number is another one throughout."""
    return renamed(story, 1.0, draw)


def furniture(story: Story, draw: random.Random) -> str:
    """Some 20 words before and 60 after it that do not belong to it."""
    words = story.other.split()
    head, tail = (draw.randrange(max(1, len(words) - 60)) for _ in range(2))
    return " ".join([*words[head : head + 20], story.text, *words[tail : tail + 60]])


def reparagraphed(story: Story, draw: random.Random) -> str:
    """Other paragraphs, other quotation marks, other dashes."""
    text = "".join(sentence + draw.choice((" ", "\n\n")) for sentence in split(story.text))
    return text.replace('"', "\u201d").replace(" - ", "\u2014").replace("'", "\u2019")


def respelt(story: Story, draw: random.Random) -> str:
    """British for American spelling, and the other way round."""
    del draw
    british = sum(b in story.text for _, b in BRITISH) > sum(a in story.text for a, _ in BRITISH)
    text = story.text
    for american, other in BRITISH:
        text = text.replace(other, american) if british else text.replace(american, other)
    return text


def moved_paragraph(story: Story, draw: random.Random) -> str:
    """A fifth of it stands elsewhere, and a twentieth of the sentences is gone."""
    sentences = [each for each in split(story.text) if draw.random() > 0.05]
    size = max(1, len(sentences) // 5)
    start = draw.randrange(max(1, len(sentences) - size))
    block, rest = sentences[start : start + size], sentences[:start] + sentences[start + size :]
    place = draw.randrange(len(rest) + 1)
    return " ".join(rest[:place] + block + rest[place:])


def house_style(story: Story, draw: random.Random) -> str:
    """Cut, with another lead, every second name, other spelling and furniture, all at once."""
    text = story.text
    for edit in (cut, new_lead, some_names, respelt, furniture):
        text = edit(story._replace(text=text), draw)
    return text


EDITS: dict[str, Edit] = {
    "cut to 60-80 %": cut,
    "own first line": own_first_line,
    "new lead": new_lead,
    "half of names, numbers": some_names,
    "all names, numbers": all_names,
    "furniture": furniture,
    "re-paragraphed": reparagraphed,
    "respelt": respelt,
    "moved, sentences gone": moved_paragraph,
    "house style (all at once)": house_style,
}


def same_event(story: Story, draw: random.Random) -> str:
    """Another report with the same statements: a fifth of its words are the story's, the rest its own."""
    own, quotes = split(story.other), split(story.text)
    own = own[: max(4, len(quotes))]
    share = 0.2 * sum(map(len, own)) / 0.8
    taken: list[str] = []
    start = draw.randrange(max(1, len(quotes) // 2))
    for quote in quotes[start:]:
        # No further one where it would be more than a fifth, by more than a half of itself.
        if sum(map(len, taken)) + len(quote) / 2 > share:
            break
        taken.append(quote)
    for quote in taken:
        own.insert(draw.randrange(len(own) + 1), quote)
    return " ".join(own)


def live_blog(stories: Sequence[Story], draw: random.Random) -> str:
    """A day's entries: the first third of each of the stories, each under its time."""
    return "\n\n".join(
        f"{9 + at // 2}:{draw.randrange(60):02} {_cut(story.text, 1 / 3)}" for at, story in enumerate(stories)
    )


def split(text: str) -> list[str]:
    """The sentences of a text, roughly."""
    return [sentence for sentence in SENTENCE_END.split(text) if sentence]


def some(text: str, count: int, draw: random.Random) -> list[str]:
    """A few sentences of a text, of some 40 words each at most."""
    sentences = split(text)
    start = draw.randrange(max(1, len(sentences) - count))
    return [" ".join(sentence.split()[:40]) for sentence in sentences[start : start + count]]


def renamed(story: Story, share: float, draw: random.Random) -> str:
    """The text with a share of its names and numbers put for others, each the same way throughout."""
    names = sorted(set(NAME.findall(story.other))) or ["Somewhere"]
    others: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        if found[0] not in others:
            others[found[0]] = draw.choice(names) if draw.random() < share else found[0]
        return others[found[0]]

    def number(found: re.Match[str]) -> str:
        if found[0] not in others:
            others[found[0]] = str(draw.randrange(2, 9_999)) if draw.random() < share else found[0]
        return others[found[0]]

    text = story.text if story.language in ALL_NOUNS_CAPITAL else NAME.sub(name, story.text)
    return NUMBER.sub(number, text)


def _cut(text: str, share: float) -> str:
    sentences, size = split(text), 0
    for count, sentence in enumerate(sentences):
        if size >= len(text) * share:
            return " ".join(sentences[:count])
        size += len(sentence) + 1
    return text[: int(len(text) * share)]
