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
from tests.support.tui.pictures import FOLDER, PICTURED, TOUR, at_rest, file_of, svg_of, tour_of_files
from tests.support.tui.scenes import make_world, running

if TYPE_CHECKING:
    from collections.abc import Iterator


async def picture_of(name: str, size: tuple[int, int]) -> str:
    """Return one scene as SVG."""
    accounts, go = SCENES[name]
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder), accounts=accounts)
        async with running(world, size) as pilot:
            await go(pilot)
            await at_rest(world, pilot)
            return svg_of(world)


def picture(scene: tuple[str, tuple[int, int]]) -> str:
    """Return one picture, made by a process of its own."""
    return asyncio.run(picture_of(*scene))


def pictures() -> Iterator[tuple[str, str]]:
    """Yield each picture with its file name, and at last the tour, which is made of stored ones."""
    with ProcessPoolExecutor() as pool:
        for scene, svg in zip(PICTURED, pool.map(picture, PICTURED), strict=True):
            yield file_of(*scene), svg
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
