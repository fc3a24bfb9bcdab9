"""Template tokens that site memory finds and true words that it takes out, by number of documents a site.

    python -m tests.benchmarks.memory [--documents N] [--form a|b|c] [--seed N] [--list] PATH…

PATH is a corpus folder in one of the layouts that `corpora` knows. Two measurements:

- *made sites*: the texts are real references of the corpora, each from a site of its own; the sites are made.
  Each gets some of the invented furniture in templates.toml: every line in a share of its articles, at a
  place, numbers, dates and names differing. Two true paragraphs that stand in two articles of the site, one
  that stands in three of ten, and a series note in two are put in as well: they count as true words.
- *real sites*: all sites of which the corpora have several articles, their references as they are. What is
  taken out counts as wrong, although references hold repeated furniture too (`--list` shows it).

Each document is judged by the others of its site. Phrases are switched off.
"""

import argparse
import random
import sys
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from scraper.clean import KINDS, clean_blocks, clean_text
from scraper.clean.learning import Learner
from scraper.clean.memory import KIND, SiteMemory, block_keys, learn
from scraper.clean.stream import normalise
from scraper.records import Block, Metadata, Removal
from tests.benchmarks import corpora

FORMS = ("a", "b", "c")
PHRASES = tuple(sorted(KINDS - {KIND}))
LEAST_WORDS = 150
LEAST_PARAGRAPHS = 5
MOST_SITES = 60
MONTHS = {
    "en": ("January", "April", "June", "October"),
    "de": ("Januar", "April", "Juni", "Oktober"),
    "fr": ("janvier", "avril", "juin", "octobre"),
    "es": ("enero", "abril", "junio", "octubre"),
}
NAMES = ("Ada Winter", "Bruno Keller", "Carla Voss", "Dario Lund", "Edda Falk", "Femi Stern")
SHARES = (1.0, 1.0, 0.9, 0.7, 0.5, 0.3)
"""Of a site's articles, in how many a line of its furniture stands."""


