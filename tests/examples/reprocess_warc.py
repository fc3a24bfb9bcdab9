"""Keep what was fetched as WARC files, and make articles of it again later, without the network."""

from scraper import Config, run_batch
from scraper.demo import DemoSite
from scraper.listings import archives
from scraper.reprocess import reprocess

with DemoSite() as site:
    fetching = Config.from_dict(
        {
            "run": {"workers": 0},
            "fetch": {"delay_s": 0, "allow_private": True},  # for the demo only
            "archive": {"warc": "kept"},
            "source": [{"feeds": [f"{site.url}/feed.xml"]}],
        }
    )
    fetched = run_batch(fetching)

# A new state and a new output; with those of the run, only what changed would come, as revisions.
again = Config.from_dict({"run": {"workers": 0, "state": "again.db"}, "output": [{"path": "again"}]})
report = reprocess(list(archives(["kept"])), again)

print(f"{fetched.stored} articles from the web, {report.stored} from {len(report.sources)} WARC file")
print(f"{report.links} pages, {report.skipped} other records, {report.dropped} pages that are no article")
