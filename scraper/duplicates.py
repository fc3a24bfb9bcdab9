"""What is done about articles that tell what another one tells already, by `[dedupe]`.

The same text under another address of the same site is dropped: it is one page under two names. What another
site prints, word for word or nearly so, is linked to its original, dropped or kept, as configured.
"""

from collections.abc import Iterator

from scraper.config import DedupeConfig
from scraper.dedupe import likeness
from scraper.records import Article, Known, Reason, Sketch
from scraper.store.near import TOGETHER, Copy, Near, Original, Place, Ruled, Ruling, Waiting
from scraper.web.urls import registrable_domain


class Duplicates:
    """Rules on articles by what is stored."""

    def __init__(self, config: DedupeConfig, near: Near) -> None:
        self._action = config.action
        self._threshold = config.threshold
        self._near = near

    @property
    def active(self) -> bool:
        """Whether stored articles are to wait, with their sketches, to be ruled on."""
        return self._action != "keep"

    def twin(self, article: Article, *, key: str) -> Known | None:
        """The article that makes this one needless: it has the same text, and comes first anyway."""
        if not self.active:
            return None
        place = Place.of(article, key=key)
        copies = self._near.copies(article.content_hash, but=article.id)
        earlier = [copy for copy in copies if copy.place is None or copy.place < place]
        twin = self._dropped_for(earlier, key)
        if twin is None:
            return None
        return Known(
            id=twin.id,
            revision=1,
            key=twin.key,
            content_hash=article.content_hash,
            fingerprint=article.fingerprint,
        )

    def rule(self, *, most: int = TOGETHER) -> Iterator[list[Ruled]]:
        """Rule on all articles that wait, `most` at a time; gives the copies among them."""
        while (ruled := self._near.rule(self._judged, most=most)) is not None:
            yield ruled

    def _judged(self, waiting: Waiting) -> Ruling:
        if not waiting.new and self._near.is_original(waiting.id):
            # Published as an original, and named by its copies: it stays one.
            return Ruling()
        copies = [
            copy for copy in self._near.copies(waiting.content_hash, but=waiting.id) if copy.place is None
        ]
        if copies:
            # What changed a known article is not dropped: who has the older text is to get the newer one.
            twin = self._dropped_for(copies, waiting.key) if waiting.new else None
            if twin:
                return Ruling(reason=Reason.DUPLICATE_TEXT, detail=named(twin.id, twin.key))
            return Ruling(original=copies[0].original, cluster=copies[0].cluster)
        near = self._nearest(waiting.sketch)
        if near is None:
            return Ruling()
        if self._action == "drop" and waiting.new:
            return Ruling(reason=Reason.DUPLICATE_NEAR, detail=named(near.id, self._near.key_of(near.id)))
        return Ruling(original=near.id, cluster=near.cluster)

    def _dropped_for(self, copies: list[Copy], key: str) -> Copy | None:
        """The one of the earlier copies of a text for which it is not published at the address once more."""
        site = registrable_domain(key)
        same_site = (
            copy for copy in copies if self._action == "drop" or registrable_domain(copy.key) == site
        )
        return next(same_site, None)

    def _nearest(self, sketch: Sketch) -> Original | None:
        """The earliest original that a text is near to."""
        near = (
            original
            for original in self._near.alike(sketch.keys)
            if likeness(sketch, original.sketch).reaches(self._threshold)
        )
        return min(near, key=lambda original: original.cluster, default=None)


def named(article_id: str, key: str) -> str:
    """How a drop names the article for which it was dropped."""
    return f"the article {article_id} from {key}"
