"""`scraper clean`: what goes in, what comes out, and what is said of the rest."""

import gzip
import io
import json
import os
import tracemalloc
from pathlib import Path

import pytest

from scraper.cli import run
from scraper.cli.documents import text_inputs

TEXT = (
    "The council met on Tuesday to discuss the repair of the sea wall, which has been closed since February, "
    "and agreed to start the work in the spring, when the weather is better."
)
AD = "Sign up for our daily newsletter"
DIRTY = f"{TEXT}\n\n{AD}\n"


class Stdin:
    """Standard input with the bytes given."""

    def __init__(self, body: bytes) -> None:
        self.buffer = io.BytesIO(body)


def lines_of(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_json_lines_keep_their_order_and_everything_but_the_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "corpus.jsonl"
    record = '{"id":1.10,"body":%s,"big":123456789012345678901234567890,"tags":[1, {"a":  null}]}'
    path.write_text(f"{record % json.dumps(DIRTY)}\n{record % json.dumps(TEXT)}\n", encoding="utf-8")

    assert run(["clean", str(path), "--field", "body"]) == 0

    assert capsys.readouterr().out == f"{record % json.dumps(TEXT)}\n" * 2


def test_the_field_of_json_lines_is_text_unless_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "corpus.ndjson.gz"
    path.write_bytes(gzip.compress(json.dumps({"text": DIRTY}).encode()))

    assert run(["clean", str(path)]) == 0

    assert lines_of(capsys.readouterr().out) == [{"text": TEXT}]


def test_lines_that_are_none_are_named_by_their_number_and_the_rest_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "corpus.jsonl"
    broken = [
        "\ufeff" + json.dumps({"text": DIRTY}),
        "{",
        "[1]",
        '{"title":"x"}',
        '{"text":7}',
        "",
        '{"text":%s}' % ("[" * 100_000 + "]" * 100_000),
        '{"a":1,  "t":"caf\udce9"}',
    ]
    path.write_bytes(
        "\n".join([*broken, json.dumps({"text": AD}), json.dumps({"text": TEXT})]).encode(
            "utf-8", "surrogateescape"
        )
    )

    assert run(["clean", str(path), "-o", str(tmp_path / "out.jsonl")]) == 1

    # Each line of the input is one of the output; what could not be cleaned is as it was.
    before, after = path.read_bytes().split(b"\n"), (tmp_path / "out.jsonl").read_bytes().splitlines()
    assert after[1:8] == before[1:8]
    assert list(map(json.loads, [after[0], *after[8:]])) == [{"text": TEXT}, {"text": ""}, {"text": TEXT}]
    told = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[1] for line in told] == [f"{path}:{number}" for number in (2, 3, 4, 5, 7, 8, 9)]
    assert "nothing is left" in told[-1]


def test_half_a_pair_of_utf_16_in_an_escape_is_replaced_and_the_line_is_cleaned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "corpus.jsonl"
    text = json.dumps(DIRTY)
    path.write_text('{"text":' + text + r',"a":"\ud800 \\ud800 \ud83d\ude00 \udE00"}', encoding="utf-8")

    assert run(["clean", str(path)]) == 0

    assert lines_of(capsys.readouterr().out) == [{"text": TEXT, "a": "\ufffd \\ud800 \U0001f600 \ufffd"}]


def test_a_line_or_a_document_that_unpacks_to_too_much_is_named_and_the_others_are_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    record = json.dumps({"text": DIRTY}).encode()
    (folder / "bomb.txt.gz").write_bytes(gzip.compress(b"a " * 100_000))
    (folder / "lines.jsonl.gz").write_bytes(gzip.compress(b'{"text":"%s"}\n%s\n' % (b"a " * 100_000, record)))
    (folder / "one.txt").write_text(DIRTY, encoding="utf-8")

    assert run(["clean", str(folder), "-o", str(out), "--max-bytes", "10000"]) == 1

    told = capsys.readouterr().err.splitlines()
    assert [line.split(": ", 2)[1:] for line in told] == [
        [f"{folder}/bomb.txt.gz", "cannot be read: more than 10,000 bytes"],
        [f"{folder}/lines.jsonl.gz:1", "has more than 10,000 bytes"],
    ]
    assert sorted(path.name for path in out.iterdir()) == ["lines.jsonl.gz", "one.txt"]
    first, second = gzip.decompress((out / "lines.jsonl.gz").read_bytes()).splitlines()
    assert (first, json.loads(second)) == (b"", {"text": TEXT})


