"""The wheel and the sdist hold what they must and nothing else; `python -m tests.package` installs them."""

import zipfile
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from scraper import __version__
from tests.package import ROOT, Built, build, complaints, files_of_wheel, metadata

pytest.importorskip("hatchling", reason="the package's build backend; no network is asked for it")
if not (ROOT / "scraper").is_dir():
    pytest.skip("the tests run against an installed package", allow_module_level=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The sdist of this checkout, and the wheel of that."""
    return build(tmp_path_factory.mktemp("built"))


def test_the_wheel_and_the_sdist_hold_what_they_must_and_nothing_else(built: Built) -> None:
    assert list(complaints(built)) == []


def test_what_is_missing_or_too_much_is_told(built: Built, tmp_path: Path) -> None:
    wheel = tmp_path / built.wheel.name
    with zipfile.ZipFile(built.wheel) as whole, zipfile.ZipFile(wheel, "w") as other:
        for name in whole.namelist():
            if name != "scraper/py.typed":
                other.writestr(name, whole.read(name))
        other.writestr("tests/test_package.py", "")
    assert list(complaints(built._replace(wheel=wheel))) == [
        "wheel: scraper/py.typed is missing",
        "wheel: tests/test_package.py does not belong there",
    ]


def test_the_sdist_has_the_tests_and_what_they_read(built: Built) -> None:
    for name in ("tests/test_package.py", "tests/pages", "tests/examples", "constraints.txt", ".ci/run"):
        assert (built.unpacked / name).exists(), name


def test_the_wheel_is_for_every_platform_and_has_the_command(built: Built) -> None:
    assert built.wheel.name == f"news_scraper-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(built.wheel) as archive:
        [name] = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert archive.read(name).decode().split() == [
            "[console_scripts]",
            "scraper",
            "=",
            "scraper.cli:main",
        ]
    assert "scraper/cli/__init__.py" in files_of_wheel(built.wheel)


def test_the_metadata_is_valid(built: Built) -> None:
    checked = pytest.importorskip("packaging.metadata")
    about = metadata(built.wheel)
    assert checked.Metadata.from_email(str(about), validate=True).license_expression == "MIT"
    assert about["Version"] == __version__
    assert about["Requires-Python"] == ">=3.11"


def test_the_readme_renders_where_packages_are_listed(built: Built) -> None:
    about = metadata(built.wheel)
    assert about["Description-Content-Type"] == "text/markdown"
    shown = MarkdownIt().enable("table").render(str(about.get_payload()))
    assert "<table>" in shown
    assert "| --- |" not in shown
    assert "```" not in shown
