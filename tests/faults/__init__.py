"""Faults put into whole runs: killed, disk full or broken, state damaged, two at once, clock moved.

`python -m tests.faults` makes the full sweep over batches of the demo newspaper and prints a table; the tests
make a short one. After each fault a plain rerun has to leave the outputs that an undisturbed run leaves, byte
for byte but for the names of runs: nothing lost, twice, torn or left lying about, and no page asked for again
whose outcome was committed.

What this proves. The kills at calls are not a sample: every call by which a run over this site changes a
file (write, pwrite64, writev, fsync, fdatasync, ftruncate, rename, mkdir, unlink) is one of the trials, and
between two such calls a kill finds the same files. The other trials are a sample. Where none of n did harm,
the share of such faults that do is below 3/n with 95 % confidence (rule of three): 200 trials without harm
leave 1.5 % open, 80 leave 3.8 %, and no number of trials leaves nothing.

The runs of the trials differ from those of a large site in that a part is full with three articles, and that
SQLite moves pages from its log after sixty: so both happen in mid-run.

What it doesn't. A killed process leaves what it has written in the cache of the kernel; of a loss of power
the tests prove only that files are synced before they get their names, and names before the state speaks of
them. Two sources whose pages come in turn are not tried: nothing promises their order. One machine's file
system is not all of them. A disk that confirms what it did not write is beyond any program. What is damaged
after a kill, before the next run, is found only where SQLite, or a record's own sum, can tell
(`scraper.store.seal`).
"""
