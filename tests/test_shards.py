"""A run in parts: every site in exactly one, nothing in two, the parts together what the whole would be."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper import Article, Config, run_batch
from scraper.errors import ConfigError
from scraper.records import Report
from scraper.shards import Shard, sharded
from tests.servers import Server, page

DOMAINS = [f"paper-{number}.example" for number in range(3_000)]

counts = st.integers(1, 40)


def owner(domain: str, count: int) -> int:
    owners = [index for index in range(count) if Shard(index=index, count=count).owns(domain)]
    assert len(owners) == 1
    return owners[0]


@given(st.text(max_size=40), counts)
def test_every_domain_belongs_to_exactly_one_shard(domain: str, count: int) -> None:
    owner(domain, count)


@given(st.text(max_size=40), counts)
def test_one_more_shard_takes_domains_for_itself_only(domain: str, count: int) -> None:
    assert owner(domain, count + 1) in {owner(domain, count), count}


def test_shards_are_of_about_one_size() -> None:
    sizes = [sum(Shard(index=index, count=8).owns(domain) for domain in DOMAINS) for index in range(8)]
    assert sum(sizes) == len(DOMAINS)
    assert min(sizes) > 300
    assert max(sizes) < 450


@pytest.mark.parametrize("text", ["16/16", "3", "a/b", "-1/4", "1/0", "1/4 "])
def test_a_shard_that_there_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"run\.shard"):
        sharded(Config.from_dict({"run": {"shard": text}}))


def configured(shard: str) -> Config:
    return Config.from_dict(
        {
            "run": {"shard": shard, "state": "kept/state.db", "metrics": "kept/news.prom"},
            "output": [{"path": "articles"}, {"path": "all.jsonl.gz"}, {"path": "postgresql://db/news"}],
            "source": [{"name": domain, "feeds": [f"https://www.{domain}/feed"]} for domain in DOMAINS[:20]]
            + [{"name": "mixed", "site": "https://mixed.example/", "urls": ["https://paper-1.example/a"]}],
        }
    )


def test_a_shard_has_a_state_and_outputs_of_its_own() -> None:
    config = sharded(configured("3/16"))
    assert config.run.state == "kept/state.3-of-16.db"
    assert config.run.metrics == "kept/news.3-of-16.prom"
    assert [output.path for output in config.output] == [
        "articles/shard=3-of-16",
        "all.3-of-16.jsonl.gz",
        "postgresql://db/news",
    ]
    assert sharded(config) == config


def test_a_source_goes_to_one_shard_and_a_list_to_all() -> None:
    shards = [sharded(configured(f"{index}/4")) for index in range(4)]
    names = [source.name for config in shards for source in config.source if source.name != "mixed"]
    assert sorted(map(str, names)) == sorted(DOMAINS[:20])
    mixed = [source for config in shards for source in config.source if source.name == "mixed"]
    assert len(mixed) == 4
    assert sum(source.site is not None for source in mixed) == 1


TEXT = "".join(
    f"<p>Sentence {number} tells at some length how the ferry of that town was mended and by whom.</p>"
    for number in range(12)
)


def test_the_shards_of_a_list_ask_together_for_all_of_it_once(tmp_path: Path) -> None:
    async def with_server() -> tuple[list[Report], list[str]]:
        body = f"<html><body><article><h1>Ferry</h1>{TEXT}</article></body></html>"
        async with Server({"*": page(body)}) as server:
            # One host, so one shard has everything and the others end well with nothing.
            urls = [server.url(f"/{number}") for number in range(3)]
            reports = [
                await asyncio.to_thread(run_batch, listed(urls, index, tmp_path)) for index in range(3)
            ]
            return reports, server.paths()

    reports, asked = asyncio.run(with_server())
    assert sorted(report.links for report in reports) in ([0, 0, 4], [0, 1, 3])
    assert {report.exit_code for report in reports} == {0}
    assert sorted(asked) == ["/0", "/1", "/2"]
    parts = tmp_path.glob("articles/shard=*/part-*.jsonl")
    texts = [
        msgspec.json.decode(line, type=Article) for part in parts for line in part.read_bytes().splitlines()
    ]
    assert len(texts) == 1  # the others are its twins


def listed(urls: list[str], index: int, folder: Path) -> Config:
    return Config.from_dict(
        {
            "run": {"shard": f"{index}/3", "state": str(folder / "state.db"), "workers": 0},
            "fetch": {"delay_s": 0.0, "allow_private": True},
            "output": [{"path": str(folder / "articles")}],
            "source": [{"name": "all", "urls": [*urls, "no address"]}],
        }
    )
