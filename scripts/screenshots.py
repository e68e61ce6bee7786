"""Makes screenshots/*.svg from the program itself in frozen time; --check compares instead of writing."""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.tui.scenes import SCENES, SIZES, make_world, running  # noqa: E402

FOLDER = ROOT / "screenshots"


async def picture(name: str, size: tuple[int, int]) -> str:
    """One scene as SVG, the same bytes on each run."""
    accounts, go = SCENES[name]
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder), accounts=accounts)
        async with running(world, size) as pilot:
            await go(pilot)
            await pilot.pause()
            svg = world.app.export_screenshot(title="smily-tui", simplify=True)
    return re.sub(r"terminal-\d+-", "terminal-", svg)


def main() -> int:
    """Write all pictures, or compare them with what is there."""
    FOLDER.mkdir(exist_ok=True)
    different = []
    for name in SCENES:
        for size in SIZES:
            path = FOLDER / f"{name}-{size[0]}x{size[1]}.svg"
            svg = asyncio.run(picture(name, size))
            if "--check" not in sys.argv:
                path.write_text(svg, "utf-8")
            elif not path.exists() or path.read_text("utf-8") != svg:
                different.append(path.name)
    print("\n".join(f"differs: {name}" for name in different) or f"{len(SCENES) * len(SIZES)} pictures")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
