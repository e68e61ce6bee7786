"""Documents as Markdown: headings, links, code blocks, and the tables that are generated into them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

ROOT: Final = Path(__file__).resolve().parents[2]
GUIDE: Final = ROOT / "docs"
_COMMENT: Final = re.compile(r"<!-- (.*?) -->", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """Code block of a page.

    Attributes:
        number: counts the blocks of the page, from 1.
        language: the tag after the fence.
        code: what stands between the fences.
        remark: text of the HTML comment right above it, or nothing.
    """

    number: int
    language: str
    code: str
    remark: str


class Document:
    """Page of the documentation."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = str(path.relative_to(ROOT))
        self.text = path.read_text("utf-8")
        self._tokens = MarkdownIt("commonmark").enable("table").parse(self.text)

    @property
    def blocks(self) -> list[Block]:
        """Code blocks, in order."""
        blocks: list[Block] = []
        before: Token | None = None
        for token in self._tokens:
            if token.type == "fence":
                comment = _COMMENT.match(before.content) if before and before.type == "html_block" else None
                remark = comment[1] if comment else ""
                blocks.append(Block(len(blocks) + 1, token.info.strip(), token.content, remark))
            before = token
        return blocks

    @property
    def anchors(self) -> set[str]:
        """Names by which a link reaches a heading, as GitHub and GitLab make them."""
        anchors: set[str] = set()
        uses: Counter[str] = Counter()
        for name in self._headings():
            anchors.add(f"{name}-{uses[name]}" if uses[name] else name)
            uses[name] += 1
        return anchors

    @property
    def links(self) -> list[str]:
        """Targets of links and pictures."""
        return [
            str(child.attrs.get("href") or child.attrs.get("src"))
            for token in self._tokens
            for child in token.children or ()
            if child.type in {"link_open", "image"}
        ]

    @property
    def code_spans(self) -> list[str]:
        """Code within sentences and tables."""
        return [
            child.content
            for token in self._tokens
            for child in token.children or ()
            if child.type == "code_inline"
        ]

    def rows(self, heading: str) -> list[list[str]]:
        """Return the cells of the table whose first column has that heading."""
        lines = self.text.partition(f"\n| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]

    def codes(self, heading: str) -> list[str]:
        """Return the code in the first column of that table."""
        return [code for row in self.rows(heading) for code in re.findall(r"`([^`]+)`", row[0])]

    def _headings(self) -> Iterator[str]:
        for token, text in zip(self._tokens, self._tokens[1:], strict=False):
            if token.type == "heading_open":
                plain = re.sub(r"\[(.*?)\]\(.*?\)", r"\1", text.content).lower()
                yield re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


DOCUMENTS: Final = [Document(path) for path in sorted([*ROOT.glob("*.md"), *GUIDE.glob("*.md")])]


def document(name: str) -> Document:
    """Return a document by its path below the root."""
    return next(page for page in DOCUMENTS if page.name == name)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def generated(page: Document, name: str, content: str, *, update: bool) -> tuple[str, str]:
    """Return what the page has between its marks, and what it should have; write that first if asked to."""
    begin, end = f"<!-- generated: {name} -->\n", f"<!-- end of {name} -->\n"
    assert begin in page.text
    assert end in page.text
    before, _, behind = page.text.partition(begin)
    old, _, after = behind.partition(end)
    if update:
        page.path.write_text(f"{before}{begin}{content}{end}{after}", "utf-8")
        return content, content
    return old, content
