"""Publishes stored articles: as sealed parts, whole files, plain texts, and rows of tables.

A folder gets parts whose name is a function of their rows, so that sealing the same rows again, after a
crash, gives the same file. A file gets all rows of the state at once, by an atomic rename. A table gets rows
together with the number of the last one, in one transaction.
"""

from scraper.outputs.encoders import Encoder, encoder
from scraper.outputs.files import write_atomically, write_file
from scraper.outputs.folders import STATE_MARK, Folder, Row, SealedPart
from scraper.outputs.places import LocalPlace, Place, place_of, require
from scraper.outputs.shapes import Shape
from scraper.outputs.tables import Table, table_of
from scraper.outputs.texts import Texts
from scraper.outputs.whole import WholeFile

__all__ = [
    "STATE_MARK",
    "Encoder",
    "Folder",
    "LocalPlace",
    "Place",
    "Row",
    "SealedPart",
    "Shape",
    "Table",
    "Texts",
    "WholeFile",
    "encoder",
    "place_of",
    "require",
    "table_of",
    "write_atomically",
    "write_file",
]
