"""What cleaning takes out of articles, how much boilerplate it finds, and how fast it is.

    python -m tests.benchmarks.cleaning [--form a|b|c] [--fold N] [--list|--about|--sample] [--held-out] PATH…

PATH is a corpus folder in one of the layouts that `corpora` knows. Three measurements, per form and language:

- *wrong words*: words taken out of reference texts, per million, on news and on all. References hold some
  boilerplate themselves. `judged.txt` has, as hashes, what was taken out of them, was read by the catalogue's
  author and found to be boilerplate; everything else counts as wrong, new removals too until somebody has
  read them (`--list`; a star marks what was judged). `out` does without that list.
- *found*: of the boilerplate around the articles, the share that goes. `phrase_kind.txt` has, as hashes,
  blocks of a random sample of pages (English ones of folds 3 and 4, all of other languages) that the
  catalogue's author, seeing nothing but the words, called boilerplate by wording: what speaks to the
  reader about the page, credits, labels; not teasers, menus, names, dates or prose about an author.
  A block counts once a site. Form (c) is measured on what phrases alone find in form (a), among
  the article's words; clusters are runs of at least twelve tokens of it, found if half of the tokens go.
  This is no figure for unseen sites: what was missed was read and the catalogue extended by it, and the bars
  of form (c) were tuned on all sites. Weights of words are learnt on all sites too, but with `--held-out`
  (needs the `train` extra) each fold is measured with what was learnt on the others. Before that extension
  form (a) found 72 % (English) and 63 % (others) on the sites of folds 3 and 4. Nor does it tell how much of
  other kinds is left.
- *speed*: megabytes of text (UTF-8) a second of one core, the catalogue loaded before.

`--about` looks for articles on newsletters, captchas, cookies, paywalls, app stores and subscriptions among
the references instead, and prints every word that is taken out of them.

`--sample` measures *found* in forms (a) and (b) on two samples that nothing was made of, drawn at random, a
few of a site. `held_out.txt` has, as hashes of site and words, short blocks that references leave out, with
the kind that a reader gave them by their wording before they were cleaned, or `-` (menus, teasers, names,
dates, prose). English ones are of folds 3 and 4. Of the first draw are the sites with the fewest blocks in
`phrase_kind.txt`: none in English, up to three elsewhere. As a block in that list counts at every site that
has it, those are sites without common phrases: a hard sample. Of the second are other sites, with the
fewest blocks in the list that no other site has: none in English, up to three elsewhere. No phrase was, or
is to be, added for them. Told too is how many of the `-` go.
"""

import argparse
import re
import sys
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import groupby
from pathlib import Path
from unittest.mock import patch

from scraper.clean import Cleaned, clean_blocks, clean_text, twins, wording
from scraper.clean.tokens import as_tokens
from scraper.records import Block, Metadata
from tests.benchmarks import corpora, weights
from tests.benchmarks.folds import FOLDS, fold_of
from tests.benchmarks.surroundings import Piece, hashes, key, surroundings
from tests.benchmarks.weights import known_boilerplate

FORMS = ("a", "b", "c")
CLUSTER = 12
GONE = 0.8
"""Share of a block's characters, and half of a cluster's tokens, that must go for it to be found."""
ABOUT = re.compile(
    r"newsletter|captcha|cookies?\b|paywall|app store|subscription|subscriber|bezahlschranke|abonn|suscripci",
    re.IGNORECASE,
)
ABOUT_TIMES = 2
ABOUT_MOST = 160


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--form", choices=FORMS, action="append")
    parser.add_argument("--language")
    parser.add_argument("--fold", type=int, help="only the sites of this fold")
    parser.add_argument("--list", action="store_true", help="print what is taken out of references")
    parser.add_argument("--about", action="store_true", help="articles about such things instead")
    parser.add_argument(
        "--held-out", action="store_true", help="weights of words are learnt on the sites of other folds"
    )
    parser.add_argument("--sample", action="store_true", help="the share found of a sample held out")
    options = parser.parse_args(arguments)
    samples = [
        sample
        for sample in corpora.read(options.paths)
        if sample.kind == "article"
        and options.language in {None, sample.language}
        and options.fold in {None, fold_of(sample.site)}
    ]
    forms = options.form or FORMS
    if options.about:
        about(samples, forms)
        return
    if options.sample:
        for form in options.form or FORMS[:2]:
            found_of_sample(form, samples)
        return
    folds = held_out(samples) if options.held_out else as_shipped
    for form in forms:
        wrong_words(form, samples, listing=options.list, weighing=folds)
    found(samples, forms, weighing=folds)


Weighing = Callable[[int], AbstractContextManager[None]]


