"""Clean texts that you have already: JSON lines in, JSON lines out, everything but the text untouched."""

import json
from pathlib import Path

from scraper import clean_text

RECORDS = [
    {"id": 1, "body": "The council met.\n\nSign up for our daily newsletter\n\nIt will meet again in May."},
    {
        "id": 2,
        "body": "Please verify you're not a robot by clicking the box.\n\nThe ferry is back in service.",
    },
]
Path("corpus.jsonl").write_text("".join(json.dumps(record) + "\n" for record in RECORDS), encoding="utf-8")

with open("corpus.jsonl", encoding="utf-8") as lines, open("clean.jsonl", "w", encoding="utf-8") as out:
    for line in lines:
        record = json.loads(line)
        cleaned = clean_text(record["body"])
        record["body"] = cleaned.text
        out.write(json.dumps(record) + "\n")
        for removal in cleaned.removed:
            print(f"{record['id']}: {removal.kind}: {removal.text}")

print(Path("clean.jsonl").read_text(encoding="utf-8"))
