"""Turns SVG pictures into PNG with Chromium: svg_to_png.py FOLDER picture.svg …."""

from __future__ import annotations

import math
import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright


def main() -> None:
    """Write FOLDER/NAME.png for each picture; fonts come from this machine, not from the network."""
    folder, *pictures = (Path(argument) for argument in sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for picture in pictures:
            svg = re.sub(r"src:[^;]*;", 'src: local("Fira Code");', picture.read_text("utf-8"))
            svg = svg.replace("<style>", "<style>* { font-variant-ligatures: none; }", 1)
            size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
            width, height = (math.ceil(float(each)) for each in (size.groups() if size else ("800", "600")))
            page = browser.new_page(viewport={"width": width, "height": height})
            page.set_content(f'<body style="margin:0">{svg}</body>')
            page.screenshot(path=folder / f"{picture.stem}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