def as_shipped(_fold: int) -> AbstractContextManager[None]:
    """The weights of words as they come with the package."""
    return nullcontext()


def held_out(samples: Sequence[corpora.Sample]) -> Weighing:
    """For each fold, the weights of words in forms (a), (b) and (c) as the other folds teach them."""
    from tests.benchmarks import wording as lines  # noqa: PLC0415 - needs the `train` extra

    streams = [(fold_of(example.site), example) for example in weights.examples_in(samples)]
    short = [(fold_of(example.site), example) for example in lines.examples_in(samples)]
    learnt = {}
    for fold in range(FOLDS):
        of_streams = weights.learn(example for other, example in streams if other != fold)
        learnt[fold] = of_streams, lines.learn([example for other, example in short if other != fold])

    @contextmanager
    def weighing(fold: int) -> Iterator[None]:
        of_streams, of_lines = learnt[fold]
        with (
            patch.object(twins, "learnt", lambda: of_streams),
            patch.object(wording, "learnt", lambda: of_lines),
        ):
            twins.twin.cache_clear()
            yield
        twins.twin.cache_clear()

    return weighing


def by_fold(samples: Iterable[corpora.Sample], weighing: Weighing) -> Iterator[corpora.Sample]:
    """The samples, those of a fold together."""
    for fold, some in groupby(sorted(samples, key=_fold), key=_fold):
        with weighing(fold):
            yield from some


def _fold(sample: corpora.Sample) -> int:
    return fold_of(sample.site)


def wrong_words(form: str, samples: Iterable[corpora.Sample], *, listing: bool, weighing: Weighing) -> None:
    """What one form takes out of the references."""
    words: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    judged = hashes("judged.txt")
    size, seconds = 0, 0.0
    for sample in by_fold(samples, weighing):
        text = in_form(form, sample)
        apply(form, text[:2000])  # loads the catalogue of its language
        started = time.process_time()
        cleaned = apply(form, text)
        seconds += time.process_time() - started
        size += len(text.encode())
        groups = ("all", sample.language, "news" if sample.suite != corpora.WCXB else "other pages")
        for group in groups:
            words[group] += count(text)
        for removal in cleaned.removed:
            is_judged = key(removal.text) in judged
            for group in groups:
                gone[group] += count(removal.text)
                wrong[group] += 0 if is_judged else count(removal.text)
            kinds[removal.kind] += count(removal.text)
            if listing:
                where = f"{'*' if is_judged else ' '} {form} {sample.suite} {sample.site} {sample.name}"
                say(f"{where}\t{removal.rule[:90]}\t{removal.text}")
    for group, number in words.most_common():
        out = f"{gone[group]:5} out, {wrong[group]:3} wrong"
        say(
            f"form {form}  {group:11}  {number:9,} words  {out}  {wrong[group] / max(number, 1) * 1e6:8.1f}/M"
        )
    say(f"form {form}  {size / 1e6 / max(seconds, 1e-9):.1f} MB/s  {dict(kinds.most_common())}")


def found(samples: Iterable[corpora.Sample], forms: Sequence[str], *, weighing: Weighing) -> None:
    """The share of boilerplate that goes, by form and language."""
    labels = hashes("phrase_kind.txt")
    there: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    seen: set[tuple[str, str, str]] = set()
    for sample in by_fold(samples, weighing):
        pieces = surroundings(sample)
        group = "en" if sample.language in {"en", "?"} else "not en"
        for form in forms:
            if form == "c":
                counts = found_in_stream(sample, pieces)
                for name, (number, gone) in counts.items():
                    there[f"form c  {group:6}  {name}"] += number
                    hit[f"form c  {group:6}  {name}"] += gone
                continue
            for piece, is_gone in zip(pieces, gone_pieces(form, pieces), strict=True):
                mark = (form, sample.site, key(piece.block.text))
                if piece.is_other and mark[2] in labels and mark not in seen:
                    seen.add(mark)
                    there[f"form {form}  {group:6}  blocks"] += 1
                    hit[f"form {form}  {group:6}  blocks"] += is_gone
    for name in sorted(there):
        say(f"{name}  {hit[name] / there[name]:6.1%} of {there[name]:,} found")


