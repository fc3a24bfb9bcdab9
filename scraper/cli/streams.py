"""Standard input, output and error, whatever the caller made of them: closed, full, ASCII only, or left."""

import os
import sys
from io import TextIOWrapper
from typing import Final

STREAMS: Final = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))
"""By the numbers that their files have."""


def settle_streams() -> None:
    """Have three streams that can be read and written, whatever the locale.

    Where the caller closed one (`>&-`) nothing comes and what is written goes nowhere; without that, the
    next file to be opened, such as the state, would get its number. What an encoding lacks is written as an
    escape.
    """
    for number, (name, mode) in enumerate(STREAMS):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - stays
        stream = getattr(sys, name)
        if mode == "w" and isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def drop_output() -> None:
    """Have what Python still flushes go nowhere: it would try once more at its end, and end with 120."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
