"""The pictures of an article, with caption, credit and alternative text."""

# ruff: noqa: RUF001 - dashes and quotes as pages print them

import re

from scraper.extract.jsonld import LinkedData, first_text, resolve, tidy
from scraper.extract.parts import Parts
from scraper.extract.tags import Tags
from scraper.records import Image
from scraper.web import dom
from scraper.web.urls import absolute

MAX_IMAGES = 25
MIN_SIDE = 100
"""Pixels; pictures of the text that are smaller are icons."""

_WHOLE = re.compile(r"https?://(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,20}/[A-Za-z0-9/_.,=&?~-]{0,1500}")
_IN_FIGURE = (
    "img,figcaption,source,[class*='credit' i],[class*='copyright' i],[itemprop='copyrightHolder'],"
    "[class*='source' i]"
)

_LAZY = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-lazy",
    "data-image",
    "data-full-src",
    "data-img-url",
    "src",
)
_LAZY_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_PLACEHOLDER = re.compile(r"^data:|blank\.(?:gif|png)|placeholder|spacer|pixel\.gif|1x1", re.IGNORECASE)
_CREDIT = re.compile(
    r"(?:^|[\s(|–-])(?:©|\(c\)|foto|fotos|photo|photograph|bild|image|picture|credit|quelle|"
    r"source|imago|crédit)\s?:?\s",
    re.IGNORECASE,
)


def read_images(parts: Parts, data: LinkedData, tags: Tags, url: str) -> tuple[str | None, tuple[Image, ...]]:
    """The main picture's address, and the pictures of the article in the order of the page.

    Those are the pictures of figures, else those in the text. What JSON-LD says of the main picture fills
    in what the page does not print, and stands alone where nothing is printed.
    """
    main = tags.first("og:image:secure_url", "og:image:url", "og:image", "twitter:image", "twitter:image:src")
    address = whole_address(url, main) if main else None
    declared = [
        image
        for item in resolve(data.article.get("image"), data.by_id)[:10]
        if (image := _declared(item, url))
    ]
    if address is None and declared:
        address = declared[0].url
    pictures: dict[str, Image] = {}
    for figure in parts.figures[:MAX_IMAGES]:
        image = _of_figure(figure, url)
        if image:
            pictures.setdefault(image.url, image)
    if not pictures:
        pictures = _in_text(parts.tree, url)
    for image in declared:
        if image.caption or image.credit or not pictures:
            known = pictures.get(image.url)
            pictures[image.url] = image if known is None else _filled(known, image)
    return address, tuple(pictures.values())[:MAX_IMAGES]


def _filled(image: Image, other: Image) -> Image:
    return Image(
        url=image.url,
        caption=image.caption or other.caption,
        credit=image.credit or other.credit,
        alt=image.alt or other.alt,
    )


def _in_text(tree: dom.Tree, url: str) -> dict[str, Image]:
    """Pictures in the article that no figure holds, without icons and pixels that count visitors."""
    found: dict[str, Image] = {}
    for picture in dom.css(tree, "article img,main p img,[itemprop='articleBody'] img")[:MAX_IMAGES]:
        if any(_is_small(dom.attribute(picture, side)) for side in ("width", "height")):
            continue
        address = image_address(picture, [], url)
        if address:
            alt = tidy(dom.attribute(picture, "alt")) or None
            found.setdefault(address, Image(url=address, alt=alt))
    return found


def _is_small(size: str) -> bool:
    number = size.removesuffix("px")
    return number.isascii() and number.isdigit() and len(number) < 6 and int(number) < MIN_SIDE  # noqa: PLR2004


def _declared(item: object, url: str) -> Image | None:
    """A picture of JSON-LD: an address, or an `ImageObject` with its caption and credit."""
    if not isinstance(item, dict):
        address = whole_address(url, item) if isinstance(item, str) else None
        return Image(url=address) if address else None
    value = first_text(item.get("url")) or first_text(item.get("contentUrl"))
    address = whole_address(url, value) if value else None
    if address is None:
        return None
    credit = next(
        (
            text
            for key in ("creditText", "creditLine", "copyrightHolder", "creator", "author")
            if (text := first_text(item.get(key)))
        ),
        None,
    )
    caption = first_text(item.get("caption")) or first_text(item.get("description"))
    return Image(url=address, caption=caption, credit=credit)


def _of_figure(figure: dom.Node, url: str) -> Image | None:
    picture: dom.Node | None = None
    captions: list[dom.Node] = []
    credits_: list[dom.Node] = []
    sources: list[dom.Node] = []
    for node in dom.css(figure, _IN_FIGURE):
        if node.tag == "img":
            picture = picture or node
        elif node.tag == "source":
            sources.append(node)
        elif node.tag == "figcaption":
            captions.append(node)
        elif node.tag != "picture":
            credits_.append(node)
    if picture is None:
        return None
    address = image_address(picture, sources, url)
    if address is None:
        return None
    caption = tidy(dom.text(captions[0])[:1000]) if captions else ""
    credit = tidy(dom.text(credits_[0])[:300]) if credits_ else ""
    if credit and caption.endswith(credit):
        caption = caption[: -len(credit)].strip(" |-–·")
    elif not credit and (found := _last(caption)):
        caption, credit = caption[: found.start()].strip(" |-–·("), caption[found.start() :].strip(" |-–·()")
    return Image(
        url=address,
        caption=caption or None,
        credit=credit or None,
        alt=tidy(dom.attribute(picture, "alt")) or None,
    )


def _last(caption: str) -> re.Match[str] | None:
    found = None
    for found in _CREDIT.finditer(caption):  # noqa: B007 - the last one is wanted
        pass
    return found if found and len(caption) - found.start() < 120 else None  # noqa: PLR2004 - a credit is short


def image_address(picture: dom.Node, sources: list[dom.Node], url: str) -> str | None:
    """The address of a picture, lazy-loading undone; the widest of a set.

    Args:
        picture: The `img`.
        sources: The `source` elements beside it.
        url: The address of the page.
    """
    attributes = picture.attributes
    for name in _LAZY:
        value = (attributes.get(name) or "").strip()
        if value and not _PLACEHOLDER.search(value) and (address := whole_address(url, value)):
            return address
    for node in (picture, *sources[:8]):
        for name in _LAZY_SETS:
            wide = _widest(dom.attribute(node, name))
            if wide and not _PLACEHOLDER.search(wide) and (address := whole_address(url, wide)):
                return address
    return None


def whole_address(base: str, href: str) -> str | None:
    """`web.urls.absolute`, which such addresses as are whole and plain already need not be asked."""
    return href if _WHOLE.fullmatch(href) else absolute(base, href)


def _widest(candidates: str) -> str | None:
    """The candidate of a `srcset` with the largest width or density."""
    best: tuple[float, str] | None = None
    for candidate in re.split(r",\s+", candidates):
        parts = candidate.split()
        if not parts:
            continue
        size = parts[1][:-1] if len(parts) > 1 else "1"
        width = float(size) if re.fullmatch(r"\d{1,6}(?:\.\d{1,4})?", size) else 0.0
        if best is None or width > best[0]:
            best = (width, parts[0].rstrip(","))
    return best[1] if best else None