def test_no_more_of_a_document_is_unpacked_than_its_cap(tmp_path: Path) -> None:
    (tmp_path / "bomb.txt.gz").write_bytes(gzip.compress(bytes(50_000_000)))
    (tmp_path / "bomb.jsonl.gz").write_bytes(gzip.compress(bytes(50_000_000)))
    tracemalloc.start()
    try:
        for name in ("bomb.txt.gz", "bomb.jsonl.gz"):
            [source] = text_inputs(str(tmp_path / name), (".txt",), max_bytes=100_000)
            [document] = source.documents()
            assert document.text is None
            assert "more than 100,000 bytes" in (document.problem or "")
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_what_is_no_file_and_what_is_of_another_type_in_a_folder_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "dangling.txt").symlink_to("nowhere")
    (folder / "loop.txt").symlink_to("loop.txt")
    os.mkfifo(folder / "pipe.txt")
    (folder / "nul.txt").write_bytes(TEXT.encode() + b"\0\0")
    (folder / "one.txt").write_text(DIRTY, encoding="utf-8")
    (folder / "paper.pdf").write_bytes(b"%PDF")
    (folder / "README").write_text("x", encoding="utf-8")

    assert run(["clean", str(folder), "-o", str(tmp_path / "out")]) == 1

    told = capsys.readouterr().err.splitlines()
    assert [line.removeprefix(f"scraper: {folder}") for line in told] == [
        "/dangling.txt: cannot be read: No such file or directory",
        "/loop.txt: cannot be read: Too many levels of symbolic links",
        "/nul.txt: is not text: it holds NUL bytes",
        "/pipe.txt: cannot be read: it is no file",
        ": 2 files of other types passed over (no ending, .pdf)",
    ]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["one.txt"]


def test_standard_input_is_a_text_or_with_a_field_json_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Stdin(DIRTY.encode()))
    assert run(["clean", "-"]) == 0
    assert capsys.readouterr().out == f"{TEXT}\n"
    monkeypatch.setattr("sys.stdin", Stdin(json.dumps({"body": DIRTY, "n": 1}).encode()))
    assert run(["clean", "-", "--field", "body"]) == 0
    assert lines_of(capsys.readouterr().out) == [{"body": TEXT, "n": 1}]


def test_a_folder_comes_out_with_the_names_it_had(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "one.txt").write_text(DIRTY, encoding="utf-8")
    (folder / "one.txt.gz").write_bytes(gzip.compress(DIRTY.encode()))
    (folder / "deep" / "er" / "two.md").write_text(DIRTY, encoding="utf-8")
    (folder / "deep" / "three.jsonl").write_text(json.dumps({"text": DIRTY}), encoding="utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG")

    assert run(["clean", str(folder), "-o", str(tmp_path / "out")]) == 0

    found = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.*"))
    assert found == ["deep/er/two.md", "deep/three.jsonl", "one.txt", "one.txt.gz"]
    assert (tmp_path / "out" / "deep" / "er" / "two.md").read_text(encoding="utf-8") == f"{TEXT}\n"
    assert gzip.decompress((tmp_path / "out" / "one.txt.gz").read_bytes()).decode() == f"{TEXT}\n"


def test_what_an_earlier_run_wrote_below_the_folder_is_no_input(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(DIRTY, encoding="utf-8")

    for _ in range(2):
        assert run(["clean", str(tmp_path), "-o", str(tmp_path / "out")]) == 0

    assert [path.name for path in (tmp_path / "out").iterdir()] == ["one.txt"]


def test_texts_become_records_in_a_file_of_json_lines(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "b.txt").write_text(DIRTY, encoding="utf-8")
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")

    assert run(["clean", str(folder), "-o", str(tmp_path / "all.jsonl.gz")]) == 0

    records = lines_of(gzip.decompress((tmp_path / "all.jsonl.gz").read_bytes()).decode())
    assert [(record["file"], record["text"]) for record in records] == [("a.txt", TEXT), ("b.txt", TEXT)]
    assert [bool(record["removed"]) for record in records] == [False, True]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(64)), "is not text"),
        (bytes(range(1, 32)) * 3, "is not text"),
        (b"", "nothing is left after cleaning"),
        (AD.encode(), "nothing is left after cleaning"),
        (b"caf\xff\xfe\x81\x8d\x9d \xfd\x90" * 3, "encoding that cannot be told"),
    ],
)
def test_what_gives_nothing_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], body: bytes, problem: str
) -> None:
    (tmp_path / "a.txt").write_bytes(body)
    (tmp_path / "b.txt").write_text(DIRTY, encoding="utf-8")

    assert run(["clean", str(tmp_path), "-o", str(tmp_path / "out")]) == 1

    assert f"{tmp_path / 'a.txt'}: " in (told := capsys.readouterr().err)
    assert problem in told
    assert (tmp_path / "out" / "b.txt").read_text(encoding="utf-8") == f"{TEXT}\n"
    emptied = problem.startswith("nothing")
    assert (tmp_path / "out" / "a.txt").exists() == emptied
    assert not emptied or (tmp_path / "out" / "a.txt").read_bytes() == b""