def found_of_sample(form: str, samples: Iterable[corpora.Sample]) -> None:
    """The share of the blocks in `held_out.txt` that go, by group and kind."""
    rows = [line.split() for line in hashes("held_out.txt") if not line.startswith("#")]
    labels = {mark: (kind, draw) for mark, kind, draw in rows}
    there: Counter[tuple[str, str]] = Counter()
    hit: Counter[tuple[str, str]] = Counter()
    for sample in samples:
        pieces = surroundings(sample)
        marks = [key(f"{sample.site} {piece.block.text}") for piece in pieces]
        if not any(mark in labels for mark in marks):
            continue
        group = "en" if sample.language in {"en", "?"} else "not en"
        for mark, piece, is_gone in zip(marks, pieces, gone_pieces(form, pieces), strict=True):
            if not piece.is_other or mark not in labels:
                continue
            kind, draw = labels.pop(mark)
            for name in {kind, "-" if kind == "-" else "phrase-kind"}:
                there[f"draw {draw}  {group}", name] += 1
                hit[f"draw {draw}  {group}", name] += is_gone
    for (group, name), number in sorted(there.items(), key=lambda item: (item[0][0], -item[1])):
        gone = hit[group, name]
        say(f"form {form}  {group:14}  {name:13}  {gone:3} of {number:3}  {gone / number:6.1%}")


def gone_pieces(form: str, pieces: Sequence[Piece]) -> list[bool]:
    """Which blocks of a page's surroundings go."""
    blocks = [piece.block for piece in pieces]
    if form == "a":
        removed = clean_blocks(blocks, metadata=Metadata()).removed
    else:
        removed = clean_text("\n\n".join(block.text for block in blocks), form="text").removed
    spans = sorted((removal.offset, removal.offset + len(removal.text)) for removal in removed)
    gone = []
    offset = 0
    for block in blocks:
        end = offset + len(block.text)
        taken = sum(
            min(end, stop) - max(offset, start) for start, stop in spans if start < end and stop > offset
        )
        gone.append(taken >= GONE * len(block.text))
        offset = end + 2
    return gone


def found_in_stream(sample: corpora.Sample, pieces: Sequence[Piece]) -> dict[str, tuple[int, int]]:
    """Tokens and clusters of boilerplate in the article as a stream, and how many of them go."""
    known = set(known_boilerplate(pieces))
    tokens: list[str] = []
    is_known: list[bool] = []
    for piece in pieces:
        if piece.block.text in known or piece.is_article:
            own = as_tokens(piece.block.text, _language(sample)).split()
            tokens += own
            is_known += [piece.block.text in known] * len(own)
    text = " ".join(tokens)
    starts = [match.start() for match in re.finditer(r"\S+", text)]
    gone = [False] * len(tokens)
    for removal in clean_text(text, form="tokens").removed if tokens else ():
        first = bisect_left(starts, removal.offset)
        last = bisect_left(starts, removal.offset + len(removal.text))
        gone[first:last] = [True] * (last - first)
    runs = [list(run) for mark, run in groupby(range(len(tokens)), is_known.__getitem__) if mark]
    clusters = [run for run in runs if len(run) >= CLUSTER]
    return {
        "tokens": (sum(is_known), sum(gone[number] for run in runs for number in run)),
        "clusters": (len(clusters), sum(2 * sum(gone[n] for n in run) >= len(run) for run in clusters)),
    }


def about(samples: Iterable[corpora.Sample], forms: Sequence[str]) -> None:
    """Print what is taken out of articles that speak of newsletters and the like."""
    chosen = sorted(samples, key=lambda sample: -len(ABOUT.findall(sample.reference)))
    chosen = [sample for sample in chosen if len(ABOUT.findall(sample.reference)) >= ABOUT_TIMES][:ABOUT_MOST]
    whole: Counter[str] = Counter()
    for sample in chosen:
        for form in forms:
            removed = apply(form, in_form(form, sample)).removed
            whole[form] += not removed
            for removal in removed:
                say(f"{form} {sample.site} {sample.name}\t{removal.rule[:80]}\t{removal.text}")
    for form in forms:
        say(f"form {form}: {whole[form]} of {len(chosen)} come through whole")


def in_form(form: str, sample: corpora.Sample) -> str:
    """The reference as the form has it."""
    if form == "c":
        return as_tokens(sample.reference, _language(sample))
    return "\n".join(line for line in sample.reference.splitlines() if line.strip())


def apply(form: str, text: str) -> Cleaned:
    """Clean the text as blocks (a), as plain text (b) or as a stream of tokens (c)."""
    if form == "a":
        blocks = [Block(text=line, tag="p") for line in text.splitlines() if line.strip()]
        return clean_blocks(blocks, metadata=Metadata())
    return clean_text(text, form="text" if form == "b" else "tokens")


def count(text: str) -> int:
    """Words of a text, a character of a script without spaces being half a word."""
    wide = sum("\u3040" <= character <= "\u9fff" for character in text)
    return len(text.split()) + wide // 2


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def _language(sample: corpora.Sample) -> str:
    return {"?": "en", "nb": "no", "nn": "no"}.get(sample.language, sample.language)


if __name__ == "__main__":
    main()
