"""Makes screenshots/*.svg from the program itself in frozen time; --check compares instead of writing."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.tui.all_scenes import SCENES
from tests.support.tui.pictures import (
    FOLDER,
    PICTURED,
    TOUR,
    at_rest,
    file_of,
    files,
    looks_of,
    svg_of,
    tour_of_files,
    wear,
)
from tests.support.tui.scenes import make_world, running

if TYPE_CHECKING:
    from collections.abc import Iterator


async def pictures_of(name: str, size: tuple[int, int]) -> dict[str, str]:
    """One scene as SVG, by the name of its file; in all looks where wanted."""
    accounts, go = SCENES[name]
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder), accounts=accounts)
        async with running(world, size) as pilot:
            await go(pilot)
            await at_rest(world, pilot)
            made = {file_of(name, size): svg_of(world)}
            for look in looks_of(name, size)[1:]:
                await wear(world, pilot, look)
                made[file_of(name, size, look)] = svg_of(world)
    return made


def one(picture: tuple[str, tuple[int, int]]) -> dict[str, str]:
    """What one process makes at a time."""
    return asyncio.run(pictures_of(*picture))


def pictures() -> Iterator[tuple[str, str]]:
    """All pictures, and the tour made of those that are stored by then."""
    with ProcessPoolExecutor() as pool:
        for made in pool.map(one, PICTURED):
            yield from made.items()
    yield TOUR, tour_of_files()


def main() -> int:
    """Write all pictures, or compare them with what is there."""
    FOLDER.mkdir(exist_ok=True)
    different = []
    for name, svg in pictures():
        path = FOLDER / name
        if "--check" not in sys.argv:
            path.write_text(svg, "utf-8")
        elif not path.exists() or path.read_text("utf-8") != svg:
            different.append(f"differs: {name}")
    different += [f"nobody makes: {path.name}" for path in FOLDER.glob("*.svg") if path.name not in files()]
    print("\n".join(different) or f"{len(files())} pictures")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
