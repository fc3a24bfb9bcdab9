"""A page that shows the worst extractions: what was expected, what came, and where they differ."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from html import escape

from tests.benchmarks.corpora import Sample
from tests.benchmarks.metrics import Score

STYLE = """
body{font:14px/1.45 system-ui,sans-serif;margin:1rem 2rem;color:#222}
h2{font-size:1.05rem;margin:2rem 0 .3rem;border-top:1px solid #ccc;padding-top:1rem}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:1.5rem}
p{margin:.3rem 0}.off{background:#fdd}.miss{background:#fe9}
"""


def page(samples: Sequence[Sample], texts: Sequence[str], scores: Sequence[Score], count: int) -> str:
    """HTML with the `count` worst pages of each suite: missing words yellow, wrong words red."""
    parts = [f"<!doctype html><meta charset=utf-8><title>Worst pages</title><style>{STYLE}</style>"]
    for suite in sorted({sample.suite for sample in samples}):
        indices = [i for i, sample in enumerate(samples) if sample.suite == suite]
        for index in sorted(indices, key=lambda i: scores[i].f)[:count]:
            sample, score = samples[index], scores[index]
            expected, got = _compared(sample.reference, texts[index])
            parts.append(
                f"<h2>{escape(suite)} {escape(sample.name)} · F {score.f:.3f}, P {score.precision:.3f}, "
                f"R {score.recall:.3f}</h2><p>{escape(sample.url)}</p>"
                f"<div class=pair><div dir=auto>{expected}</div><div dir=auto>{got}</div></div>"
            )
    return "\n".join(parts)


def _compared(reference: str, text: str) -> tuple[str, str]:
    expected, got = reference.split(), text.split()
    missing = [True] * len(expected)
    wrong = [True] * len(got)
    for match in SequenceMatcher(None, expected, got, autojunk=False).get_matching_blocks():
        missing[match.a : match.a + match.size] = [False] * match.size
        wrong[match.b : match.b + match.size] = [False] * match.size
    return _marked(expected, missing, "miss"), _marked(got, wrong, "off")


def _marked(words: Sequence[str], marks: Sequence[bool], name: str) -> str:
    return " ".join(
        f"<span class={name}>{escape(word)}</span>" if mark else escape(word)
        for word, mark in zip(words, marks, strict=True)
    )
