"""Judges short lines that no phrase fills by what their words weigh and by what stands around them."""

from collections.abc import Collection, Sequence

from scraper.clean import structure, wording, words
from scraper.clean.line import Line, is_quoted


def judge_wording(lines: Sequence[Line], weights: wording.Weights, keep: Collection[str]) -> None:
    """Lines whose words weigh enough go, until no more do: what went speaks against what is near it."""
    waiting = {
        index: own
        for index, line in enumerate(lines)
        if (own := _telling(line, weights)) and own.kind not in keep
    }
    if not waiting:
        return
    prose = [index for index, line in enumerate(lines) if line.text.count(" ") >= wording.PROSE]
    bars = {index: _bar(lines[index], index, prose) for index in waiting}
    going = True
    while going:
        going = False
        for index, own in list(waiting.items()):
            near = [
                *lines[max(0, index - wording.WIDTH) : index],
                *lines[index + 1 : index + 1 + wording.WIDTH],
            ]
            worth = own.worth + wording.lent([_worth(other, weights) for other in near])
            if worth > bars[index]:
                lines[index].drop(own.kind, own.rule, wording.odds_to_score(worth))
                going = True
                del waiting[index]


def _telling(line: Line, weights: wording.Weights) -> wording.Weighed | None:
    """What a short line of its own weighs whose words tell something; not what was quoted."""
    if not line.words or len(line.words) > wording.LONGEST or not line.pieces or not line.whole:
        return None
    if line.doubt is not None:
        return None  # a phrase fills it that needs more than words
    if line.tag == "quote" or not wording.may_be_telling(line.words, weights) or is_quoted(line.text):
        return None
    if structure.is_note(line.words):
        return None
    own = _weighed(line, weights)
    return own if own is not None and own.telling else None


def _bar(line: Line, index: int, prose: Sequence[int]) -> float:
    """What the words of a line must weigh, by where it stands among the lines of prose."""
    if prose and index < prose[0]:
        return wording.BAR_BEFORE
    if prose and index > prose[-1]:
        return wording.BAR if line.text.endswith(".") else wording.BAR_AFTER
    return wording.BAR_OF_PARTS if line.tag != "p" or line.bulleted else wording.BAR


def _weighed(line: Line, weights: wording.Weights) -> wording.Weighed | None:
    left = line.left
    return wording.weigh(left, words.fold(left) if line.found else line.words, weights) if left else None


def _worth(line: Line, weights: wording.Weights) -> float:
    """What a line says for or against those beside it."""
    if not line.left:
        return wording.MOST
    if line.text.count(" ") >= wording.LONGEST:
        return -wording.MOST
    own = _weighed(line, weights)
    return -wording.MOST if own is None else own.worth
