"""A PostgreSQL server and an object store of our own, on this machine, for the time of a test."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """The address of an empty database; from Debian's package, as a user that is not root."""
    pytest.importorskip("psycopg")
    programs = max(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), default=None)
    if not programs:
        pytest.skip("no PostgreSQL server on this machine")
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="scraper-pg-"))

    def call(program: str, *arguments: str) -> None:
        subprocess.run(
            [*as_user, str(programs.with_name(program)), *arguments],
            check=True,
            capture_output=True,
            timeout=60,
        )

    try:
        if as_user:
            shutil.chown(folder, "postgres")
        data = str(folder / "data")
        call("initdb", "-D", data, "-U", "scraper", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
        options = f"-k {folder} -c listen_addresses= -c fsync=off -c shared_buffers=16MB"
        call("pg_ctl", "start", "-w", "-D", data, "-l", str(folder / "log"), "-o", options)
        try:
            yield "postgresql:///postgres?" + urlencode({"host": str(folder), "user": "scraper"})
        finally:
            call("pg_ctl", "stop", "-D", data, "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def object_store(bucket: str) -> Iterator[dict[str, str]]:
    """The options under which s3:// is a store of our own, which has an empty bucket."""
    pytest.importorskip("s3fs")
    server_of_moto = pytest.importorskip("moto.server")
    server = server_of_moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        _, port = server.get_host_and_port()
        endpoint = f"http://127.0.0.1:{port}"
        # Servers of one process share their buckets.
        httpx.post(f"{endpoint}/moto-api/reset").raise_for_status()
        options = {"endpoint_url": endpoint, "key": "test", "secret": "test"}
        import s3fs  # noqa: PLC0415 - an extra

        s3fs.S3FileSystem(**options).mkdir(bucket)
        yield options
    finally:
        server.stop()
