"""The pictures of an article, with caption, credit and alternative text."""

# ruff: noqa: RUF001 - dashes and quotes as pages print them

import re

from scraper.extract.jsonld import LinkedData, resolve, tidy
from scraper.extract.tags import Tags
from scraper.records import Image
from scraper.web import dom
from scraper.web.urls import absolute

MAX_IMAGES = 25

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


def read_images(
    tree: dom.Tree, data: LinkedData, tags: Tags, url: str
) -> tuple[str | None, tuple[Image, ...]]:
    """The main picture's address, and all pictures of figures in the order of the page."""
    main = tags.first("og:image:secure_url", "og:image:url", "og:image", "twitter:image", "twitter:image:src")
    address = absolute(url, main) if main else None
    if address is None:
        address = next(
            (
                found
                for item in resolve(data.article.get("image"), data.by_id)
                if (found := _declared(item, url))
            ),
            None,
        )
    pictures: dict[str, Image] = {}
    for figure in dom.css(tree, "figure")[:MAX_IMAGES]:
        image = _of_figure(figure, url)
        if image:
            pictures.setdefault(image.url, image)
        if len(pictures) >= MAX_IMAGES:
            break
    return address, tuple(pictures.values())


def _declared(item: object, url: str) -> str | None:
    value = item.get("url") or item.get("contentUrl") if isinstance(item, dict) else item
    return absolute(url, value) if isinstance(value, str) else None


def _of_figure(figure: dom.Node, url: str) -> Image | None:
    picture = dom.first(figure, "img")
    if picture is None:
        return None
    address = image_address(picture, figure, url)
    if address is None:
        return None
    caption_node = dom.first(figure, "figcaption")
    caption = tidy(dom.text(caption_node)[:1000]) if caption_node is not None else ""
    credit_node = dom.first(
        figure,
        "[class*='credit' i],[class*='copyright' i],[itemprop='copyrightHolder'],"
        "[class*='source' i]:not(source):not(picture):not(img)",
    )
    credit = tidy(dom.text(credit_node)[:300]) if credit_node is not None else ""
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


def image_address(picture: dom.Node, figure: dom.Node, url: str) -> str | None:
    """The address of a picture, lazy-loading undone; the widest of a set."""
    for name in _LAZY:
        value = dom.attribute(picture, name)
        if value and not _PLACEHOLDER.search(value) and (address := absolute(url, value)):
            return address
    nodes = [picture, *dom.css(figure, "source")[:8]]
    for node in nodes:
        for name in _LAZY_SETS:
            wide = _widest(dom.attribute(node, name))
            if wide and not _PLACEHOLDER.search(wide) and (address := absolute(url, wide)):
                return address
    return None


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
