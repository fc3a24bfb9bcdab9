"""Asks before each system call of a process that changes a file: seccomp's user notifications.

Needs no privileges and no tool: a process installs a filter over itself and hands on a descriptor, by which
another process is told of each call before it is made, and decides: go on, fail with this error, or (by a
signal) never come back (`seccomp(2)`, `seccomp_unotify(2)`; Linux 5.9 or later). SQLite's own calls are met
like those of Python.
"""

import ctypes
import errno
import fcntl
import os
import platform
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

NUMBERS = {
    # from the kernel's tables: arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h
    "x86_64": {
        "write": 1,
        "pwrite64": 18,
        "writev": 20,
        "fsync": 74,
        "fdatasync": 75,
        "ftruncate": 77,
        "rename": 82,
        "mkdir": 83,
        "unlink": 87,
        "unlinkat": 263,
        "renameat": 264,
        "renameat2": 316,
    },
    "aarch64": {
        "mkdirat": 34,
        "unlinkat": 35,
        "renameat": 38,
        "ftruncate": 46,
        "write": 64,
        "writev": 66,
        "pwrite64": 68,
        "fsync": 82,
        "fdatasync": 83,
        "renameat2": 276,
    },
}
SECCOMP = {"x86_64": 317, "aarch64": 277}
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

PR_SET_NO_NEW_PRIVS = 38
SET_MODE_FILTER = 1
NEW_LISTENER = 8
ASK = 0x7FC00000
ALLOW = 0x7FFF0000
NOTIFICATION = struct.Struct("=QIIiIQ6Q")
ANSWER = struct.Struct("=QqiI")
RECEIVE = 0xC0000000 | NOTIFICATION.size << 16 | 0x21 << 8
SEND = 0xC0000000 | ANSWER.size << 16 | 0x21 << 8 | 1
GO_ON = 1
PATH_MAX = 4096


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


@dataclass(frozen=True)
class Call:
    """A call that is about to be made."""

    number: int
    """By which it is answered."""
    name: str
    path: str
    """Of the file that it would change, as far as that can be told."""


def watch_me() -> int:
    """Let this process, and those it starts, be watched from here on; returns the listener's descriptor."""
    machine = platform.machine()
    numbers = list(NUMBERS[machine].values())
    # Classic BPF over struct seccomp_data: the architecture at 4, the number of the call at 0.
    steps = [(0x20, 0, 0, 4), (0x15, 1, 0, AUDIT_ARCH[machine]), (0x06, 0, 0, ALLOW), (0x20, 0, 0, 0)]
    steps += [(0x15, len(numbers) - place, 0, number) for place, number in enumerate(numbers)]
    steps += [(0x06, 0, 0, ALLOW), (0x06, 0, 0, ASK)]
    program = _Program(len(steps), b"".join(struct.pack("=HBBI", *step) for step in steps))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    listener = libc.syscall(SECCOMP[machine], SET_MODE_FILTER, NEW_LISTENER, ctypes.byref(program))
    if listener < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return int(listener)


class Listener:
    """The other end: hears of the calls and answers them."""

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self._names = {number: name for name, number in NUMBERS[platform.machine()].items()}

    def close(self) -> None:
        """Hear no more; calls that are made then fail."""
        os.close(self.handle)

    def hear(self) -> Call | None:
        """The next call; None where its process is gone already."""
        buffer = bytearray(NOTIFICATION.size)
        try:
            fcntl.ioctl(self.handle, RECEIVE, buffer)
        except OSError as error:
            if error.errno == errno.ENOENT:
                return None
            raise
        number, process, _, call, _, _, *arguments = NOTIFICATION.unpack(buffer)
        name = self._names[call]
        return Call(number, name, _path(process, name, arguments))

    def go_on(self, call: Call) -> None:
        """Let it be made."""
        self._answer(ANSWER.pack(call.number, 0, 0, GO_ON))

    def fail(self, call: Call, code: int) -> None:
        """Let it fail with this error, without being made."""
        self._answer(ANSWER.pack(call.number, 0, -code, 0))

    def _answer(self, answer: bytes) -> None:
        try:
            fcntl.ioctl(self.handle, SEND, answer)
        except OSError as error:
            if error.errno != errno.ENOENT:  # killed meanwhile
                raise


def _path(process: int, name: str, arguments: list[int]) -> str:
    try:
        if name in {"rename", "unlink", "mkdir"}:
            return _text(process, arguments[0])
        if name in {"mkdirat", "renameat", "renameat2", "unlinkat"}:
            return _text(process, arguments[1])
        return str(Path(f"/proc/{process}/fd/{arguments[0]}").readlink())
    except OSError:  # gone, or no file
        return ""


def _text(process: int, address: int) -> str:
    with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:  # noqa: PTH123 - no path of a file
        memory.seek(address)
        # Up to the end of the page of memory: behind it there may be nothing.
        data = memory.read(PATH_MAX - address % PATH_MAX)
        if b"\0" not in data:
            data += memory.read(PATH_MAX)
    return os.fsdecode(data.partition(b"\0")[0])


def unavailable() -> str | None:
    """Why processes cannot be watched here; None where they can."""
    if sys.platform != "linux" or platform.machine() not in NUMBERS:
        return f"needs Linux on x86-64 or arm64, not {sys.platform} on {platform.machine()}"
    ended = subprocess.run(
        [sys.executable, "-c", "from tests.faults.syscalls import watch_me; watch_me()"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(part or "." for part in sys.path)},
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if ended.returncode:
        return "needs seccomp user notifications (Linux 5.9), which this system forbids or lacks"
    return None
