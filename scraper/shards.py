"""A run split over several machines: which of them asks which site.

A site belongs to one shard, so its politeness lives in one place. Rendezvous hashing (Thaler and Ravishankar,
"Using name-based mappings to increase hit rates", IEEE/ACM Transactions on Networking 6(1), 1998): when the
number of shards grows from n to n + 1, one site in n + 1 moves, and no other.
"""

import re
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import Self

import msgspec

from scraper.config import Config, OutputConfig, SourceConfig
from scraper.errors import ConfigError
from scraper.formats import Medium, target_of
from scraper.records import Record
from scraper.web.urls import registrable_domain

_SHARD = re.compile(r"(\d{1,6})/(\d{1,6})")
_MARKED = re.compile(r"(\d{1,6})-of-(\d{1,6})")


class Shard(Record, frozen=True, kw_only=True):
    """One of `count` parts of a run."""

    index: int
    """From 0, as Kubernetes and Airflow count."""
    count: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """The shard that `3/16` means: the fourth of sixteen.

        Raises:
            ConfigError: It means none.
        """
        found = _SHARD.fullmatch(text)
        if not found or int(found[1]) >= int(found[2]):
            raise ConfigError(f"run.shard: {text!r}: write K/N, with K from 0 to N - 1, such as 3/16")
        return cls(index=int(found[1]), count=int(found[2]))

    def owns(self, domain: str) -> bool:
        """Whether this shard asks the sites of a registrable domain."""
        weights = [_weight(domain, index) for index in range(self.count)]
        return weights[self.index] == max(weights)

    def owns_address(self, url: str) -> bool:
        """Whether this shard asks for `url`; what is no address is told of by the first one."""
        try:
            return self.owns(registrable_domain(url))
        except ValueError:
            return self.index == 0

    @property
    def mark(self) -> str:
        """What sets its files apart."""
        return f"{self.index}-of-{self.count}"


def _weight(domain: str, index: int) -> bytes:
    return blake2b(f"{index}/{domain}".encode(), digest_size=16).digest()


def sharded(config: Config) -> Config:
    """The part of a run that `config.run.shard` names: its sources, with a state and outputs of its own.

    A source belongs to the shard of its first address; the links that it announces stay with it. Of a list of
    `urls` each shard takes the addresses that are its own, so such a source is in all of them. Parts of all
    shards stand under one output: `articles/` holds `shard=3-of-16/`, and so on. It is done only once.

    Raises:
        ConfigError: `config.run.shard` names no shard.
    """
    if config.run.shard is None:
        return config
    shard = Shard.parse(config.run.shard)
    state = PurePosixPath(config.run.state)
    if state.stem.endswith(f".{shard.mark}"):
        return config
    metrics = config.run.metrics and PurePosixPath(config.run.metrics)
    return msgspec.structs.replace(
        config,
        run=msgspec.structs.replace(
            config.run,
            state=str(_marked(state, shard)),
            metrics=str(_marked(metrics, shard)) if metrics else None,
        ),
        output=tuple(_own_output(output, shard) for output in config.output),
        source=tuple(own for source in config.source if (own := _own_source(source, shard))),
    )


def _marked(path: PurePosixPath, shard: Shard) -> PurePosixPath:
    return path.with_stem(f"{path.stem}.{shard.mark}")


def states_of_shards(state: Path) -> dict[int, dict[int, Path]]:
    """The states that lie where `state` is configured: by the number of shards, then by their index."""
    found: dict[int, dict[int, Path]] = {}
    if not state.parent.is_dir():
        return found
    for path in sorted(state.parent.iterdir()):
        mark = _MARKED.fullmatch(path.name.removeprefix(f"{state.stem}.").removesuffix(state.suffix))
        if mark and path.is_file():
            shard = Shard(index=int(mark[1]), count=int(mark[2]))
            if path.name == _marked(PurePosixPath(state), shard).name and shard.index < shard.count:
                found.setdefault(shard.count, {})[shard.index] = path
    return found


def _own_output(output: OutputConfig, shard: Shard) -> OutputConfig:
    target = target_of(output.path, output.format)
    if target.format == "postgresql":
        return output  # a table takes the rows of any number of states
    if target.medium is Medium.FOLDER or target.medium is Medium.TEXTS:
        path = f"{output.path.rstrip('/')}/shard={shard.mark}"
    else:
        folder, slash, name = output.path.rpartition("/")
        stem, dot, endings = name.partition(".")
        path = f"{folder}{slash}{stem}.{shard.mark}{dot}{endings}"
    return msgspec.structs.replace(output, path=path)


def _own_source(source: SourceConfig, shard: Shard) -> SourceConfig | None:
    addresses = [
        address for address in (source.site, *source.feeds, *source.sitemaps, *source.sections) if address
    ]
    if addresses and shard.owns_address(addresses[0]):
        return source
    if not source.urls:
        return None
    return msgspec.structs.replace(source, site=None, feeds=(), sitemaps=(), sections=())
