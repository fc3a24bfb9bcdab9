"""Words that cleaning takes out of reference texts, which hold (nearly) nothing but article.

    python -m tests.benchmarks.cleaning [--form a|b|c] [--language LL] [--list] PATH…

PATH is a corpus folder in one of the layouts that `corpora` knows. References are not perfect:
what `--list` prints is to be read before a figure is believed.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from scraper.clean import Cleaned, clean_blocks, clean_text
from scraper.clean.stream import normalise
from scraper.records import Block, Metadata
from tests.benchmarks import corpora

FORMS = ("a", "b", "c")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print, per form and language, words taken out per million and megabytes a second."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--form", choices=FORMS, action="append")
    parser.add_argument("--language")
    parser.add_argument("--list", action="store_true", help="print each removal")
    options = parser.parse_args(arguments)
    samples = [
        sample
        for sample in corpora.read(options.paths)
        if sample.kind == "article" and options.language in {None, sample.language}
    ]
    clean_text("warm up")
    for form in options.form or FORMS:
        measure(form, samples, listing=options.list)


def measure(form: str, samples: Iterable[corpora.Sample], *, listing: bool) -> None:
    """One form over all samples."""
    words: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    size = 0
    seconds = 0.0
    for sample in samples:
        text = normalise(sample.reference) if form == "c" else sample.reference
        if form == "b":
            text = "\n".join(line for line in text.splitlines() if line.strip())
        started = time.process_time()
        cleaned = apply(form, text)
        seconds += time.process_time() - started
        size += len(text.encode())
        words[sample.language] += count(text)
        for removal in cleaned.removed:
            gone[sample.language] += count(removal.text)
            kinds[removal.kind] += count(removal.text)
            if listing:
                where = f"{form} {sample.suite} {sample.site} {sample.name}"
                sys.stdout.write(f"{where}\t{removal.rule[:90]}\t{removal.text}\n")
    total = sum(words.values())
    for language, number in words.most_common():
        share = gone[language] / max(number, 1) * 1e6
        sys.stdout.write(
            f"form {form}  {language or '?':3}  {number:9,} words  {gone[language]:5} out  {share:8.1f}/M\n"
        )
    share = gone.total() / max(total, 1) * 1e6
    sys.stdout.write(
        f"form {form}  all  {total:9,} words  {gone.total():5} out  {share:8.1f}/M  "
        f"{size / 1e6 / max(seconds, 1e-9):5.1f} MB/s  {dict(kinds.most_common())}\n"
    )


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


if __name__ == "__main__":
    main()