def test_a_damaged_gzip_file_is_named_and_the_next_one_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(DIRTY.encode())[:40])
    (tmp_path / "b.txt").write_text(DIRTY, encoding="utf-8")

    assert run(["clean", str(tmp_path)]) == 1

    captured = capsys.readouterr()
    assert captured.out == f"{TEXT}\n"
    assert "a.txt.gz: cannot be read" in captured.err


@pytest.mark.parametrize(
    ("encoding", "named"), [("utf-16", False), ("utf-8-sig", False), ("cp1252", False), ("cp437", True)]
)
def test_encodings_are_told_or_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str, *, named: bool
) -> None:
    text = "Der Bürgermeister sagte am Dienstag, dass die Brücke über den Fluß später öffnen müsse."
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))

    assert run(["clean", str(tmp_path / "a.txt"), *(["--encoding", encoding] if named else [])]) == 0

    assert capsys.readouterr().out == f"{text}\n"


def test_sound_utf_8_is_text_however_garbled_it_was_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("It wasn\ufffdt over; it wasnâ\x80\x99t.", encoding="utf-8")
    assert run(["clean", str(tmp_path / "a.txt")]) == 0
    assert capsys.readouterr().out == "It wasn\ufffdt over; it wasn’t.\n"  # noqa: RUF001


@pytest.mark.parametrize("encoding", ["nonsense", "rot13"])
def test_an_encoding_that_does_not_exist_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    assert run(["clean", str(tmp_path / "a.txt"), "--encoding", encoding]) == 2
    assert f"{encoding}: no such encoding" in capsys.readouterr().err


def test_bytes_that_are_not_in_the_encoding_named_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_bytes("Fluß".encode("cp1252"))
    assert run(["clean", str(tmp_path / "a.txt"), "--encoding", "utf-8"]) == 1
    assert "a.txt: is not in utf-8" in capsys.readouterr().err


def test_the_form_can_be_forced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tokens = (
        "council met tuesday please verify youre robot clicking box invalid email address please enter " * 3
    )
    (tmp_path / "a.txt").write_text(tokens, encoding="utf-8")
    assert run(["clean", str(tmp_path / "a.txt"), "--form", "text"]) == 0
    assert capsys.readouterr().out == f"{tokens.strip()}\n"
    assert run(["clean", str(tmp_path / "a.txt"), "--form", "tokens"]) == 0
    assert "robot" not in capsys.readouterr().out


def test_a_page_among_the_texts_is_extracted_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paragraphs = "".join(f"<p>{number} {TEXT}</p>" for number in ("First,", "Then,", "At last,"))
    page = (
        f"<!DOCTYPE html><html><body><nav>Home</nav><article>{paragraphs}<p>{AD}</p></article></body></html>"
    )
    (tmp_path / "a.txt").write_text(page, encoding="utf-8")

    assert run(["clean", str(tmp_path / "a.txt")]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"First, {TEXT}\n\nThen")
    assert AD not in shown
    assert run(["clean", str(tmp_path / "a.txt"), "--form", "text"]) == 0
    assert "<nav>" in capsys.readouterr().out
    (tmp_path / "a.txt").write_text("<html><body></body></html>", encoding="utf-8")
    assert run(["clean", str(tmp_path / "a.txt")]) == 1
    assert "a.txt: is no article: " in capsys.readouterr().err


