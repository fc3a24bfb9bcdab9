"""The page as a stream of blocks: one walk over the tree, without judgement of what is article."""

from typing import Final

from scraper.extract import lines
from scraper.extract.vocabulary import verdict
from scraper.web.dom import COMMENT_NUMBER, TEXT_NUMBER, Node, Tree, tag_numbers

SKIP, INLINE, LINK, BOLD, EMPHASIS, BREAK, BLOCK = range(7)

_SKIPPED: Final = """
script style noscript template svg iframe object embed canvas map select option datalist textarea input
video audio math head link meta area base param source track progress meter optgroup frame frameset
noframes applet title
"""
_BLOCKS: Final = """
address article aside blockquote body button caption center colgroup dd details dialog dir div dl dt
fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup html label legend li listing main
menu nav ol p plaintext pre search section summary table tbody td tfoot th thead tr ul xmp
"""
_INLINE: Final = """
abbr acronym bdi bdo big cite code data del dfn font img ins kbd mark nobr output picture q rp rt ruby s samp
slot small span strike sub sup time tt u var wbr
"""
_KINDS: Final = (
    dict.fromkeys(_SKIPPED.split(), SKIP)
    | dict.fromkeys(_BLOCKS.split(), BLOCK)
    | dict.fromkeys(_INLINE.split(), INLINE)
    | {"a": LINK, "b": BOLD, "strong": BOLD, "em": EMPHASIS, "i": EMPHASIS, "br": BREAK, "hr": BREAK}
)
_NUMBERED: Final = {
    **{number: (_KINDS[name], name) for number, name in tag_numbers(_KINDS).items()},
    COMMENT_NUMBER: (SKIP, ""),
}
"""Kind and name of an element by its number."""

IN_ARTICLE, IN_MAIN, IN_NAV, IN_ASIDE, IN_FOOTER, IN_HEADER = 1, 2, 4, 8, 16, 32
IN_FORM, IN_FIGURE, IN_TABLE, IN_LIST, IN_QUOTE, IN_BODY_PROP = 64, 128, 256, 512, 1024, 2048
IS_HIDDEN, IN_HEADING, IN_BUTTON, IN_PRE, IN_SECTION, IN_DL = 4096, 8192, 16384, 32768, 65536, 131072

_FLAGS: Final = {
    "article": IN_ARTICLE,
    "main": IN_MAIN,
    "nav": IN_NAV,
    "menu": IN_NAV,
    "aside": IN_ASIDE,
    "footer": IN_FOOTER,
    "header": IN_HEADER,
    "form": IN_FORM,
    "fieldset": IN_FORM,
    "figure": IN_FIGURE,
    "figcaption": IN_FIGURE,
    "table": IN_TABLE,
    "ul": IN_LIST,
    "ol": IN_LIST,
    "dl": IN_DL,
    "blockquote": IN_QUOTE,
    "pre": IN_PRE,
    "button": IN_BUTTON,
    "label": IN_BUTTON,
    "summary": 0,
    "section": IN_SECTION,
    "h1": IN_HEADING,
    "h2": IN_HEADING,
    "h3": IN_HEADING,
    "h4": IN_HEADING,
    "h5": IN_HEADING,
    "h6": IN_HEADING,
}
_ROLES: Final = {
    "navigation": IN_NAV,
    "menu": IN_NAV,
    "contentinfo": IN_FOOTER,
    "banner": IN_HEADER,
    "complementary": IN_ASIDE,
    "main": IN_MAIN,
    "article": IN_ARTICLE,
    "dialog": IS_HIDDEN,
    "alertdialog": IS_HIDDEN,
    "search": IN_FORM,
}

_NAMING: Final = ("data-testid", "data-component", "data-type", "data-qa", "data-block")
"""Attributes whose value is read as a name of the element, beside its class and id."""
_TELLING: Final = frozenset({"role", "itemprop", "style", "hidden", "aria-hidden", *_NAMING})
"""Attributes other than class and id that tell something; most elements have none of them."""

MAX_CELL = 300
"""Characters up to which the cells of a table row are read as one line."""

MAX_PIECES = 20_000
"""The walk ends here: the longest article page of the public corpora has a tenth of it."""


RUN_LINKS: Final = 0.9
RUN_CHARS: Final = 90
"""Neighbouring entries no longer than this that are links altogether (menus, tag lists) are one piece."""
MAX_PATH: Final = 5_000
"""Longer paths are not remembered, lest a hostile page fill the memory."""
MAX_ROW: Final = 1500
"""Characters from which a row takes no further cell."""


