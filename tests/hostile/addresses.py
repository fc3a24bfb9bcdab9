"""Tries every spelling of `spellings.txt` in a network of its own, where each address there is answers.

To be run in a fresh network namespace (`unshare --net`), which has no way out; it refuses to run elsewhere.
All addresses are made this machine's own, public ones too, and one server listens on all of them and notes
on which of them it was reached. Prints what it noted as JSON.
"""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from scraper.config import FetchConfig
from scraper.fetch import Fetcher
from scraper.records import Drop
from scraper.web.guard import Resolver

SPELLINGS = Path(__file__).with_name("spellings.txt")
PUBLIC = ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c")
"""Stand for the public web. Nothing leaves the namespace, so it does not matter whose they are."""

CONFIG = FetchConfig(delay_s=0.0, retries=0, host_failures=1_000_000, connect_timeout_s=5.0)
HOSTS = "hosts.example"
CHANGING = "rebind.example"


def spellings() -> list[tuple[str, str]]:
    """Each address as a link carries it, and the address that it names."""
    lines = SPELLINGS.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [(_unescaped(url), address) for url, address in pairs]


def _unescaped(text: str) -> str:
    for written, meant in ((r"\\", "\0"), (r"\t", "\t"), (r"\r", "\r"), (r"\n", "\n"), ("\0", "\\")):
        text = text.replace(written, meant)
    return text


@dataclass
class Everywhere:
    """A server on every address there is. It redirects `/to/NUMBER` to that spelling."""

    targets: Sequence[str]
    reached: list[str] = field(default_factory=list)
    """The addresses on which it was reached, one for each connection."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        self.reached.append(host.removeprefix("::ffff:") if "." in host else host)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode()
            # Each answer ends its connection, so that the next request has to connect, and to resolve, again.
            number = path.removeprefix("/to/")
            if number.isdecimal():
                location = self.targets[int(number)].encode()
                writer.write(
                    b"HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: " + location + b"\r\n\r\n"
                )
            elif path == "/robots.txt":
                writer.write(b"HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            else:
                body = b"<p>inside</p>"
                writer.write(
                    b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/html\r\n"
                    b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
                )
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def resolver(named: Sequence[str]) -> Resolver:
    """Names of `hosts.example` are public, those of `rebind.example` just the first time."""
    asked: set[str] = set()

    async def resolve(host: str) -> Sequence[str]:
        label, _, domain = host.partition(".")
        if domain == CHANGING:
            first = host not in asked
            asked.add(host)
            return PUBLIC if first else [named[int(label)]]
        if domain == HOSTS or host.endswith("news.example"):
            return PUBLIC
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        return [str(address[0]) for *_, address in found]

    return resolve


async def play() -> dict[str, object]:
    """Every spelling as an address, as a redirect, and as what a name turns into."""
    tried = spellings()
    urls, named = [url for url, _ in tried], [address for _, address in tried]
    server = Everywhere(urls)
    listening = await asyncio.start_server(server.serve, "::", 80, family=socket.AF_INET6, backlog=4_096)
    result: dict[str, object] = {"spellings": len(tried)}
    async with listening:
        ways = {
            "address": urls,
            "redirect": [f"http://{number}.{HOSTS}/to/{number}" for number in range(len(urls))],
            "rebinding": [f"http://{number}.{CHANGING}/x" for number in range(len(urls))],
        }
        for way, asked in ways.items():
            server.reached.clear()
            async with Fetcher(CONFIG, resolver=resolver(named)) as fetcher:
                outcomes = [await fetcher.get(url) for url in asked]
            reasons = [str(outcome.reason) if isinstance(outcome, Drop) else "page" for outcome in outcomes]
            result[way] = {
                "reasons": reasons,
                "connections": len(server.reached),
                "inside": [address for address in server.reached if address not in PUBLIC],
            }
        result["opened"] = await _opened(server, urls, named)
    return result


async def _opened(server: Everywhere, urls: Sequence[str], named: Sequence[str]) -> int:
    """How many addresses are reached once private ones are allowed: the server does listen there."""
    server.reached.clear()
    config = FetchConfig(delay_s=0.0, retries=0, host_failures=1_000_000, allow_private=True)
    async with Fetcher(config, resolver=resolver(named)) as fetcher:
        for url in urls:
            await fetcher.get(url)
    return len({ip_address(address) for address in server.reached} - {ip_address(each) for each in PUBLIC})


def make_everything_local() -> None:
    """Route every address to this machine.

    Raises:
        SystemExit: This is no network of its own.
    """
    if [name for _, name in socket.if_nameindex()] != ["lo"]:
        sys.exit("not in a network namespace of its own: run it under `unshare --net`")
    for command in (
        "ip link set lo up",
        "ip route add local 0.0.0.0/0 dev lo",
        "ip -6 route add local ::/0 dev lo",
    ):
        subprocess.run(command.split(), check=True)


if __name__ == "__main__":
    make_everything_local()
    print(json.dumps(asyncio.run(play())))  # noqa: T201 - what it is for
