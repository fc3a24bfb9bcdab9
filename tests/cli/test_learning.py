"""`scraper clean` over several texts: what a source repeats goes, and sources are told from each other."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from scraper.cli import run
from scraper.cli.documents import text_inputs
from scraper.cli.learning import Learnt
from tests.clean.test_memory import CLUB, FURNITURE, PRINTER, article, stream


def text(number: int, *more: str) -> str:
    return "\n\n".join([*article(number), *more])


def clean_folder(tmp_path: Path, texts: Mapping[str, str], *options: str) -> dict[str, str]:
    folder, output = tmp_path / "texts", tmp_path / "clean"
    for name, body in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
    assert run(["clean", str(folder), "-o", str(output), *options]) == 0
    return {name: (output / name).read_text(encoding="utf-8").strip() for name in texts}


def test_what_the_texts_of_a_folder_repeat_goes(tmp_path: Path) -> None:
    texts = {f"{number}.txt": text(number, CLUB, PRINTER) for number in range(6)}

    assert clean_folder(tmp_path, texts) == {f"{number}.txt": text(number) for number in range(6)}


def test_streams_of_tokens_are_learnt_from_too(tmp_path: Path) -> None:
    texts = {f"{number}.txt": stream(number, FURNITURE) for number in range(6)}

    assert clean_folder(tmp_path, texts) == {f"{number}.txt": stream(number) for number in range(6)}


def test_it_can_be_left_in(tmp_path: Path) -> None:
    texts = {f"{number}.txt": text(number, CLUB) for number in range(6)}

    assert clean_folder(tmp_path, texts, "--keep", "template") == texts


@pytest.mark.parametrize("name", ["{}_{}.txt", "{}-2026-03-{}.txt", "{}/{}.txt"])
def test_names_and_folders_tell_the_source(tmp_path: Path, name: str) -> None:
    papers = ("courier", "herald", "lantern", "mirror")
    texts = {
        name.format(paper, number): text(10 * place + number, f"The {paper} is brought to you by us.")
        for place, paper in enumerate(papers)
        for number in range(3)
    }
    # One line of each paper, which is not of its own furniture.
    for place, paper in enumerate(papers[:2]):
        texts[name.format(paper, 0)] = text(10 * place, CLUB)

    cleaned = clean_folder(tmp_path, texts)

    for place, paper in enumerate(papers):
        for number in range(3):
            own = (CLUB,) if place < 2 and number == 0 else ()
            assert cleaned[name.format(paper, number)] == text(10 * place + number, *own)


def test_names_that_are_all_different_tell_nothing(tmp_path: Path) -> None:
    texts = {f"{number:03}_{number * 7919:x}.txt": text(number, CLUB) for number in range(6)}

    assert clean_folder(tmp_path, texts) == {name: text(place) for place, name in enumerate(texts)}


@pytest.mark.parametrize(
    "fields",
    [
        {"hostname": "www.{}.example"},
        {"url": "https://news.{}.example/a"},
        {"source": "The {}"},
        {"hostname": None, "url": 7, "canonical_url": "https://{}.example/a"},
    ],
)
def test_records_tell_the_source(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fields: dict[str, object]
) -> None:
    def record(number: int, site: str, *more: str) -> str:
        told = {
            name: value.format(site) if isinstance(value, str) else value for name, value in fields.items()
        }
        return json.dumps({**told, "text": text(number, *more)})

    path = tmp_path / "corpus.jsonl"
    lines = [
        line
        for number in range(4)
        for line in (record(number, "courier", CLUB), record(number + 10, "herald", *[CLUB][number:]))
    ]
    path.write_text("\n".join(lines), encoding="utf-8")

    assert run(["clean", str(path)]) == 0
    cleaned = [json.loads(line)["text"] for line in capsys.readouterr().out.splitlines()]
    assert cleaned[0::2] == [text(number) for number in range(4)]
    assert cleaned[1::2] == [text(10, CLUB), *(text(number + 10) for number in range(1, 4))]


def test_a_single_text_is_read_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text(1, CLUB), encoding="utf-8")

    assert run(["clean", str(path)]) == 0
    assert capsys.readouterr().out.strip() == text(1, CLUB)


def test_texts_that_come_and_go_between_the_two_readings_harm_nothing(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.txt").write_text(text(number, CLUB), encoding="utf-8")
    inputs = list(text_inputs(str(tmp_path), (".txt",)))
    learnt = Learnt(inputs, inputs[:3], "auto")

    memories = [learnt.of(source, next(source.documents())) for source in inputs]

    assert [memory is not None for memory in memories] == [True, True, True, False]


# ---- pages ---------------------------------------------------------------------------------------------


def page(number: int, *more: str, site: str = "") -> str:
    """A page whose text no other number gives; `site` is what it says that it is from."""
    told = f'<link rel="canonical" href="https://www.{site}/{number}">' if site else ""
    title = " ".join(article(number)[0].split()[:6])
    paragraphs = "".join(f"<p>{found}</p>" for found in (*long_article(number), *more))
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title>{told}</head><body><main><article>"
        f"<h1>{title}</h1>{paragraphs}</article></main></body></html>"
    )


def long_article(number: int) -> list[str]:
    return [*article(number), *article(number + 500)]


def pages_of_two_sites(*sites: str) -> dict[str, str]:
    """Four of the courier that have the note on its club, four of the herald of which one has it."""
    return {
        f"{name}/{number}.html": page(
            number + 10 * place, *[CLUB][: 1 if not place else number == 0], site=sites[place]
        )
        for place, name in enumerate(("courier", "herald"))
        for number in range(4)
    }


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(body, encoding="utf-8")


@pytest.mark.parametrize("verb", [["extract", "--text"], ["clean"], ["clean", "--form", "html"]])
@pytest.mark.parametrize(
    "sites", [("courier.example", "herald.example"), ("", "")], ids=["by their addresses", "by folders"]
)
def test_what_the_pages_of_a_folder_repeat_goes_for_each_site(
    tmp_path: Path, verb: list[str], sites: tuple[str, str]
) -> None:
    pages = pages_of_two_sites(*sites)
    if any(sites):
        pages = {name.replace("/", ""): body for name, body in pages.items()}
    write(tmp_path / "pages", pages)

    assert run([verb[0], str(tmp_path / "pages"), *verb[1:], "-o", str(tmp_path / "out")]) == 0

    made = sorted(path for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert len(made) == 8
    assert [CLUB in path.read_text("utf-8") for path in made] == [False] * 4 + [True] + [False] * 3
    assert article(0)[1] in made[0].read_text("utf-8")


@pytest.mark.parametrize("verb", [["extract", "--text"], ["clean"]])
def test_what_pages_repeat_can_be_left_in(tmp_path: Path, verb: list[str]) -> None:
    write(tmp_path / "pages", {f"{number}.html": page(number, CLUB) for number in range(4)})

    command = [verb[0], str(tmp_path / "pages"), *verb[1:], "-o", str(tmp_path / "out")]
    assert run([*command, "--keep", "template"]) == 0
    assert all(CLUB in path.read_text("utf-8") for path in (tmp_path / "out").iterdir())


def test_pages_in_records_are_of_the_source_that_the_record_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        json.dumps({"source": name, "text": page(number + 10 * place, *[CLUB][: not place or number == 0])})
        for number in range(4)
        for place, name in enumerate(("The Courier", "The Herald"))
    ]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8")

    assert run(["clean", str(tmp_path / "corpus.jsonl")]) == 0
    cleaned = [json.loads(line)["text"] for line in capsys.readouterr().out.splitlines()]
    assert [CLUB in text for text in cleaned] == [False, True] + [False] * 6


def test_texts_and_pages_of_a_folder_do_not_disturb_each_other(tmp_path: Path) -> None:
    write(tmp_path / "both", {f"{number}.txt": text(number, CLUB) for number in range(4)})
    write(tmp_path / "both", {f"{number}.html": page(number + 10, PRINTER) for number in range(4)})

    assert run(["clean", str(tmp_path / "both"), "-o", str(tmp_path / "out")]) == 0
    made = {path.name: path.read_text("utf-8").strip() for path in (tmp_path / "out").iterdir()}
    assert {name: made[name] for name in made if name.endswith(".txt")} == {
        f"{number}.txt": text(number) for number in range(4)
    }
    assert not any(PRINTER in body for body in made.values())
