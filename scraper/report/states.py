"""What `report` and `status` tell of: one state, or those of all shards as if they were one.

The shards of a run begin and end when they like, with ids of their own. So the last run of each counts as the
last run of the whole, the last but one of each as the last but one, and so on.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain, zip_longest
from pathlib import Path

import msgspec

from scraper.config import HealthConfig
from scraper.errors import InputError, StateError
from scraper.records import Report
from scraper.report.combined import combined
from scraper.report.past import PastRun
from scraper.shards import Shard, states_of_shards
from scraper.store import ShardStatus, Status, Store

SHOWN_RUNS, SHOWN_GIVEN_UP = 5, 20


class States:
    """The states that belong together."""

    def __init__(self, path: Path, shards: Mapping[int, Path], count: int, health: HealthConfig) -> None:
        """`shards` are the states by index; none for the state of `path` alone."""
        self.path = path
        self.count = count
        self._shards = shards
        self._health = health

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where they lie, in the order of the shards."""
        return tuple(path for _, path in sorted(self._shards.items())) if self.count else (self.path,)

    @property
    def missing(self) -> tuple[str, ...]:
        """Shards that have no state, such as 3/16."""
        return tuple(f"{index}/{self.count}" for index in range(self.count) if index not in self._shards)

    def report(self, run: str | None = None) -> Report:
        """The last run, or the one whose id begins so.

        Raises:
            InputError: There is none.
            StateError: A state cannot be read; of shards, all of them.
        """
        found = next(iter(self.reports(run, limit=1)), None)
        if not found:
            raise InputError(f"{self.path}: no run {run!r}" if run else f"{self.path}: no run has ended yet")
        return found

    def reports(self, run: str | None = None, *, limit: int) -> list[Report]:
        """The last runs, the newest first: those up to the one whose id begins so.

        Raises:
            StateError: As `report`.
        """
        if not self.count:
            with Store(self.path, read_only=True) as store:
                return _reports(store, run, limit=limit)
        runs: dict[int, list[Report]] = {}
        faults: dict[int, str] = {}
        for index, path in self._shards.items():
            try:
                with Store(path, read_only=True) as store:
                    runs[index] = _reports(store, run, limit=limit)
            except StateError as error:
                faults[index] = str(error)
        whole = [self._whole(filter(None, some)) for some in zip_longest(*runs.values())]
        if not whole and faults:
            raise StateError("; ".join(faults.values()))
        if whole and not run:
            whole[0] = self._with_missing(whole[0], runs, faults)
        return whole

    def past(self, run: str | None = None, *, limit: int) -> Sequence[Report | PastRun]:
        """As `reports`, with no more of each than a baseline asks for.

        Raises:
            InputError: There is none.
            StateError: As `report`.
        """
        found = self.report(run)
        if self.count:
            return self.reports(run, limit=limit)
        with Store(self.path, read_only=True) as store:
            return list(store.reports(PastRun, limit=limit, until=found.started_at))

    def _whole(self, reports: Iterable[Report]) -> Report:
        reports = list(reports)
        began = min(report.started_at for report in reports)
        return combined(
            reports,
            self._health,
            run_id=f"{began:%Y%m%dT%H%M%SZ}-of-{self.count}",
            started_at=began,
            ended_at=max(report.ended_at for report in reports),
        )

    def _with_missing(
        self, whole: Report, runs: Mapping[int, list[Report]], faults: Mapping[int, str]
    ) -> Report:
        """What it says besides where shards have no report: something of the whole may be missing."""
        missing = tuple(
            f"shard {index}/{self.count}: {faults.get(index, 'no run has ended yet')}"
            for index in range(self.count)
            if not runs.get(index)
        )
        if not missing:
            return whole
        return msgspec.structs.replace(
            whole, missed=(*missing, *whole.missed), exit_code=whole.exit_code or 1
        )

    def status(self) -> Status:
        """What is held, and what waits.

        Raises:
            StateError: The state cannot be read; of shards, each says so for itself.
        """
        if not self.count:
            with Store(self.path, read_only=True) as store:
                return store.status(runs=SHOWN_RUNS, given_up=SHOWN_GIVEN_UP)
        found: list[Status] = []
        shards = [
            _shard_status(f"{index}/{self.count}", self._shards.get(index), found)
            for index in range(self.count)
        ]
        return Status(
            path=str(self.path),
            articles=sum(each.articles for each in found),
            revisions=sum(each.revisions for each in found),
            queued=sum(each.queued for each in found),
            sources=_sources(found),
            deferred=_deferred(found),
            gave_up=sum(each.gave_up for each in found),
            given_up=_in_turn(each.given_up for each in found)[:SHOWN_GIVEN_UP],
            runs=tuple(
                self._whole(filter(None, some)) for some in zip_longest(*(each.runs for each in found))
            ),
            shards=tuple(shards),
        )


