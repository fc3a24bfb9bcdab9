"""The other programs of the throughput table: how each is started, and where it leaves its texts."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

SPIDER = """
import scrapy, trafilatura

class News(scrapy.Spider):
    name = "news"
    custom_settings = {
        "LOG_LEVEL": "ERROR", "ROBOTSTXT_OBEY": True, "CONCURRENT_REQUESTS": 64, "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 4, "TELNETCONSOLE_ENABLED": False,
    }

    async def start(self):
        for url in open("urls.txt"):
            yield scrapy.Request(url.strip())

    def parse(self, response):
        found = trafilatura.bare_extraction(response.text, url=response.url, with_metadata=True)
        if found:
            yield {"url": response.url, "text": found.text, "title": found.title, "date": found.date}
"""
NEWS_PLEASE = {
    "default": "Download",
    "number_of_parallel_crawlers": "2",
    "enabled_heuristics": '{"og_type": True}',
    "pass_heuristics_condition": '"og_type"',
    "check_crawler_has_urls_to_scan": "False",
    "working_path": "kept",
    "relative_to_start_processes_file": "False",
    "LOG_LEVEL": "ERROR",
    "ROBOTSTXT_OBEY": "True",
    "CONCURRENT_REQUESTS": "64",
    "ITEM_PIPELINES": "{'newsplease.pipeline.pipelines.ArticleMasterExtractor': 100, "
    "'newsplease.pipeline.pipelines.JsonFileStorage': 300}",
}
"""What is changed in the configuration that it ships."""


class Program(NamedTuple):
    """One program that fetches a list of addresses and keeps their texts."""

    name: str
    prepare: Callable[[Path, list[str], Path], None]
    """Writes what it reads into its folder, beside `urls.txt`."""
    command: tuple[str, ...]
    """Run in that folder; the first word is looked for among its environment's programs."""
    texts: Callable[[Path], Iterator[str]]


def _nothing(_folder: Path, _urls: list[str], _environment: Path) -> None:
    return


def _ours(folder: Path, _urls: list[str], _environment: Path) -> None:
    folder.joinpath("run.toml").write_text(
        "[fetch]\nallow_private = true\ndelay_s = 0.0\nconcurrency = 64\n"
        '[[output]]\npath = "articles"\n[[source]]\nname = "all"\nurls = "urls.txt"\n',
        "utf-8",
    )


def _trafilatura(folder: Path, _urls: list[str], _environment: Path) -> None:
    folder.joinpath("settings.cfg").write_text(
        "[DEFAULT]\nDOWNLOAD_TIMEOUT = 30\nMAX_FILE_SIZE = 20000000\nMIN_FILE_SIZE = 10\nSLEEP_TIME = 0\n"
        "USER_AGENTS =\nCOOKIE =\nMAX_REDIRECTS = 2\nSSRF_PROTECTION = off\nINSECURE_SSL_FALLBACK = on\n"
        "MIN_EXTRACTED_SIZE = 250\nMIN_OUTPUT_SIZE = 1\nMIN_OUTPUT_COMM_SIZE = 1\nMAX_TREE_SIZE =\n"
        "EXTRACTION_TIMEOUT = 30\nMIN_DUPLCHECK_SIZE = 100\nMAX_REPETITIONS = 2\n"
        "EXTENSIVE_DATE_SEARCH = on\nEXTERNAL_URLS = off\n",
        "utf-8",
    )


def _news_please(folder: Path, urls: list[str], environment: Path) -> None:
    shipped = next(environment.glob("lib/python3*/site-packages/newsplease/config/config.cfg"))
    text = shipped.read_text("utf-8")
    for key, value in (NEWS_PLEASE | {"working_path": str(folder / "kept")}).items():
        line = f"{key} = {value}".replace("\\", "\\\\")
        # A value may go on over lines that are indented.
        text = re.sub(rf"(?m)^{key} *=.*(?:\n(?:[ \t]+.*|\}}))*$", line, text)
    folder.joinpath("config.cfg").write_text(text, "utf-8")
    # Two lists, for its two processes.
    lists = [{"crawler": "Download", "url": urls[half::2]} for half in (0, 1)]
    folder.joinpath("sitelist.hjson").write_text(json.dumps({"base_urls": lists}), "utf-8")


def _spider(folder: Path, _urls: list[str], _environment: Path) -> None:
    folder.joinpath("spider.py").write_text(SPIDER, "utf-8")


def _fields(files: Iterable[Path], field: str) -> Iterator[str]:
    for file in files:
        for line in file.read_text("utf-8").splitlines():
            yield json.loads(line).get(field) or ""


PROGRAMS = (
    Program(
        "scraper run",
        _ours,
        ("scraper", "run", "run.toml", "--quiet"),
        lambda folder: _fields(folder.glob("articles/part-*.jsonl"), "text"),
    ),
    Program(
        "trafilatura --parallel 2 --json",
        _trafilatura,
        ("trafilatura", "-i", "urls.txt", "-o", "out", "--parallel", "2", "--json", "--with-metadata",
         "--config-file", "settings.cfg"),
        lambda folder: _fields(folder.glob("out/**/*.json"), "text"),
    ),
    Program(
        "trafilatura --parallel 2 (text only)",
        _trafilatura,
        ("trafilatura", "-i", "urls.txt", "-o", "out", "--parallel", "2", "--config-file", "settings.cfg"),
        lambda folder: (file.read_text("utf-8") for file in folder.glob("out/**/*.txt")),
    ),
    Program(
        "Scrapy + trafilatura",
        _spider,
        ("scrapy", "runspider", "spider.py", "-o", "out.jsonl"),
        lambda folder: _fields(folder.glob("out.jsonl"), "text"),
    ),
    Program(
        "news-please",
        _news_please,
        ("news-please", "-c", "."),
        lambda folder: _fields(folder.glob("kept/data/**/*.json"), "maintext"),
    ),
)  # fmt: skip
