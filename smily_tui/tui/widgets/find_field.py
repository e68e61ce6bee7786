"""The field above a list in which a part of a name is typed; it is there only while something is searched."""

from __future__ import annotations

from smily_tui.tui.widgets.fields import PasteInput


class FindField(PasteInput):
    """What it holds is searched as it changes; Enter and the down key lead on to what was found.

    Args:
        kinds: what can be typed, in words.
    """

    DEFAULT_CSS = """
    FindField, FindField:focus { border: none; height: 1; margin: 0 2; background: $surface; display: none; }
    FindField.-open { display: block; }
    """

    def __init__(self, kinds: str) -> None:
        super().__init__(placeholder=f"find: {kinds}; esc ends", id="find")

    @property
    def words(self) -> list[str]:
        """What is searched, folded for comparing."""
        return self.value.casefold().split()

    @property
    def is_open(self) -> bool:
        """Whether it can be seen."""
        return self.has_class("-open")

    def open(self) -> None:
        """Show it, and type into it."""
        self.add_class("-open")
        self.focus()

    def close(self) -> None:
        """End the search."""
        self.value = ""
        self.remove_class("-open")

    def key_down(self) -> None:
        """From the field into what it found."""
        self.post_message(self.Submitted(self, self.value))