class Box:
    """A block element on the way down to a block of text, with what its descendants add up to."""

    __slots__ = (
        "all_names",
        "bits",
        "chars",
        "depth",
        "flags",
        "good",
        "ident",
        "link_chars",
        "names",
        "parent",
        "pieces",
        "tag",
    )

    def __init__(self, parent: "Box | None", tag: str, flags: int, ident: str, names: str) -> None:
        self.parent = parent
        self.tag = tag
        self.flags = flags
        """What it is in, itself included (`IN_ARTICLE`…)."""
        self.ident = ident
        self.names = names
        self.all_names = all_names = f"{names} {ident}" if ident else names
        self.bits = verdict(all_names) if all_names else 0
        """What its own names tell (`vocabulary`)."""
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.chars = self.link_chars = self.good = self.pieces = 0


class Piece:
    """A block of the stream: running text that nothing but inline elements interrupt.

    It is on one line but for the line breaks that are part of the text (`lines`).
    """

    __slots__ = (
        "bold_chars", "box", "breaks", "cell", "emphasis_chars", "items", "link_chars", "row", "text",
    )  # fmt: skip

    def __init__(self, text: str, box: Box, counts: list[int]) -> None:
        self.text = text
        self.box = box
        self.link_chars, self.bold_chars, self.emphasis_chars, self.breaks = counts
        self.row: Box | None = None
        self.cell: Box | None = None
        self.items: list[str] = []
        """The entries, where the piece is a run of links."""

    def add(self, counts: list[int]) -> None:
        """Take in the counts of a further cell of the same row."""
        self.link_chars += counts[0]
        self.bold_chars += counts[1]
        self.emphasis_chars += counts[2]
        self.breaks += counts[3]


class Stream:
    """What one walk found: boxes from the root down, and pieces in document order."""

    __slots__ = ("boxes", "pieces")

    def __init__(self) -> None:
        self.boxes: list[Box] = []
        self.pieces: list[Piece] = []


def read(tree: Tree) -> Stream:
    """Walk the tree once; linear in its size, at any depth."""
    stream = Stream()
    start = tree.body or tree.root
    if start is not None:
        _walk(start, stream)
    return stream


def _walk(start: Node, stream: Stream) -> None:  # noqa: C901, PLR0912, PLR0915 - one hot loop
    boxes = stream.boxes
    box = _box(start, start.tag or "", None)
    boxes.append(box)
    waiting: list[tuple[Node, str]] = []  # open elements below `box` that no text was met in so far
    numbered = _NUMBERED
    stack: list[tuple[Node, int]] = []
    parts: list[str] = []
    link = bold = emphasis = 0
    counts = [0, 0, 0, 0]  # characters in links, bold, emphasised; line breaks
    pending_break = False
    pieces = stream.pieces
    node: Node | None = start.child
    while node is not None and len(pieces) < MAX_PIECES:
        number = node.tag_id
        if number == TEXT_NUMBER:
            text = node.text_content or ""
            if text.isspace():
                if parts:
                    parts.append(text)
            else:
                if waiting:
                    for opened, name in waiting:
                        box = _box(opened, name, box)
                        boxes.append(box)
                    waiting = []
                parts.append(text)
                pending_break = False
                if link:
                    counts[0] += len(text)
                if bold:
                    counts[1] += len(text)
                elif emphasis:
                    counts[2] += len(text)
        else:
            known = numbered.get(number)
            if known is None:
                tag = node.tag or ""
                # Custom elements are mostly containers.
                kind = _KINDS.get(tag, BLOCK if "-" in tag else INLINE)
            else:
                kind, tag = known
            if kind == SKIP:
                pass
            elif kind == BREAK:
                if parts:
                    if pending_break or tag == "hr":
                        _flush(pieces, box, parts, counts)
                        counts = [0, 0, 0, 0]
                        parts = []
                        pending_break = False
                    else:
                        parts.append(lines.BREAK)
                        counts[3] += 1
                        pending_break = True
            else:
                child = node.child
                if child is not None:
                    if kind == BLOCK:
                        if parts:
                            _flush(pieces, box, parts, counts)
                            counts = [0, 0, 0, 0]
                            parts = []
                            pending_break = False
                        waiting.append((node, tag))
                    elif kind == LINK:
                        link += 1
                    elif kind == BOLD:
                        bold += 1
                    elif kind == EMPHASIS:
                        emphasis += 1
                    stack.append((node, kind))
                    node = child
                    continue
        following = node.next
        while following is None and stack:
            node, kind = stack.pop()
            if kind == BLOCK:
                if parts:
                    _flush(pieces, box, parts, counts)
                    counts = [0, 0, 0, 0]
                    parts = []
                    pending_break = False
                if waiting:
                    waiting.pop()
                elif box.parent is not None:
                    box = box.parent
            elif kind == LINK:
                link -= 1
            elif kind == BOLD:
                bold -= 1
            elif kind == EMPHASIS:
                emphasis -= 1
            following = node.next
        node = following
    if parts:
        _flush(pieces, box, parts, counts)


