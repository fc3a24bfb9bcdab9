"""Site memory in whole runs: what earlier runs have seen goes, and being killed changes nothing."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import Protocol

import msgspec
import pytest

from scraper import Article, Config, run_batch
from scraper.clean import SiteMemory
from scraper.cli import run as run_verb
from scraper.memories import Memories
from scraper.records import Event, Report
from scraper.store import Store
from tests.servers import Server, page
from tests.store.making import MORNING, article, link, meet, take

CLUB = "Members of the Lantern Club read the paper an evening early and sit in the front row at talks."
WORDS = """
the old harbour and its pilots were waiting for a storm that nobody had seen before because of heavy clouds
over islands in the north where fishermen had left their boats to look after nets which children found
""".split()


def story(number: int) -> str:
    """A page whose text no other number gives, and below it what all have."""
    chance = Random(number)  # noqa: S311 - no secret
    paragraphs = [" ".join(chance.choices(WORDS, k=45)).capitalize() + "." for _ in range(6)]
    body = "".join(f"<p>{text}</p>" for text in [*paragraphs, CLUB])
    title = " ".join(chance.choices(WORDS, k=7)).capitalize()
    return (
        f"<html lang='en'><head><title>{title}</title></head><body><main><article><h1>{title}</h1>{body}"
        "</article></main></body></html>"
    )


class Run(Protocol):
    """Runs over the stories with these numbers."""

    def __call__(
        self,
        numbers: Iterable[int],
        on_event: Callable[[Event], None] | None = None,
        *,
        workers: int = 0,
    ) -> Report: ...


def with_site(folder: Path, scenario: Callable[[Run], None], **clean: bool) -> None:
    """Run the scenario while a site serves its stories."""

    async def served() -> None:
        async with Server({f"/{number}": page(story(number)) for number in range(20)}) as server:

            def run(
                numbers: Iterable[int], on_event: Callable[[Event], None] | None = None, *, workers: int = 0
            ) -> Report:
                sections = {
                    "run": {"workers": workers},
                    "fetch": {"delay_s": 0, "revisit_s": 0, "allow_private": True},
                    "clean": {"removed": True, **clean},
                    "source": [{"name": "courier", "urls": [server.url(f"/{number}") for number in numbers]}],
                }
                return run_batch(Config.from_dict(sections, base=folder), on_event=on_event)

            await asyncio.to_thread(scenario, run)

    asyncio.run(served())


def published(folder: Path) -> dict[str, Article]:
    """The articles by the last part of their address."""
    decoder = msgspec.json.Decoder(Article)
    lines = [line for part in sorted(folder.rglob("part-*.jsonl")) for line in part.read_bytes().splitlines()]
    return {made.url.rpartition("/")[2]: made for made in map(decoder.decode, lines)}


def texts(folder: Path) -> dict[str, str]:
    return {name: made.text for name, made in published(folder).items()}


def test_what_earlier_runs_saw_in_other_articles_goes(tmp_path: Path) -> None:
    def scenario(run: Run) -> None:
        assert run(range(4)).stored == 4
        assert run(range(4, 8)).stored == 4

    with_site(tmp_path, scenario)
    made = published(tmp_path)
    assert [CLUB in made[str(number)].text for number in range(8)] == [True] * 4 + [False] * 4
    for number in range(4, 8):
        removed = made[str(number)].removed or ()
        assert [(each.rule, each.text) for each in removed if each.kind == "template"] == [
            ("memory.block", CLUB)
        ]


def test_a_page_that_did_not_change_is_no_revision_although_more_is_known(tmp_path: Path) -> None:
    def scenario(run: Run) -> None:
        run(range(4))
        again = run(range(5))
        assert (again.stored, again.unchanged) == (1, 4)

    with_site(tmp_path, scenario)


def test_worker_processes_are_told_what_is_known(tmp_path: Path) -> None:
    def scenario(run: Run) -> None:
        run(range(3))
        run([3], workers=1)

    with_site(tmp_path, scenario)
    assert CLUB not in texts(tmp_path)["3"]


def test_nothing_is_learnt_where_it_is_not_wanted(tmp_path: Path) -> None:
    def scenario(run: Run) -> None:
        run(range(4))
        run(range(4, 6))

    with_site(tmp_path, scenario, site_memory=False)
    assert all(CLUB in text for text in texts(tmp_path).values())
    with Store(tmp_path / "state.db", read_only=True) as store:
        assert store.templates.of("127.0.0.1") == []


class Killed(Exception):  # noqa: N818 - it is none of the program's errors
    """The end of a run that leaves everything as it is."""


def test_a_killed_run_and_the_next_publish_what_one_would_have(tmp_path: Path) -> None:
    def undisturbed(run: Run) -> None:
        run(range(3))
        run(range(3, 8))

    def disturbed(run: Run) -> None:
        run(range(3))
        left = 3

        def on_event(event: Event) -> None:
            nonlocal left
            left -= event.event == "link_settled"
            if not left:
                raise Killed

        with pytest.raises(Killed):
            run(range(3, 8), on_event)
        run(range(3, 8))

    with_site(tmp_path / "one", undisturbed)
    with_site(tmp_path / "other", disturbed)
    assert texts(tmp_path / "one") == texts(tmp_path / "other")
    assert len(texts(tmp_path / "one")) == 8


def test_a_few_memories_are_kept_and_the_others_made_again(tmp_path: Path) -> None:
    with Store(tmp_path / "state.db") as store:
        store.begin_run("run-1", MORNING)
        for number in range(5):
            site = f"{number}.example"
            meet(store, "run-1", link(f"of {number}"), domain=site)
            [queued] = take(store, "run-1", domain=site)
            store.links.settle_article(queued, article(f"of {number}"), now=MORNING, blocks=(7, number + 10))
        store.end_run(Report(run_id="run-1", started_at=MORNING, ended_at=MORNING, exit_code=0))
        memories = Memories(store.templates, most=2)

        for _ in range(2):
            for number in range(5):
                memory = memories.of(f"{number}.example", "another")
                assert memory
                assert memory.blocks == {7: 1, number + 10: 1}
                own = memories.of(f"{number}.example", link(f"of {number}").key)
                assert own
                assert own.own == 1
        assert memories.of("unknown.example", "another") == SiteMemory()
        for site in ("unknown.example", "0.example"):
            memories.learnt(site)
        assert memories.of("unknown.example", "another") is None
        assert memories.of("0.example", "another")


# ---- explained ---------------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What was the site of four stories, with the state of a run over them in the working directory."""

    def scenario(run: Run) -> None:
        run(range(4))

    with_site(tmp_path, scenario)
    site = published(tmp_path)["0"].url.removesuffix("/0")
    told = f'</title><link rel="canonical" href="{site}/9">'
    (tmp_path / "9.html").write_text(story(9), encoding="utf-8")
    (tmp_path / "told.html").write_text(story(9).replace("</title>", told), encoding="utf-8")
    sources = '[[source]]\nname = "courier"\nurls = ["http://news.example/9"]\n'
    (tmp_path / "news.toml").write_text(sources, encoding="utf-8")
    (tmp_path / "forgetful.toml").write_text(f"[clean]\nsite_memory = false\n{sources}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return site


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["9.html", "--url", "{site}/9", "--state", "state.db"], True),
        (["told.html", "--state", "state.db"], True),
        (["told.html", "-c", "news.toml"], True),
        (["told.html"], False),
        (["told.html", "-c", "forgetful.toml"], False),
        (["9.html", "--state", "state.db"], False),
        (["9.html", "--url", "http://elsewhere.example/9", "--state", "state.db"], False),
    ],
)
def test_an_explanation_shows_what_went_for_being_repeated(
    site: str, capsys: pytest.CaptureFixture[str], arguments: list[str], *, shown: bool
) -> None:
    assert run_verb(["explain", *(argument.format(site=site) for argument in arguments)]) == 0
    told = capsys.readouterr().out
    assert ("[template]" in told) == shown
    assert ("site memory: 4 different articles of its site" in told) == shown


def test_a_page_that_was_learnt_from_does_not_count_for_itself(
    site: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("0.html").write_text(story(0), encoding="utf-8")

    assert run_verb(["explain", "0.html", "--url", f"{site}/0", "--state", "state.db"]) == 0
    told = capsys.readouterr().out
    assert "4 different articles of its site, this one among them" in told
    assert "[template]" in told


@pytest.mark.usefixtures("site")
def test_a_state_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_verb(["explain", "9.html", "--state", "none.db"]) == 2
    assert "there is no state here" in capsys.readouterr().err
