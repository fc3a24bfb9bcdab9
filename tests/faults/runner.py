"""A warm process that forks one child for each run, and kills it or lets its calls fail as it is told.

The libraries are loaded once; so a trial costs what its runs cost. It speaks JSON lines over its standard
input and output, and is single-threaded, so that forking it is sound.
"""

import errno
import os
import secrets
import select
import signal
import socket
import sqlite3
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

import scraper.batch
import scraper.cli
import scraper.corridor
import scraper.publish
from scraper.web.clock import SystemClock
from tests.faults.syscalls import Call, Listener, watch_me

LONGEST_S = 300.0
"""A run that takes longer hangs."""
SMALL_PART_ROWS = 3
SHORT_LOG_PAGES = 60
_connect = sqlite3.connect


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is done to a run. Calls are counted from 1, those that change a file below its folder."""

    kill_at: int | None = None
    """The call before which it is killed."""
    kill_before: str | None = None
    """The call, as it is logged, before which it is killed."""
    kill_after_s: float | None = None
    fail_at: int | None = None
    """The call that fails."""
    error: int = errno.EIO
    lasting: bool = False
    """Whether all calls after it fail as well, but for those that a full disk allows."""
    second_at: int | None = None
    """The call before which a second run is started, and waited for."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A run to be made."""

    folder: str
    log: str
    arguments: tuple[str, ...]
    now: datetime
    token: str
    """End of the run's name, in place of a random one."""
    plan: Plan = Plan()
    watched: bool = True
    warm_up: bool = False
    """Whether this process itself makes the run, to have everything loaded."""
    jump_s: float = 0.0
    """How far the wall clock is moved after `jump_after` looks at it."""
    jump_after: int = 0


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """How a run ended."""

    code: int
    """Exit code, or the negative number of the signal that ended it."""
    calls: tuple[str, ...] = ()
    hit: str | None = None
    """The call at which the plan struck."""
    second: int | None = None
    """Exit code of the second run."""
    seconds: float = 0.0
    said: str = ""
    """All of its standard error."""


class MovedClock(SystemClock):
    """A wall clock that stands still, but for one jump; monotonic time and pauses are the machine's."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._looks = 0

    def now(self) -> datetime:
        self._looks += 1
        jumped = self._looks > self._job.jump_after
        return self._job.now + timedelta(seconds=self._job.jump_s * jumped)


def _connect_with_a_short_log(*given: Any, **named: Any) -> sqlite3.Connection:
    db: sqlite3.Connection = _connect(*given, **named)
    db.execute(f"PRAGMA wal_autocheckpoint = {SHORT_LOG_PAGES}")
    return db


def _run(job: Job) -> int:
    # The two things in which runs over the same pages honestly differ: when, and under which name.
    setattr(scraper.batch, "SystemClock", lambda: MovedClock(job))  # noqa: B010 - nothing that it exports
    setattr(secrets, "token_hex", lambda _: job.token)  # noqa: B010 - as above
    # And what only a large site would bring about: parts sealed, and pages moved from the log, in mid-run.
    for module in (scraper.corridor, scraper.publish):
        setattr(module, "PART_ROWS", SMALL_PART_ROWS)  # noqa: B010 - as above
    setattr(sqlite3, "connect", _connect_with_a_short_log)  # noqa: B010 - as above
    return scraper.cli.run(list(job.arguments))


def _child(job: Job, ours: socket.socket | None) -> None:
    """Be the run."""
    code = 99
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        log = os.open(job.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(log, 1)
        os.dup2(log, 2)
        if ours:
            listener = watch_me()
            socket.send_fds(ours, [b"!"], [listener])
            os.close(listener)
        code = _run(job)
        sys.stderr.flush()
    finally:
        os._exit(code)


def _fork(job: Job) -> tuple[int, Listener | None]:
    if not job.watched:
        process = os.fork()
        if not process:
            _child(job, None)
        return process, None
    ours, theirs = socket.socketpair()
    process = os.fork()
    if not process:
        theirs.close()
        _child(job, ours)
    ours.close()
    with theirs:
        _, handles, _, _ = socket.recv_fds(theirs, 1, 1)
    return process, Listener(handles[0])


class _Watch:
    """One child while it lives."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._plan = job.plan
        self._folder = os.path.realpath(job.folder)
        self.calls: list[str] = []
        self.hit: str | None = None
        self.second: int | None = None
        self._process, self._listener = _fork(job)

    def to_the_end(self) -> int:
        """Answer its calls until it is gone; returns its exit code."""
        begun = time.monotonic()
        gone = os.pidfd_open(self._process)
        ready = select.poll()
        ready.register(gone, select.POLLIN)
        if self._listener:
            ready.register(self._listener.handle, select.POLLIN)
        deadline = begun + (LONGEST_S if self._plan.kill_after_s is None else self._plan.kill_after_s)
        while True:
            events = dict(ready.poll(max(0.0, deadline - time.monotonic()) * 1000))
            if gone in events:
                break
            if not events:
                if self._plan.kill_after_s is None:
                    self.hit = "hangs"
                else:
                    self.hit = self.hit or "time"
                os.kill(self._process, signal.SIGKILL)
                deadline = begun + LONGEST_S
            elif self._listener and events.get(self._listener.handle, 0) & select.POLLIN:
                self._answer(self._listener)
            else:
                ready.unregister(self._listener.handle if self._listener else gone)
        os.close(gone)
        _, status = os.waitpid(self._process, 0)
        if self._listener:
            self._listener.close()
        return os.waitstatus_to_exitcode(status)

    def _answer(self, listener: Listener) -> None:
        call = listener.hear()
        if call is None:
            return
        if not f"{call.path}/".startswith(f"{self._folder}/"):
            listener.go_on(call)
            return
        label = f"{call.name} {os.path.relpath(call.path, self._folder)}"
        self.calls.append(label)
        number, plan = len(self.calls), self._plan
        if number == plan.kill_at or label == plan.kill_before:
            self.hit = label
            os.kill(self._process, signal.SIGKILL)
        elif number == plan.fail_at or (plan.lasting and self.hit and _fails_too(call, plan.error)):
            self.hit = self.hit or label
            listener.fail(call, plan.error)
        else:
            if number == plan.second_at:
                self.hit = label
                second = msgspec.structs.replace(self._job, watched=False, log=f"{self._job.log}.second")
                process, _ = _fork(second)
                self.second = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
            listener.go_on(call)


def _fails_too(call: Call, error: int) -> bool:
    return error != errno.ENOSPC or not call.name.startswith(("unlink", "rename"))


def carry_out(job: Job) -> Ran:
    """Make the run that `job` describes."""
    begun = time.monotonic()
    if job.warm_up:
        return Ran(code=_run(job))
    log = Path(job.log)
    log.unlink(missing_ok=True)
    watch = _Watch(job)
    code = watch.to_the_end()
    return Ran(
        code=code,
        calls=tuple(watch.calls),
        hit=watch.hit,
        second=watch.second,
        seconds=time.monotonic() - begun,
        said=log.read_text(encoding="utf-8", errors="replace") if log.exists() else "",
    )


def main() -> None:
    """Make the runs that come in over standard input until it ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        answers.write(msgspec.json.encode(carry_out(msgspec.json.decode(line, type=Job))) + b"\n")
        answers.flush()


def utc(*parts: int) -> datetime:
    """A time of the wall clock that runs are given."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


if __name__ == "__main__":
    main()
