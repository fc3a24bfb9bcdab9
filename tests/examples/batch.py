"""A batch in Python: configure, run twice, and listen to what happens."""

from scraper import Config, run_batch
from scraper.demo import DemoSite
from scraper.records import Event


def tell(event: Event) -> None:
    """Print what became of each link."""
    if event.event == "link_settled":
        print(event.outcome, event.reason or "", event.title or event.url)


with DemoSite() as site:
    config = Config.from_dict(
        {
            "run": {"workers": 0},  # work in this process; without this line in one for each core
            "fetch": {"delay_s": 0, "revisit_s": 0, "allow_private": True},  # for the demo only
            "output": [{"path": "articles"}],
            "source": [{"name": "courier", "feeds": [f"{site.url}/feed.xml"]}],
        }
    )
    first = run_batch(config, on_event=tell)
    second = run_batch(config)

print(f"first run: {first.stored} articles, {first.words} words in {', '.join(first.parts)}")
print(f"second run: {second.stored} articles, {second.requests} requests; exit code {second.exit_code}")
