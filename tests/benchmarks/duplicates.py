"""How well copies of a story are told from other articles, on real texts with the edits that papers make.

    python -m tests.benchmarks.duplicates [--stories N] [--threshold X]… [--seed N] PATH…

PATH is a corpus folder in one of the layouts that `corpora` knows; the references of its articles are the
stories. Three measurements:

- *pairs*: each story against each of its edits (`newspaper_edits`), and two edits of one story against each
  other; recall for each. Against it, all pairs of unrelated stories and of form letters (`form_letters`),
  each story against another report on the same event (a fifth is the same statements) and against a live blog
  or digest that has the first third of it: what share of each is taken for copies, at several thresholds.
- *runs*: everything above goes through the state as a run stores it, half of it in a first run, the rest in a
  second one; clusters are held against the truth. Precision and recall over all pairs of articles that are
  put into one cluster, or ought to be. Reports and live blogs belong to no cluster but their own.
- *order*: the runs again with their articles in another order; how many `dup_of` differ. (None is to.)
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from scraper.config import DedupeConfig
from scraper.dedupe import article_id, content_hash, fingerprint, likeness, sketch, words_of
from scraper.duplicates import Duplicates
from scraper.records import Article, Sketch
from scraper.store import Store
from scraper.store.articles import insert_article
from scraper.store.near import Place, let_wait
from tests.benchmarks import corpora
from tests.benchmarks.form_letters import FORMS, form_letters
from tests.benchmarks.newspaper_edits import EDITS, Story, house_style, live_blog, same_event

LEAST_WORDS = 60
THRESHOLDS = (0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6)
LETTERS = 40
"""Of each form."""
BLOGGED = 8
"""Stories in a live blog."""
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
TWICE = "house style, two papers"


class Text(NamedTuple):
    """An article that was made, and to which story it belongs."""

    name: str
    cluster: str
    text: str


def stories(paths: Sequence[Path], most: int, draw: random.Random) -> list[Story]:
    """Stories out of one half of the articles of the corpora, each with a text out of the other half."""
    samples = [
        sample
        for sample in corpora.read(paths)
        if sample.kind == "article" and len(words_of(sample.reference)) >= LEAST_WORDS
    ]
    draw.shuffle(samples)
    half = len(samples) // 2
    return [
        Story(one.reference, one.language, other.reference)
        for one, other in zip(samples[:half][:most], samples[half:], strict=False)
    ]


# ---- pairs -------------------------------------------------------------------------------------------


Pair = tuple[float, float]
"""Containment and resemblance."""


def copies(stories_: Sequence[Story], draw: random.Random) -> Iterator[tuple[str, list[Pair]]]:
    """How near each edit is to its story, and to another edit."""
    own = [_sketch(story.text) for story in stories_]
    for name, edit in EDITS.items():
        yield (
            name,
            [_near(mine, _sketch(edit(story, draw))) for mine, story in zip(own, stories_, strict=True)],
        )
    yield (
        TWICE,
        [
            _near(
                _sketch(house_style(story, draw)),
                _sketch(house_style(story._replace(other=draw.choice(stories_).other), draw)),
            )
            for story in stories_
        ],
    )


def others(stories_: Sequence[Story], seed: int, draw: random.Random) -> Iterator[tuple[str, list[Pair]]]:
    """How near articles are that are no copies of each other."""
    own = [_sketch(story.text) for story in stories_]
    yield "unrelated", [_near(one, other) for one, other in combinations(own, 2)]
    yield (
        "same event",
        [_near(mine, _sketch(same_event(story, draw))) for mine, story in zip(own, stories_, strict=True)],
    )
    blogs = list(_blogs(stories_, draw))
    yield (
        "live blog, digest",
        [_near(_sketch(blog), own[place]) for places, blog in blogs for place in places],
    )
    for form in FORMS:
        letters = [_sketch(letter) for letter in form_letters(form, LETTERS, seed)]
        yield f"form: {form}", [_near(one, other) for one, other in combinations(letters, 2)]


def _blogs(stories_: Sequence[Story], draw: random.Random) -> Iterator[tuple[range, str]]:
    for first in range(0, len(stories_) - BLOGGED + 1, BLOGGED):
        places = range(first, first + BLOGGED)
        yield places, live_blog([stories_[place] for place in places], draw)


def _sketch(text: str) -> Sketch:
    return sketch(words_of(text))


def _near(one: Sketch, other: Sketch) -> Pair:
    found = likeness(one, other)
    return found.containment, found.resemblance


def _share(pairs: Iterable[Pair], threshold: float) -> float:
    taken = [pair for pair in pairs if pair[0] >= threshold and pair[1] >= threshold / 2]
    return len(taken) / len(list(pairs))


# ---- runs --------------------------------------------------------------------------------------------


def articles(stories_: Sequence[Story], seed: int, draw: random.Random) -> list[Text]:
    """All stories, edits, reports, blogs and letters."""
    made = []
    for number, story in enumerate(stories_):
        made.append(Text(f"s{number}", f"s{number}", story.text))
        made += [
            Text(f"s{number}.{at}", f"s{number}", edit(story, draw)) for at, edit in enumerate(EDITS.values())
        ]
        made.append(Text(f"e{number}", f"e{number}", same_event(story, draw)))
    made += [Text(f"b{at}", f"b{at}", blog) for at, (_, blog) in enumerate(_blogs(stories_, draw))]
    for form in FORMS:
        letters = form_letters(form, LETTERS, seed)
        made += [Text(f"{form}{at}", f"{form}{at}", letter) for at, letter in enumerate(letters)]
    return made


def clustered(runs: Sequence[Sequence[Text]], threshold: float) -> tuple[dict[str, str], float]:
    """The original of each article after the runs, and the seconds spent on ruling."""
    found: dict[str, str] = {}
    spent = 0.0
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "state.db") as store:
        duplicates = Duplicates(DedupeConfig(threshold=threshold), store.near)
        for texts in runs:
            with store._database.transaction() as db:  # noqa: SLF001 - without links
                for text in texts:
                    article, found[text.name] = _article(text), text.name
                    insert_article(db, article, key=article.url, source="")
                    let_wait(db, Place.of(article, key=article.url), _sketch(text.text))
            begun = time.perf_counter()
            for ruled in duplicates.rule():
                for one in ruled:
                    found[one.article.requested_url] = one.ruling.original or ""
            spent += time.perf_counter() - begun
    names = {article_id(name): name for name in found}
    return {name: names.get(original, original) for name, original in found.items()}, spent


def _article(text: Text) -> Article:
    words = words_of(text.text)
    return Article(
        id=article_id(text.name),
        url=f"https://{text.name}.example/",
        requested_url=text.name,
        hostname="",
        text="",
        paragraphs=(),
        # Four papers a day, whatever their place in the run.
        date_published=NEW_YEAR + timedelta(hours=6 * (int(article_id(text.name), 16) % 40)),
        date_crawled=NEW_YEAR,
        word_count=len(words),
        content_hash=content_hash(words),
        fingerprint=fingerprint(words),
        method="",
        confidence=1.0,
        run_id="",
    )


def judged(texts: Sequence[Text], original: dict[str, str]) -> tuple[float, float, Counter[str]]:
    """Precision and recall over all pairs, and how many of each kind are wrongly in a cluster."""
    of = {text.name: text.cluster for text in texts}
    clusters: dict[str, list[str]] = defaultdict(list)
    for name, first in original.items():
        clusters[first].append(name)
    right = together = 0
    strangers: Counter[str] = Counter()
    for members in clusters.values():
        sizes = Counter(of[member] for member in members)
        together += len(members) * (len(members) - 1) // 2
        right += sum(size * (size - 1) // 2 for size in sizes.values())
        main = max(sizes, key=lambda key: sizes[key])
        strangers.update(member.rstrip("0123456789.") for member in members if of[member] != main)
    ought = sum(size * (size - 1) // 2 for size in Counter(of.values()).values())
    return right / (together or 1), right / ought, strangers


# ---- the command -------------------------------------------------------------------------------------


def report(options: argparse.Namespace) -> Iterator[str]:
    """The lines of the report."""
    draw = random.Random(options.seed)  # noqa: S311 - edits, not secrets
    told = stories(options.paths, options.stories, draw)
    yield f"{len(told)} stories\n\nrecall{'threshold':>30}" + "".join(f"{each:8.2f}" for each in THRESHOLDS)
    for name, pairs in copies(told, draw):
        yield f"{name:28}{len(pairs):8}" + "".join(f"{_share(pairs, each):8.3f}" for each in THRESHOLDS)
    yield "\ntaken for copies" + "".join(f"{each:8.2f}" for each in THRESHOLDS).rjust(20 + 56)
    for name, pairs in others(told, options.seed, draw):
        yield f"{name:28}{len(pairs):8}" + "".join(f"{_share(pairs, each):8.4f}" for each in THRESHOLDS)
    made = articles(told, options.seed, draw)
    yield f"\nruns of {len(made)} articles: threshold, precision and recall of pairs, ms each, strangers"
    for threshold in options.threshold or (DedupeConfig().threshold,):
        draw.shuffle(made)
        half = len(made) // 2
        original, spent = clustered((made[:half], made[half:]), threshold)
        precision, recall, strangers = judged(made, original)
        each = 1000 * spent / len(made)
        yield f"{threshold:.2f}  {precision:.4f}  {recall:.4f}  {each:.2f}  {dict(strangers)}"
        first, second = made[:half], made[half:]
        draw.shuffle(first)
        draw.shuffle(second)
        again, _ = clustered((first, second), threshold)
        yield f"      in another order {sum(again[name] != original[name] for name in original)} differ"


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--stories", type=int, default=300)
    parser.add_argument("--threshold", type=float, action="append")
    parser.add_argument("--seed", type=int, default=1)
    for line in report(parser.parse_args()):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