def test_tokens_can_be_had_from_text_and_from_pages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text(f"It's the council’s 3rd vote.\n\n{AD}", encoding="utf-8")  # noqa: RUF001
    assert run(["clean", str(tmp_path / "a.txt"), "--profile", "tokens", "--language", "en"]) == 0
    assert capsys.readouterr().out == "councils vote\n"
    paragraphs = "".join(f"<p>{number} {TEXT}</p>" for number in ("First,", "Then,", "At last,"))
    (tmp_path / "a.html").write_text(
        f'<html lang="en"><title>A title</title><body><article>{paragraphs}</article></body></html>',
        encoding="utf-8",
    )
    assert run(["extract", str(tmp_path / "a.html"), "--profile", "tokens", "--text"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("first council met tuesday discuss repair sea wall closed since february agreed")
    assert shown.count("\n") == 1
    assert run(["extract", str(tmp_path / "a.html"), "--profile", "tokens"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["text"] + "\n" == shown
    assert record["word_count"] == len(shown.split())
    assert " ".join(paragraph["text"] for paragraph in record["paragraphs"]) == record["text"]


@pytest.mark.parametrize("verb", ["clean", "extract"])
def test_a_kind_can_be_kept_and_an_unknown_one_is_refused_with_the_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    paragraphs = "".join(f"<p>{number} {TEXT}</p>" for number in ("First,", "Then,", "At last,"))
    page = f'<html lang="en"><body><article>{paragraphs}<p>{AD}</p></article></body></html>'
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    (tmp_path / "a.txt").write_text(DIRTY, encoding="utf-8")
    path = str(tmp_path / ("a.txt" if verb == "clean" else "a.html"))

    assert run([verb, path, "--keep", "share", "--keep", "newsletter"]) == 0
    assert AD in capsys.readouterr().out
    assert run([verb, path, "--keep", "letters"]) == 2
    told = capsys.readouterr().err
    assert "letters" in told
    assert "newsletter, print_edition" in told


def test_a_file_can_be_cleaned_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text("".join(json.dumps({"text": DIRTY}) + "\n" for _ in range(3)), encoding="utf-8")

    assert run(["clean", str(path), "-o", str(path)]) == 0

    assert lines_of(path.read_text(encoding="utf-8")) == [{"text": TEXT}] * 3
    assert [file.name for file in tmp_path.iterdir()] == ["corpus.jsonl"]


def test_one_document_is_in_memory_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for _ in range(200):
            file.write(json.dumps({"text": "word " * 10_000}) + "\n")

    tracemalloc.start()
    for source in text_inputs(str(path), ()):
        for _ in source.documents():
            pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 1_000_000  # of ten million


def test_a_page_and_its_packed_namesake_have_a_result_each(tmp_path: Path) -> None:
    paragraphs = "".join(f"<p>{number} {TEXT}</p>" for number in ("First,", "Then,", "At last,"))
    page = f'<html lang="en"><body><article>{paragraphs}</article></body></html>'.encode()
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.html").write_bytes(page)
    (folder / "a.html.gz").write_bytes(gzip.compress(page))
    (folder / "b.html.gz").write_bytes(gzip.compress(page))

    assert run(["extract", str(folder), "-o", str(tmp_path / "out")]) == 0

    found = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert found == ["a.html.gz.json", "a.html.json", "b.html.json"]


def test_a_folder_may_be_named_anything_that_is_no_file_whether_it_is_there_or_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "one.txt"
    path.write_text(DIRTY, encoding="utf-8")
    for name in ("clean-1.0", "clean.v2", "clean.v2", "out.json/", "news.example"):
        assert run(["clean", str(path), "-o", f"{tmp_path}/{name}"]) == 0
        assert (tmp_path / name / "one.txt").read_text(encoding="utf-8") == f"{TEXT}\n"
    (tmp_path / "there.json").mkdir()
    for name in ("z.json", "z.csv", "z.parquet", "z.pdf", "there.json"):
        assert run(["clean", str(path), "-o", f"{tmp_path}/{name}"]) == 2
        assert "unknown format" in capsys.readouterr().err
    assert run(["clean", str(path), "-o", "s3://bucket/texts"]) == 2
    assert "of this machine" in capsys.readouterr().err


def test_json_lines_do_not_go_into_a_file_of_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text(json.dumps({"text": DIRTY}), encoding="utf-8")
    assert run(["clean", str(path), "-o", str(tmp_path / "out.txt")]) == 2
    assert "is JSON lines, and so is what comes of it" in capsys.readouterr().err
    assert not (tmp_path / "out.txt").exists()
