"""The pages of the generated web: each a function of its host and number, none like another."""

import json
import random
from functools import cache

SENTENCES = (
    "The {noun} in {place} {did} after {name} {told} the {body} that {clause}.",
    "{name}, who has led the {body} since {year}, {told} reporters on {day} that {clause}.",
    "Nearly {number} {people} had waited for the {adjective} {noun}, and {few} of them {did}.",
    "“We never thought the {noun} would cost {number} pounds,” said {name}, “but {clause}.”",
    "According to the {body}, the {adjective} {noun} near {place} will open again in {month} {year}.",
    "By {day} evening {number} {people} from {place} had written to {name} because {clause}.",
    "What the {body} did not say is how the {noun} of {place} can be paid for once {clause}.",
    "In {month} the {people} of {place} {did}; a year later the {noun} stood empty and {clause}.",
    "Whether {name} or the {body} decides is still open, although {few} {people} doubt that {clause}.",
    "It took {number} days until the {adjective} {noun} reached {place}, where {name} {did}.",
)
CLAUSES = (
    "the {noun} had been {adjective} for {number} years",
    "nobody in {place} wanted to pay for the {noun}",
    "the {people} were asked too late",
    "{name} had signed the contract in {month}",
    "the {body} owns {number} of the {adjective} houses",
    "a {adjective} {noun} is better than none",
    "the road to {place} stays closed until {month}",
    "it would need {number} more {people}",
)
WORDS = {
    "noun": "bridge harbour tram library school budget bakery market ferry river station hospital "
    "museum theatre forest mill lighthouse orchestra newspaper reservoir railway archive "
    "garden stadium kitchen dam tower vote tunnel airfield brewery quarry church court prison "
    "square canal orchard windmill laboratory".split(),
    "adjective": "old new quiet broken wooden cheap famous empty green narrow expensive forgotten public "
    "private northern southern ugly modern painted rusty late early small enormous disputed "
    "promised flooded".split(),
    "people": "residents teachers nurses drivers fishermen pupils engineers farmers shopkeepers voters "
    "musicians tenants commuters widows students bakers gardeners firefighters clerks sailors".split(),
    "body": "council ministry union hospital board court parliament committee parish cooperative "
    "company university port authority regiment foundation tribunal assembly inspectorate "
    "agency".split(),
    "did": "closed reopened vanished collapsed grew doubled failed recovered disappeared moved "
    "waited protested agreed refused returned resigned changed burned sank improved".split(),
    "told": "told reminded warned assured informed convinced".split(),
    "few": "few many most some several none all both half".split(),
    "day": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "month": "January February March April May June July August September October November December".split(),
}
FIRST = (
    "Ada Bruno Carla Dmitri Elsa Femi Greta Hugo Ines Jonas Katya Liam Mona Nils Olga Pavel Rosa Sven".split()
)
SYLLABLES = (
    "ar bel cor dun el fen gar hol in jar kel lor mar nor os pel qua ren sal tor ul ver wen yar zel".split()
)
SCRIPT_NUMBERS = 3_000
STYLES = 700
CARDS = 44
MENU = 60
"""With these four a page has about as many bytes (150 KB), elements (800) and words (600) as the median
of 180 news pages of as many sites, a third of the bytes in scripts and styles."""
CARD = "{adjective} {noun} of {place} {did} once more"
UTILITY = "flex flex-col items-center justify-between gap-4 md:gap-6 lg:px-8 text-sm font-semibold"


def path(number: int) -> str:
    """Where a page is."""
    return f"/2026/11/story-{number}.html"


def words_of(host: str, number: int) -> tuple[str, str, list[str]]:
    """Headline, author and paragraphs of a page."""
    draw = random.Random(f"{host}/{number}")  # noqa: S311 - no secret
    paragraphs = [
        " ".join(_sentence(draw, draw.choice(SENTENCES)) for _ in range(draw.randint(2, 5)))
        for _ in range(draw.randint(9, 15))
    ]
    title = _headline(draw, "{adjective} {noun} of {place} {did} as {people} wait")
    return title, _name(draw), paragraphs


