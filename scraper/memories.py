"""The memories of the sites that a run is at, made of what the state knows of them; a few are kept."""

from collections import OrderedDict
from typing import Protocol

import msgspec

from scraper.clean.memory import SiteMemory, learn
from scraper.store.templates import Seen


class Templates(Protocol):
    """What is known of each site's articles: `store.Templates`, or what was sent elsewhere of it."""

    def of(self, site: str) -> list[Seen]:
        """The site's articles that count, the newest first; the same throughout a run."""
        ...


class Memories:
    """Each site's memory, as it was when the run began."""

    def __init__(self, templates: Templates, *, most: int) -> None:
        """`most` are kept at a time: as many as sites are asked side by side is enough."""
        self._templates = templates
        self._most = most
        self._kept: OrderedDict[str, tuple[SiteMemory, dict[str, int]]] = OrderedDict()
        self._learnt: set[str] = set()

    def learnt(self, site: str) -> None:
        """Say that nothing more is to be learnt of a site."""
        self._learnt.add(site)

    def of(self, site: str, key: str) -> SiteMemory | None:
        """The memory of `site` for the article from the address `key`, which never counts for itself.

        None, which costs page work nothing, where nothing is known of a site and nothing more to be learnt.
        """
        memory, places = self._known(site)
        if not memory.documents and site in self._learnt:
            return None
        place = places.get(key)
        if place is not None:
            return memory.seen_from(place)
        return msgspec.structs.replace(memory, first_of=())

    def _known(self, site: str) -> tuple[SiteMemory, dict[str, int]]:
        known = self._kept.get(site)
        if known is None:
            seen = self._templates.of(site)
            known = (
                learn([each.blocks for each in seen], for_others=True),
                {each.key: place for place, each in enumerate(seen)},
            )
            self._kept[site] = known
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        self._kept.move_to_end(site)
        return known