def _shard_status(name: str, path: Path | None, found: list[Status]) -> ShardStatus:
    """That of a shard; what is known in full is added to `found`."""
    if path is None:
        return ShardStatus(shard=name)
    try:
        with Store(path, read_only=True) as store:
            status = store.status(runs=SHOWN_RUNS, given_up=SHOWN_GIVEN_UP)
    except StateError as error:
        return ShardStatus(shard=name, path=str(path), error=str(error))
    found.append(status)
    return ShardStatus(
        shard=name,
        path=str(path),
        articles=status.articles,
        queued=status.queued,
        gave_up=status.gave_up,
        last=status.runs[0] if status.runs else None,
    )


def _reports(store: Store, run: str | None, *, limit: int) -> list[Report]:
    found = store.report(run)
    return list(store.reports(Report, limit=limit, until=found.started_at)) if found else []


def _sources(found: Iterable[Status]) -> tuple[tuple[str, int, int, int], ...]:
    added: dict[str, tuple[int, int, int]] = {}
    for name, *figures in chain.from_iterable(status.sources for status in found):
        links, waiting, articles = (
            one + other for one, other in zip(added.get(name, (0, 0, 0)), figures, strict=True)
        )
        added[name] = (links, waiting, articles)
    return tuple((name, *figures) for name, figures in sorted(added.items()))


def _deferred(found: Iterable[Status]) -> tuple[tuple[str, int], ...]:
    added: dict[str, int] = {}
    for reason, count in chain.from_iterable(status.deferred for status in found):
        added[reason] = added.get(reason, 0) + count
    return tuple(sorted(added.items(), key=lambda item: (-item[1], item[0])))


def _in_turn(rows: Iterable[tuple[tuple[str, str], ...]]) -> tuple[tuple[str, str], ...]:
    """The first of each, then the second of each, and so on."""
    return tuple(filter(None, chain.from_iterable(zip_longest(*rows))))


def states_at(path: Path, health: HealthConfig) -> States:
    """What lies where a state is configured: the state itself, or those of shards.

    Where both do, or those of another number of shards, it is those in which a run ended last.

    Raises:
        InputError: There is none.
    """
    found = [States(path, {}, 0, health)] if path.is_file() else []
    found += [States(path, shards, count, health) for count, shards in states_of_shards(path).items()]
    if not found:
        raise InputError(f"{path}: there is no state here; the first `scraper run` makes it")
    return max(found, key=_last_run) if len(found) > 1 else found[0]


def _last_run(states: States) -> datetime:
    try:
        reports = states.reports(limit=1)
    except StateError:
        reports = []
    return max((report.ended_at for report in reports), default=datetime.min.replace(tzinfo=UTC))


def shard_state(path: Path, shard: str) -> Path:
    """The state of one shard, `3/16`.

    Raises:
        ConfigError: There cannot be such a shard.
        InputError: There is no state of it.
    """
    wanted = Shard.parse(shard)
    found = states_of_shards(path).get(wanted.count, {}).get(wanted.index)
    if not found:
        raise InputError(f"{path}: there is no state of shard {shard} here; its first run makes it")
    return found
