import re
from pathlib import Path

from tests.architecture import ROOMS, diagram

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text()


def rows(heading: str) -> list[str]:
    """The first cells of the table under a heading, without their backquotes."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def test_the_diagram_shows_the_imports_between_rooms() -> None:
    drawn = re.findall(r"^```mermaid\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

    assert drawn == ["\n".join([*diagram(), ""])], "run `python -m tests.architecture` and put its output on the page"


def test_the_table_has_every_room_from_the_top_to_the_bottom() -> None:
    assert rows("Rooms") == list(ROOMS)


def test_the_page_lists_every_file_of_over_300_lines() -> None:
    package = ROOT / "sam2_lit"
    written = [path for path in sorted(package.rglob("*.py")) if "generated" not in path.parts]
    long = [path for path in written if len(path.read_text().splitlines()) > 300]

    assert rows("Files over 300 lines") == [path.relative_to(package).as_posix() for path in long]
