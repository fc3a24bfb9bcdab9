"""The features' names and order, and the scales on which they are told."""

from math import log2
from typing import Final

TOP: Final = 250
"""The highest value of a feature; shares are given in 250ths."""
LOG_SIZE: Final = 1 << 13
LOG: Final = bytes(min(TOP, int(19 * log2(1 + n))) for n in range(LOG_SIZE))
"""A size on a scale where 19 steps double it."""
LAST: Final = LOG_SIZE - 1
CAPPED: Final = bytes([*range(TOP + 1), *[TOP] * (255 - TOP)])
"""For `bytes.translate`: no value above `TOP`."""


def _listed(names: str) -> tuple[str, ...]:
    return tuple(names.split())


SHAPE: Final = _listed("""
length link_density commas ends word_length titles first bold emphasis breaks bars tag depth anchor
titled described repeated
""")
FLAGS: Final = _listed("""
in_article in_main in_nav in_aside in_footer in_header in_form in_figure in_table in_list in_quote
in_body_prop is_hidden in_button in_section
""")
NEAREST: Final = _listed("""
near_body near_article near_navigation near_related near_comments near_social near_about near_caption
near_hidden near_teaser near_box near_selling near_adverts near_embed off_chain off_title
""")
"""Steps up to the nearest box with a name of a kind, on the way to most of the text, with the title below."""
CONTAINERS: Final = _listed("""
parent_chars parent_link_density parent_good parent_pieces grand_chars grand_link_density grand_good
great_good great_link_density
""")
STANDING: Final = _listed("""
chain_rank chain_good chain_link_density article_good article_rank
""")
PLACE: Final = _listed("""
kin_count kin_length kin_link_density kin_share tag_share chars_before after_first before_last
after_h1 window_good window_link_density window_wide_good
""")
SHIFTED: Final = ("length", "link_density", "tag", "ends")
"""The shapes that a block is also told of its two neighbours on each side."""
STEPS: Final = (-2, -1, 1, 2)
SAME: Final = ("same_parent-1", "same_parent+1")
PAGE: Final = ("page_pieces", "page_good", "page_link_density", "page_wide", "anchor_known")
NAMES: Final = (
    SHAPE
    + FLAGS
    + NEAREST
    + CONTAINERS
    + STANDING
    + PLACE
    + tuple(f"{name}{step:+d}" for name in SHIFTED for step in STEPS)
    + SAME
    + PAGE
)
"""The features in their order; the model file names the ones that it was trained on."""
SECOND_NAMES: Final = _listed("""
own own-1 own+1 own-2 own+2 own-3 own+3 around_5 around_12 mean top parent_mean grand_mean
kin_mean words names words-1 words+1
""")
"""The features of the second pass, after those of the first."""


def log_of(size: int) -> int:
    """A size on the scale of `LOG`."""
    return LOG[size if size < LOG_SIZE else LAST]


def shift(column: bytes, step: int, fill: int) -> bytes:
    """The column with each block's neighbour `step` blocks on."""
    pad = bytes([fill]) * abs(step)
    return (column + pad)[step:] if step > 0 else (pad + column)[: len(column)]
