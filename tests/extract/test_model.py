"""Trees evaluated for all blocks at once say what each tree says of each block."""

import random
from math import exp

import pytest

from scraper.extract import model
from scraper.extract.model import Ensemble, Stage, Tree

STUMP = Tree(feature=[0], threshold=[10], left=[-1], right=[-2], value=[-1.5, 2.0])


def grown(dice: random.Random, features: int) -> Tree:
    """A random tree of eight leaves."""
    splits = 7
    left, right = [], []
    leaves = 0
    for node in range(splits):
        children = []
        for child in (2 * node + 1, 2 * node + 2):
            if child < splits:
                children.append(child)
            else:
                leaves += 1
                children.append(-leaves)
        left.append(children[0])
        right.append(children[1])
    return Tree(
        feature=[dice.randrange(features) for _ in range(splits)],
        threshold=[dice.randrange(250) for _ in range(splits)],
        left=left,
        right=right,
        value=[dice.uniform(-0.5, 0.5) for _ in range(leaves)],
    )


def walked(tree: Tree, row: list[int]) -> float:
    node = 0
    while node >= 0:
        below = row[tree.feature[node]] <= tree.threshold[node]
        node = tree.left[node] if below else tree.right[node]
    return tree.value[-node - 1]


def test_a_single_split_parts_the_blocks() -> None:
    found = Ensemble(Stage(features=["x"], trees=[STUMP])).predict([bytes([0, 10, 11, 250])])
    low, high = 1 / (1 + exp(1.5)), 1 / (1 + exp(-2.0))
    assert found == pytest.approx([low, low, high, high], abs=1e-3)


def test_many_trees_agree_with_walking_each() -> None:
    dice = random.Random(7)  # noqa: S311 - not for secrets
    trees = [grown(dice, 5) for _ in range(50)]
    rows = [[dice.randrange(251) for _ in range(5)] for _ in range(300)]
    found = Ensemble(Stage(features=list("abcde"), trees=trees)).predict(
        [bytes(c) for c in zip(*rows, strict=True)]
    )
    expected = [1 / (1 + exp(-sum(walked(tree, row) for tree in trees))) for row in rows]
    assert found == pytest.approx(expected, abs=2e-3)


def test_no_blocks_have_no_probabilities() -> None:
    assert Ensemble(Stage(features=["x"], trees=[STUMP])).predict([b""]) == []


def test_the_shipped_model_names_its_corpora_and_their_licences() -> None:
    about = model.about()
    assert {corpus["licence"] for corpus in about["corpora"].values()} == {"MIT", "CC BY 4.0"}
