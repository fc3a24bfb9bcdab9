"""A run that publishes Parquet, and SQL over what it published."""

import duckdb

from scraper import Config, run_batch
from scraper.demo import DemoSite

with DemoSite() as site:
    run_batch(
        Config.from_dict(
            {
                "run": {"workers": 0},
                "fetch": {"delay_s": 0, "allow_private": True},  # for the demo only
                "output": [{"path": "articles", "format": "parquet", "partition": "date"}],
                "source": [{"sitemaps": [f"{site.url}/sitemap.xml"]}],
            }
        )
    )

query = """
    SELECT language, count(*) AS articles, sum(word_count) AS words, max(date_published) AS newest
    FROM 'articles/**/*.parquet' WHERE dup_of IS NULL GROUP BY ALL ORDER BY words DESC
"""
for language, articles, words, newest in duckdb.sql(query).fetchall():
    print(f"{language}: {articles} articles, {words} words, the newest of {newest:%Y-%m-%d}")