def _sentence(draw: random.Random, pattern: str) -> str:
    if "{clause}" in pattern:
        pattern = pattern.replace("{clause}", draw.choice(CLAUSES))
    slots = {slot: draw.choice(words) for slot, words in WORDS.items()}
    return pattern.format(
        **slots,
        name=_name(draw),
        place=_coined(draw),
        year=draw.randint(1950, 2025),
        number=draw.randint(3, 9000),
    )


def _headline(draw: random.Random, pattern: str) -> str:
    text = _sentence(draw, pattern)
    return text[0].upper() + text[1:]


def _name(draw: random.Random) -> str:
    return f"{draw.choice(FIRST)} {_coined(draw)}"


def _coined(draw: random.Random) -> str:
    return "".join(draw.choices(SYLLABLES, k=3)).capitalize()


def _card(draw: random.Random, number: int) -> str:
    sizes = ", ".join(f"/i/{number}-{width}.webp {width}w" for width in (300, 600, 1200))
    return (
        f'<li class="card {UTILITY} c{number}"><article data-id="{draw.random()}" data-position="{number}">'
        f'<a class="card__link" href="/2025/06/older-{number}.html"><picture>'
        f'<source media="(min-width: 900px)" srcset="{sizes}" sizes="(min-width: 900px) 300px">'
        f'<img class="card__image" loading="lazy" src="/i/{number}-300.jpg" alt="" width="300" height="200">'
        f'</picture><h3 class="card__title {UTILITY}">{_headline(draw, CARD)}</h3></a>'
        f'<div class="card__meta"><time datetime="2025-06-{1 + number % 28:02}">June {1 + number % 28}</time>'
        "</div></article></li>"
    )


@cache
def _furniture(host: str, *, light: bool) -> tuple[str, str, str, str]:
    """What all pages of a host share: head, what stands above the text, within it, and below."""
    draw = random.Random(host)  # noqa: S311 - no secret
    name = f"The {_coined(draw)} {draw.choice(['Post', 'Courier', 'Herald', 'Echo'])}"
    share = 10 if light else 1
    css = "".join(f".c{n}{{margin:{draw.randint(0, 40)}px;color:#{n:06x}}}" for n in range(STYLES // share))
    script = "".join(f"window.q{n}={draw.random():.6f};" for n in range(SCRIPT_NUMBERS // share))
    menu = "".join(
        f'<li class="menu__item {UTILITY} c{n}" data-track="nav-{n}"><a class="menu__link" href="/s/{n}/">'
        f"<span>{_coined(draw)}</span></a></li>"
        for n in range(MENU // share)
    )
    cards = "".join(_card(draw, n) for n in range(CARDS // share))
    head = f"<style>{css}</style><script>{script}</script><meta property='og:site_name' content='{name}'>"
    head += "<meta property='og:type' content='article'>"
    above = f'<header class="c1"><a href="/">{name}</a><nav><ul>{menu}</ul></nav></header>'
    within = (
        '<form class="c9"><h4>Sign up for our daily newsletter</h4><input type="email">'
        "<p>Please verify you&#8217;re not a robot by clicking the box.</p>"
        "<p>Invalid email address.</p></form>"
    )
    below = (
        f'<aside class="c5"><h2>Most read</h2><ul>{cards}</ul></aside>'
        f"<footer><ul>{menu}</ul><p>© 2026 {name}. All rights reserved.</p></footer>"
    )
    return head, above, within, below


def page(host: str, number: int, *, light: bool = False) -> bytes:
    """The article page; a light one has a tenth of the furniture."""
    title, author, paragraphs = words_of(host, number)
    head, above, within, below = _furniture(host, light=light)
    day, minute = 1 + number % 22, number % 60
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": f"2026-11-{day:02}T08:{minute:02}:00+00:00",
        "author": {"@type": "Person", "name": author},
    }
    middle = len(paragraphs) // 2
    body = "".join(f"<p>{text}</p>" for text in paragraphs[:middle])
    rest = "".join(f"<p>{text}</p>" for text in paragraphs[middle:])
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{head}'
        f'<script type="application/ld+json">{json.dumps(data)}</script></head><body>{above}<main><article>'
        f'<h1>{title}</h1><p class="byline">By {author}</p>{body}{within}{rest}</article></main>{below}'
        "</body></html>"
    ).encode()
