"""What worker processes must survive. The message is the order."""

import os
import signal


def obey(message: bytes) -> bytes:
    """Do what the message says, or give it back."""
    match message:
        case b"pid":
            return str(os.getpid()).encode()
        case b"nothing":
            return b""
        case b"hang":
            signal.pause()
        case b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"eat":
            _ = bytearray(1 << 30)
        case b"raise":
            raise ValueError("\x1b[2J")
        case b"exit":
            os._exit(7)
        case b"print":
            os.write(1, b"a library that prints")
            print("and prints")  # noqa: T201
    return message