class Piece(NamedTuple):
    """A block of a document that was made."""

    text: str
    template: bool = False
    tag: str = "p"
    link_density: float = 0.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what was found and what was lost, per form and number of documents."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--documents", type=int, action="append")
    parser.add_argument("--form", choices=FORMS, action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--list", action="store_true", help="print what was wrongly taken out")
    options = parser.parse_args(arguments)
    samples = [sample for sample in corpora.read(options.paths) if sample.kind == "article"]
    for number in options.documents or (3, 5, 10, 40):
        sites = list(made_sites(samples, number, random.Random(options.seed)))  # noqa: S311 - no secret
        for form in options.form or FORMS:
            measure(f"made  n={number:2}", form, sites, listing=options.list)
    by_site: dict[str, list[list[Piece]]] = defaultdict(list)
    for sample in samples:
        by_site[sample.site].append([Piece(line) for line in _lines(sample.reference)])
    real = [documents for documents in by_site.values() if len(documents) > 1]
    for form in options.form or FORMS:
        measure("real      ", form, real, listing=options.list)


# ---- the sites ---------------------------------------------------------------------------------------


def made_sites(
    samples: Sequence[corpora.Sample], number: int, chance: random.Random
) -> Iterator[list[list[Piece]]]:
    """Sites of `number` articles each, of one language, every article from another real site."""
    furniture = tomllib.loads(Path(__file__).with_name("templates.toml").read_text(encoding="utf-8"))
    texts: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for sample in samples:
        lines = _lines(sample.reference)
        if len(lines) >= LEAST_PARAGRAPHS and len(sample.reference.split()) >= LEAST_WORDS:
            texts[sample.language].setdefault(sample.site, lines)
    for language, places in furniture.items():
        pool = sorted(texts[language].items())
        chance.shuffle(pool)
        for start in range(0, min(len(pool) - number + 1, MOST_SITES * number), number):
            yield _site([lines for _, lines in pool[start : start + number]], places, language, chance)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _site(
    articles: list[list[str]], places: dict[str, str], language: str, chance: random.Random
) -> list[list[Piece]]:
    chosen: dict[str, list[tuple[str, float]]] = {}
    for place, most in (("top", 2), ("middle", 3), ("end", 6)):
        lines = _lines(places[place])
        kept = sorted(chance.sample(range(len(lines)), chance.randint(1, min(most, len(lines)))))
        chosen[place] = [(lines[number], chance.choice(SHARES)) for number in kept]
    documents = [[Piece(line) for line in article] for article in articles]
    _share_paragraphs(documents, chance)
    return [_furnish(document, chosen, language, chance) for document in documents]


def _share_paragraphs(documents: list[list[Piece]], chance: random.Random) -> None:
    """Put paragraphs of one article into others, as background that a story's articles have in common."""
    for copies in (1, 1, 2) if len(documents) >= 10 else (1, 1):
        giver, *takers = chance.sample(documents, copies + 1) if len(documents) > copies else documents
        paragraph = giver[chance.randrange(2, len(giver))]
        for taker in takers:
            taker.insert(chance.randrange(2, len(taker)), paragraph)
    series = Piece("This is one of our occasional articles on people who changed their trade in later life.")
    for document in chance.sample(documents, min(2, len(documents))):
        document.insert(1, series)


def _furnish(
    document: list[Piece], chosen: dict[str, list[tuple[str, float]]], language: str, chance: random.Random
) -> list[Piece]:
    pieces = {
        place: [_filled(line, language, chance) for line, share in lines if chance.random() < share]
        for place, lines in chosen.items()
    }
    body = list(document)
    for piece in pieces["middle"]:
        body.insert(chance.randrange(2, len(body)), piece)
    return [*pieces["top"], *body, *pieces["end"]]


def _filled(line: str, language: str, chance: random.Random) -> Piece:
    date = f"{chance.randint(1, 28)} {chance.choice(MONTHS[language])} {chance.randint(2019, 2026)}"
    text = line.format(n=chance.randint(2, 9000), date=date, name=chance.choice(NAMES))
    if text.startswith("# "):
        return Piece(text[2:], template=True, tag="h2")
    if text.startswith("> "):
        return Piece(text[2:], template=True, link_density=1.0)
    return Piece(text, template=True)


# ---- the measurement ---------------------------------------------------------------------------------


def measure(name: str, form: str, sites: Sequence[Sequence[list[Piece]]], *, listing: bool) -> None:
    """One form over all sites."""
    words: Counter[bool] = Counter()
    gone: Counter[bool] = Counter()
    documents = 0
    learning = judging = 0.0
    for site in sites:
        rendered = [_render(document, form) for document in site]
        started = time.process_time()
        memories = _learn(site, [text for text, _ in rendered], form)
        learning += time.process_time() - started
        for number, (text, is_template) in enumerate(rendered):
            started = time.process_time()
            removed = _apply(form, site[number], text, memories[number])
            judging += time.process_time() - started
            documents += 1
            words.update(is_template)
            counted, wrong = _count(text, is_template, removed)
            gone.update(counted)
            if listing:
                for removal, share in wrong:
                    sys.stdout.write(
                        f"{name} {form}\t{removal.rule} {removal.score}\t{share}\t{removal.text}\n"
                    )
    found = gone[True] / max(words[True], 1)
    lost = gone[False] / max(words[False], 1) * 1e6
    right = gone[True] / max(gone.total(), 1)
    sys.stdout.write(
        f"{name}  form {form}  {len(sites):3} sites  {words[True]:7,} template tokens  {found:6.1%} found  "
        f"{right:6.1%} of what went  {words[False]:9,} true  {lost:7.1f}/M lost  "
        f"{learning / max(documents, 1) * 1e3:5.2f} + {judging / max(documents, 1) * 1e3:5.2f} ms each\n"
    )


def _render(document: Sequence[Piece], form: str) -> tuple[str, list[bool]]:
    """The text in a form, and of each of its tokens whether it is of a template."""
    texts = [normalise(piece.text) if form == "c" else piece.text for piece in document]
    joint = " " if form == "c" else "\n\n"
    flags = [piece.template for piece, text in zip(document, texts, strict=True) for _ in text.split()]
    return joint.join(filter(None, texts)), flags


def _learn(site: Sequence[list[Piece]], texts: Sequence[str], form: str) -> list[SiteMemory | None]:
    """The memory for each document: of the others."""
    if form == "a":
        memory = learn([block_keys([piece.text for piece in document]) for document in site])
        return [memory.seen_from(number) for number in range(len(site))]
    learner = Learner("text" if form == "b" else "tokens")
    for text in texts:
        learner.add("", text)
    return [learner.memory_for("", text) for text in texts]


def _apply(form: str, document: Sequence[Piece], text: str, memory: SiteMemory | None) -> Sequence[Removal]:
    if form == "a":
        blocks = [Block(text=p.text, tag=p.tag, link_density=p.link_density) for p in document]
        return clean_blocks(blocks, metadata=Metadata(), keep=PHRASES, site=memory).removed
    return clean_text(text, form="text" if form == "b" else "tokens", keep=PHRASES, site=memory).removed


def _count(
    text: str, is_template: Sequence[bool], removed: Sequence[Removal]
) -> tuple[Counter[bool], list[tuple[Removal, str]]]:
    """Tokens taken out, by whether they are of a template; and the removals that hold true ones."""
    counted: Counter[bool] = Counter()
    wrong = []
    for removal in removed:
        first = len(text[: removal.offset].split())
        tokens = is_template[first : first + len(removal.text.split())]
        counted.update(tokens)
        if not all(tokens):
            wrong.append((removal, f"{tokens.count(False)}/{len(tokens)}"))
    return counted, wrong


if __name__ == "__main__":
    main()