def _box(node: Node, tag: str, parent: Box | None) -> Box:
    flags = (parent.flags if parent is not None else 0) | _FLAGS.get(tag, 0)
    attributes = node.attributes
    if not attributes:
        return Box(parent, tag, flags, "", "")
    names = attributes.get("class") or ""
    ident = attributes.get("id") or ""
    if not _TELLING.isdisjoint(attributes):
        role = attributes.get("role")
        if role:
            flags |= _ROLES.get(role, 0)
        prop = attributes.get("itemprop")
        if prop and "articlebody" in prop.lower():
            flags |= IN_BODY_PROP
        style = attributes.get("style")
        if (
            (style and "none" in style and "display:none" in style.replace(" ", ""))
            or "hidden" in attributes
            or attributes.get("aria-hidden") == "true"
        ):
            flags |= IS_HIDDEN
        for key in _NAMING:
            if key in attributes:
                names = f"{names} {attributes[key]}"
    return Box(parent, tag, flags, ident, names)


def _flush(pieces: list[Piece], box: Box, parts: list[str], counts: list[int]) -> None:
    flags = box.flags
    text = parts[0] if len(parts) == 1 else "".join(parts)
    if counts[3] or flags & IN_PRE:
        text = lines.laid_out(text, preformatted=bool(flags & IN_PRE))
        if flags & IN_HEADING:
            text = lines.flat(text)
    else:
        text = " ".join(text.split())
    if not text:
        return
    if flags & IN_TABLE and len(text) <= MAX_CELL:
        row, cell = _cell(box)
        last = pieces[-1] if pieces else None
        if (
            last is not None
            and row is not None
            and last.row is row
            and last.cell is not cell
            and len(last.text) <= MAX_ROW
        ):
            last.text = lines.flat(f"{last.text} | {text}")
            last.cell = cell
            last.box = row
            last.add(counts)
            return
        piece = Piece(text, box, counts)
        piece.row, piece.cell = row, cell
        pieces.append(piece)
        return
    piece = Piece(text, box, counts)
    if counts[0] >= RUN_LINKS * len(text) and len(text) <= RUN_CHARS and not flags & IN_HEADING:
        piece.text = text = lines.flat(text)
        piece.items = [text]
        last = pieces[-1] if pieces else None
        if last is not None and last.items and _neighbours(last.box, box):
            last.items.append(text)
            last.text = f"{last.text} {text}" if len(last.text) < MAX_ROW else last.text
            last.add(counts)
            return
    pieces.append(piece)


def _neighbours(one: Box, other: Box) -> bool:
    """Whether two boxes are entries of the same list, be it directly or one wrapper down."""
    if one.tag != other.tag or one.depth != other.depth:
        return False
    parent, other_parent = one.parent, other.parent
    if parent is other_parent:
        return True
    return parent is not None and other_parent is not None and parent.parent is other_parent.parent


def _cell(box: Box) -> tuple[Box | None, Box | None]:
    """The nearest table row above, and the cell in it."""
    cell = None
    at: Box | None = box
    while at is not None and at.tag != "table":
        if at.tag in {"td", "th"}:
            cell = at
        elif at.tag == "tr":
            return at, cell
        at = at.parent
    return None, None


_TAGS: Final = {
    "h1": "h2", "h2": "h2", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3",
    "li": "li", "dt": "li", "dd": "li", "blockquote": "quote", "pre": "pre",
}  # fmt: skip


def block_tag(box: Box) -> str:
    """What a piece is to the reader: p, h2, h3, li, quote or pre; the nearest element that says so."""
    at: Box | None = box
    while at is not None and at.tag not in {"table", "article", "section", "body"}:
        if at.tag in _TAGS:
            return _TAGS[at.tag]
        at = at.parent
    return "p"


def path(box: Box) -> str:
    """The ancestors from the root down, as `tag#id.class` joined by `>`, in lower case."""
    return Paths()[box]


class Paths(dict[Box, str]):
    """The paths of boxes, each step worked out once for all blocks of a page."""

    def __missing__(self, box: Box) -> str:
        """Work out the path of a box from the nearest ancestor whose path is known."""
        steps = []
        at: Box | None = box
        while at is not None and at not in self:
            steps.append(at)
            at = at.parent
        text = self[at] if at is not None else ""
        for step in reversed(steps):
            ident = f"#{step.ident.lower()}" if step.ident else ""
            names = "." + ".".join(step.names.lower().split()) if step.names else ""
            text = f"{text}>{step.tag}{ident}{names}" if text else f"{step.tag}{ident}{names}"
            if len(text) <= MAX_PATH:
                self[step] = text
        return text
