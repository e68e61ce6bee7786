"""Turn SVG pictures into PNG with Chromium: svg_to_png.py picture.svg … --out FOLDER."""

from __future__ import annotations

import argparse
import math
import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def main() -> int:
    """Write FOLDER/NAME.png for each picture; 1 without Chromium."""
    parser = argparse.ArgumentParser(description="Turn SVG pictures into PNG with Chromium.")
    parser.add_argument("pictures", nargs="+", type=Path, metavar="picture.svg")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("Chromium is not installed (Debian: apt-get install chromium fonts-firacode)", file=sys.stderr)
        return 1
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for picture in options.pictures:
            png = options.out / f"{picture.stem}.png"
            draw(browser, picture.read_text("utf-8"), png)
            print(png)
        browser.close()
    return 0


def draw(browser: Browser, svg: str, png: Path) -> None:
    """Draw one picture at its own size, in pixels."""
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if size is None:
        raise SystemExit(f"{png.stem}: no size is given in the picture")
    width, height = (math.ceil(float(side)) for side in size.groups())
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_content(f'<body style="margin:0">{svg}</body>')
    page.screenshot(path=png)
    page.close()


if __name__ == "__main__":
    sys.exit(main())
