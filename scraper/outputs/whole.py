"""One file with all articles, which is replaced whole."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from scraper.outputs.encoders import Encoder
from scraper.outputs.places import LocalPlace, Place, RemotePlace


class WholeFile:
    """A file here or elsewhere."""

    def __init__(self, path: str, encoder: Encoder, options: Mapping[str, Any], *, remote: bool) -> None:
        """Name a file; nothing is written yet.

        Raises:
            ConfigError: There is no library for its address.
        """
        self.address = path
        self._encoder = encoder
        self._place: Place
        if remote:
            folder, _, self.name = path.rpartition("/")
            self._place = RemotePlace(folder, options)
        else:
            self._place, self.name = LocalPlace(Path(path).parent), Path(path).name

    def write(self, records: Iterable[bytes]) -> None:
        """Replace its content by articles, as they are stored.

        Raises:
            OutputError: It cannot be written; an earlier file of that name is still there.
        """

        def fill(file: IO[bytes]) -> None:
            self._encoder.write(file, records)

        self._place.replace(self.name, fill)

    def write_report(self, report: bytes) -> None:
        """Put a run's report beside it."""
        self._place.write(f"{self.name}.run.json", report)
