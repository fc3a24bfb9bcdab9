"""One page to one article: what the page says, and what cleaning took out of it."""

from urllib.request import urlopen

from scraper import Article, extract_article
from scraper.config import CleanConfig
from scraper.demo import DemoSite
from scraper.page import PageOptions

with DemoSite() as site:  # a small newspaper on this machine; any other page will do
    url = f"{site.url}/news/tram-line-nine-15384"
    with urlopen(url) as answer:
        html = answer.read()

outcome = extract_article(html, url, options=PageOptions(clean=CleanConfig(removed=True)))
if isinstance(outcome, Article):
    print(outcome.title, "-", ", ".join(outcome.authors), "-", outcome.date_published)
    print(outcome.text[:200], "...")
    for removal in outcome.removed or ():
        print(f"removed as {removal.kind}: {removal.text[:60]}")
else:
    print("not an article:", outcome.reason, outcome.detail)
