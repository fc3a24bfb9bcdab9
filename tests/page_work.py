"""Page work that misbehaves as the page says: what worker processes must survive. The body is the order."""

import os
import signal

from scraper.backends import Result, answer
from scraper.clean import SiteMemory
from scraper.page import PageOptions
from scraper.records import Drop, Page, Reason, Stage


def obey(message: bytes) -> bytes:
    """What a worker process does with a task."""
    return answer(message, _obey)


def _obey(page: Page, _options: PageOptions, _keep: tuple[str, ...], _memory: SiteMemory | None) -> Result:
    """Do what the page says."""
    match page.body.partition(b":")[0]:
        case b"hang":
            signal.pause()
        case b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"exit":
            os._exit(7)
        case b"eat":
            _ = bytearray(1 << 30)
        case b"print":
            os.write(1, b"a library that prints")
            print("and prints")  # noqa: T201
        case b"terminate":
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGINT)
    detail = f"by {os.getpid()}"
    return Result(drop=Drop(url=page.url, stage=Stage.CLASSIFY, reason=Reason.EMPTY, detail=detail))
