"""The pages of documentation, and what they name."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]

_CODE_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class DocumentationPage:
    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def prose(self) -> str:
        """The page without its blocks of code."""
        return _CODE_BLOCK.sub("", self.text)

    def blocks(self, language: str) -> list[str]:
        return [block for name, block in _CODE_BLOCK.findall(self.text) if name == language]

    @cached_property
    def code(self) -> list[str]:
        """What is written as code: inline, and each line of a shell block, without comments."""
        lines = [line.partition("#")[0] for block in self.blocks("sh") for line in block.splitlines()]
        return [re.sub(r"\s+", " ", each).strip() for each in (*_INLINE_CODE.findall(self.prose), *lines)]

    @cached_property
    def links(self) -> list[str]:
        """Targets of links within the repository."""
        return [target for target in _LINK.findall(self.prose) if "://" not in target]

    @cached_property
    def anchors(self) -> set[str]:
        """The anchors of the headings, as GitHub writes them."""
        headings = _HEADING.findall(self.prose)
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


PAGES = [
    DocumentationPage(path)
    for path in (
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
        *sorted((ROOT / "docs").glob("*.md")),
        ROOT / "sam2_lit" / "pocket" / "MODEL_CARD.md",
    )
]
