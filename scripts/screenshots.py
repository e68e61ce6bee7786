"""Make screenshots/*.svg from the program itself in frozen time; --check compares instead of writing."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.tui.all_scenes import SCENES
from tests.support.tui.pictures import FOLDER, PICTURED, TOUR, Picture, at_rest, svg_of, tour_of_files, wear
from tests.support.tui.scenes import make_world, running

if TYPE_CHECKING:
    from collections.abc import Iterator


async def svg_from(picture: Picture) -> str:
    """Return one scene as SVG."""
    accounts, go = SCENES[picture.name]
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder), accounts=accounts)
        async with running(world, picture.size) as pilot:
            await go(pilot)
            if picture.look:
                await wear(world, pilot, picture.look)
            await at_rest(world, pilot)
            return svg_of(world)


def drawn(picture: Picture) -> str:
    """Return one picture, made by a process of its own."""
    return asyncio.run(svg_from(picture))


def pictures() -> Iterator[tuple[str, str]]:
    """Yield each picture with its file name, and at last the tour, which is made of stored ones."""
    with ProcessPoolExecutor() as pool:
        for picture, svg in zip(PICTURED, pool.map(drawn, PICTURED), strict=True):
            yield picture.file, svg
    yield TOUR, tour_of_files()


def main() -> int:
    """Write all pictures, or compare them with the stored ones."""
    FOLDER.mkdir(exist_ok=True)
    names, different = set(), []
    for name, svg in pictures():
        names.add(name)
        path = FOLDER / name
        if "--check" not in sys.argv:
            path.write_text(svg, "utf-8")
        elif not path.exists() or path.read_text("utf-8") != svg:
            different.append(f"differs: {name}")
    different += [f"nobody makes: {path.name}" for path in FOLDER.glob("*.svg") if path.name not in names]
    print("\n".join(different) or f"{len(names)} pictures")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
