"""The robots.txt files that were asked for, kept between runs."""

from datetime import UTC, datetime

from scraper.store.database import Database


class StoredRobots:
    """One answer for each origin."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, origin: str) -> tuple[datetime, int, bytes] | None:
        """The stored robots.txt of an origin: when it was asked for, status (0: unreachable), body."""
        rows = self._database.all("SELECT fetched_at, status, body FROM robots WHERE origin = ?", (origin,))
        if not rows:
            return None
        fetched_at, status, body = rows[0]
        return datetime.fromtimestamp(fetched_at, UTC), status, body or b""

    def put(self, origin: str, fetched_at: datetime, status: int, body: bytes) -> None:
        """Keep an origin's robots.txt."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?)",
                (origin, fetched_at.timestamp(), status, body),
            )
