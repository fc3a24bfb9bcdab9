"""The report's page in a real browser: narrow, dark, by keyboard; skipped where there is no Chromium."""

import json
import shutil
import subprocess
from html import escape
from pathlib import Path

import pytest

from tests.report.making import run, source

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

LOOK = """
const frame = document.querySelector('iframe');
frame.onload = () => {
  const page = frame.contentDocument, view = frame.contentWindow, root = page.documentElement;
  const summary = page.querySelector('details.source > summary');
  frame.focus(); summary.focus();
  const ring = view.getComputedStyle(summary).outlineStyle;
  summary.click();
  const box = page.querySelector('details.source .inside').getBoundingClientRect();
  const sticking = [...page.querySelectorAll('body *')].filter(
    one => !one.closest('.scroll') && !one.closest('svg') && !one.closest('.skip')
      && one.getBoundingClientRect().right > root.clientWidth + 1);
  const found = {
    width: root.clientWidth, scrolls: root.scrollWidth,
    sticking: sticking.map(one => one.outerHTML.slice(0, 80)),
    ring: ring, opened: box.height > 50,
    ground: view.getComputedStyle(page.body).backgroundColor,
    chart: page.querySelector('svg.columns rect.stored').getBoundingClientRect().height,
    order: [...page.querySelectorAll('a[href], summary, [tabindex]')].every(one => one.tabIndex === 0),
  };
  document.body.innerHTML = '<pre>' + JSON.stringify(found) + '</pre>';
};
"""


def looked_at(page: str, tmp_path: Path, *, width: int, dark: bool = False) -> dict[str, object]:
    """What a browser makes of the page in a window of that width."""
    frame = f'<iframe style="border:0;width:{width}px;height:900px" srcdoc="{escape(page)}"></iframe>'
    harness = tmp_path / "harness.html"
    harness.write_text(f"<!doctype html><body>{frame}<script>{LOOK}</script>", encoding="utf-8")
    scheme = ["--blink-settings=preferredColorScheme=0"] if dark else []
    command = [
        str(CHROMIUM),
        *(
            "--headless=new",
            "--hide-scrollbars",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-extensions",
        ),
        *("--disable-background-networking", "--virtual-time-budget=5000", "--window-size=1400,1000"),
        f"--user-data-dir={tmp_path / 'profile'}",
        *scheme,
        "--dump-dom",
        harness.as_uri(),
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    found: dict[str, object] = json.loads(done.stdout.partition("<pre>")[2].partition("</pre>")[0])
    return found


@pytest.fixture
def page() -> str:
    from scraper.report.webpage import report_page  # noqa: PLC0415 - not needed where the test is skipped

    long = "A paper whose name goes on and on " * 3 + "andononandonandonandonandonandonandonandonandonandon"
    unread = (f"https://{'x' * 300}.example/: timeout",)
    sources = (source(long, failures=unread), source(dropped={"listing": 3}))
    return report_page([run(number, *sources) for number in range(12, 0, -1)], title="/var/lib/news/state.db")


def test_a_narrow_window_shows_it_all_without_scrolling_sideways(page: str, tmp_path: Path) -> None:
    found = looked_at(page, tmp_path, width=360)
    assert found["width"] == 360
    assert found["scrolls"] == 360
    assert found["sticking"] == []
    assert found["opened"]
    assert found["chart"]


def test_a_dark_desktop_gets_a_dark_page_for_the_keyboard_too(page: str, tmp_path: Path) -> None:
    found = looked_at(page, tmp_path, width=1280, dark=True)
    assert found["ground"] == "rgb(18, 21, 23)"
    assert found["ring"] == "solid"
    assert found["order"]
    assert found["scrolls"] == 1280
