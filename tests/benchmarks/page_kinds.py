"""Fit the weights of `rules/page_kinds.toml`: `python -m tests.benchmarks.page_kinds PATH…`.

Prints what threshold keeps how many articles, cross-validated by site (ten folds, three shuffles),
and the weights fitted on all pages, as TOML. Needs scikit-learn, which the package itself does not.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from scraper.classify.features import Features
from scraper.classify.kinds import signs
from scraper.extract.metadata import extract_metadata
from scraper.records import Page
from scraper.web import dom
from tests.benchmarks import corpora
from tests.benchmarks.metadata import NOW, body_of

STRENGTH = 1.0
"""Inverse of the penalty on large weights: the best of 0.1, 0.3 and 1 in cross-validation."""
LOST = (0.005, 0.010, 0.015, 0.030, 0.050)


def signs_of(sample: corpora.Sample) -> dict[str, float]:
    """The signs of one page."""
    tree = dom.parse(sample.html)
    metadata = extract_metadata(tree, html=sample.html, url=sample.url)
    page = Page(url=sample.url, body=b"-", fetched_at=NOW)
    return signs(Features(page, tree, sample.html, metadata, body_of(sample, tree, metadata), 25))


def main() -> int:
    """Fit and print."""
    import numpy as np  # noqa: PLC0415 - for tuning only
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - as above
    from sklearn.model_selection import GroupKFold  # noqa: PLC0415 - as above

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    samples = list(corpora.read(parser.parse_args().paths))
    rows = [signs_of(sample) for sample in samples]
    names = sorted(rows[0])
    table: Any = np.array([[row[name] for name in names] for row in rows])
    other: Any = np.array([sample.kind != "article" for sample in samples])
    sites = [sample.site for sample in samples]
    for shuffle in range(3):
        guess: Any = np.zeros(len(samples))
        for train, test in GroupKFold(10, shuffle=True, random_state=shuffle).split(table, other, sites):
            model = LogisticRegression(C=STRENGTH, max_iter=5000).fit(table[train], other[train])
            guess[test] = model.predict_proba(table[test])[:, 1]
        articles = np.sort(guess[~other])[::-1]
        for lost in LOST:
            threshold = articles[int(lost * len(articles))]
            told = (guess[other] > threshold).mean()
            sys.stdout.write(
                f"# lost {lost:.3f} of articles: threshold {threshold:.3f}, others told {told:.3f}\n"
            )
    model = LogisticRegression(C=STRENGTH, max_iter=5000).fit(table, other)
    sys.stdout.write(f"[weights]\nconstant = {model.intercept_[0]:.2f}\n")
    for name, weight in zip(names, model.coef_[0], strict=True):
        if abs(weight) >= 0.05:
            sys.stdout.write(f'"{name}" = {weight:.2f}\n')
    return 0


if __name__ == "__main__":
    sys.exit(main())
