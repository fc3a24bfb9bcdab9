"""Publishes what the state holds: each article revision once in every configured output."""

from contextlib import closing
from pathlib import Path

import msgspec

from scraper.config import OUTPUT_SUFFIXES, Config
from scraper.outputs import Folder, SealedPart, write_atomically, write_file
from scraper.records import Report
from scraper.store import Part, Store
from scraper.web.clock import Clock

PART_ROWS = 10_000
"""Most rows of a part, and rows after which one is sealed although the run goes on."""


class Publisher:
    """The configured outputs, and what the state says they have."""

    def __init__(self, config: Config, store: Store, run_id: str, clock: Clock) -> None:
        self._store = store
        self._run_id = run_id
        self._clock = clock
        self._folders: dict[str, Folder] = {}
        self._files: dict[str, Path] = {}
        for output in config.output:
            name = output.name or output.path
            if output.path.endswith(OUTPUT_SUFFIXES):
                self._files[name] = Path(output.path)
            else:
                self._folders[name] = Folder(Path(output.path), state_id=store.id)

    def open(self) -> None:
        """Take the marks of success away."""
        for folder in self._folders.values():
            folder.open_run()

    def clear_unknown(self) -> None:
        """Clear away what a killed run left and did not record."""
        for name, folder in self._folders.items():
            folder.clear_unknown(self._store.articles.part_names(name))

    def seal(self) -> list[tuple[str, int]]:
        """Publish what is stored and not yet published; returns each file with its new rows."""
        sealed = []
        for name, folder in self._folders.items():
            while part := self._seal_one(folder, name):
                self._record(Part(output=name, **msgspec.structs.asdict(part)))
                sealed.append((str(folder.path / part.name), part.rows))
        for name, path in self._files.items():
            new = [row.seq for row in self._store.articles.unpublished(name, limit=-1)]
            if new:
                with closing(self._store.articles.rows()) as rows:
                    write_file(path, (row.record for row in rows))
                mark = f"{path.name}@{new[-1]}"
                self._record(Part(output=name, name=mark, first_seq=new[0], last_seq=new[-1], rows=len(new)))
                sealed.append((str(path), len(new)))
        return sealed

    def _seal_one(self, folder: Folder, name: str) -> SealedPart | None:
        # Closed here, so that a disk that is full leaves no query open behind it.
        with closing(self._store.articles.unpublished(name, limit=PART_ROWS)) as rows:
            return folder.seal((row.seq, row.record) for row in rows)

    def close(self, report: Report) -> None:
        """Write the run's report beside what it published, then the mark of success."""
        data = msgspec.json.format(msgspec.json.encode(report), indent=2)
        for folder in self._folders.values():
            folder.close_run(report.run_id, data, complete=report.stopped is None)
        for path in self._files.values():
            write_atomically(path.with_name(path.name + ".run.json"), data)

    def _record(self, part: Part) -> None:
        self._store.articles.add_part(part, run_id=self._run_id, now=self._clock.now())
