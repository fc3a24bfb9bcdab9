"""What becomes of an extracted article, whichever door its page came in by: its place among those stored."""

import msgspec

from scraper.dedupe import Standing, article_id, standing
from scraper.duplicates import Duplicates
from scraper.records import Article, Drop, Known, Outcome, Reason, Record, Stage
from scraper.report import Journal
from scraper.report.tally import SourceTally
from scraper.store.articles import Articles
from scraper.store.near import Ruled


class Placed(Record, frozen=True, kw_only=True):
    """An article, with its place among the stored ones."""

    standing: Standing
    article: Article
    """With the identity, revision and predecessor that it is to be stored under."""
    latest: Known | None = None
    """The stored revision that it stands against, if there is one."""
    drop: Drop | None = None
    """Why it is not to be stored, where it is another's duplicate."""


def place(
    article: Article,
    articles: Articles,
    *,
    key: str,
    kept_id: str | None = None,
    run_id: str,
    list_removed: bool = False,
    duplicates: Duplicates | None = None,
) -> Placed:
    """Find the place of `article`, which came from the address with the canonical form `key`.

    Args:
        article: What page work made of the page.
        articles: The stored ones.
        key: Canonical form of the address that was asked.
        kept_id: The identity of the article that this address gave before: an address keeps it, although
            the page may name another canonical address by now.
        run_id: The run that stores it.
        list_removed: Whether the record is to list what cleaning took out.
        duplicates: What rules on copies; without it, only the first article with a text is stored.
    """
    same_text = articles.known_text(article.content_hash)
    for identity in (kept_id or article.id, article_id(article.url)):
        same_id = articles.known_id(identity)
        candidate = Known(
            id=identity,
            revision=same_id.revision + 1 if same_id else 1,
            key=key,
            content_hash=article.content_hash,
            fingerprint=article.fingerprint,
        )
        how = standing(candidate, same_id, same_text)
        if how is not Standing.FALSE_CANONICAL:
            break
    if how is Standing.DUPLICATE_TEXT and duplicates:
        same_text = duplicates.twin(article, key=key)
        how = how if same_text else Standing.NEW
    if how in {Standing.NEW, Standing.REVISION}:
        article = msgspec.structs.replace(
            article,
            removed=article.removed if list_removed else None,
            id=candidate.id,
            revision=candidate.revision,
            supersedes=same_id.content_hash if same_id else None,
            run_id=run_id,
        )
        return Placed(standing=how, article=article, latest=same_id)
    twin = same_id or same_text
    drop = None if how is Standing.UNCHANGED else _as_duplicate(article, how, twin)
    return Placed(standing=how, article=article, latest=twin, drop=drop)


def _as_duplicate(article: Article, how: Standing, twin: Known | None) -> Drop:
    return Drop(
        url=article.url,
        stage=Stage.DEDUPE,
        reason=Reason.DUPLICATE_TEXT if how is Standing.DUPLICATE_TEXT else Reason.DUPLICATE_URL,
        detail=f"the article {twin.id} from {twin.key}" if twin else "",
        http_status=article.http_status,
    )


def count_copy(ruled: Ruled, tally: SourceTally, journal: Journal, *, url: str) -> None:
    """Count an article that was stored and turned out to be a copy, and tell of it where it is taken back."""
    ruling = ruled.ruling
    if ruling.reason is None:
        tally.copies += 1
        return
    tally.take_back(ruled.article, ruling.reason)
    journal.emit(
        "taken_back",
        source=ruled.source,
        url=url,
        outcome=Outcome.DROPPED,
        reason=ruling.reason,
        detail=ruling.detail,
    )


def count_stored(article: Article, tally: SourceTally, journal: Journal, *, source: str, url: str) -> None:
    """Count an article that was stored, and tell of it."""
    tally.store(article)
    for note in article.notes:
        journal.emit("noted", source=source, url=url, detail=note)
    journal.emit(
        "link_settled",
        source=source,
        url=url,
        outcome=Outcome.STORED,
        words=article.word_count,
        title=article.title,
    )
