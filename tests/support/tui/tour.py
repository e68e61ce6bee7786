"""Joins pictures to one that shows them in turn: an SVG that moves by itself and loads nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS = 4
FOOT = 44

_FRAME = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">
<style>
.step {{ visibility: hidden; animation: tour {whole}s step-end infinite; }}
.step:first-of-type {{ visibility: visible; }}
.caption {{ font: 22px system-ui, sans-serif; fill: #5b6875; }}
@keyframes tour {{ 0% {{ visibility: visible; }} {share:.3f}% {{ visibility: hidden; }} }}
@media (prefers-reduced-motion: reduce) {{ .step {{ animation: none; }} }}
</style>
{steps}
</svg>
"""


def tour(steps: Sequence[tuple[str, str]]) -> str:
    """The pictures one after the other, each with its caption below.

    Where a person wants no motion, and where nothing can move, the first one stands.

    Args:
        steps: caption and SVG of each; all of one size.
    """
    width, height = (float(each) for each in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', steps[0][1])[0])
    drawn = (_step(number, caption, svg, height) for number, (caption, svg) in enumerate(steps))
    return _FRAME.format(
        width=width,
        height=height + FOOT,
        whole=SECONDS * len(steps),
        share=100 / len(steps),
        steps="\n".join(drawn),
    )


def _step(number: int, caption: str, svg: str, height: float) -> str:
    """One picture; its own names get a number, since all share one document."""
    inside = re.sub(r"\A\s*<svg[^>]*>|</svg>\s*\Z", "", svg).replace("terminal-", f"step{number}-")
    words = f'<text class="caption" x="12" y="{height + 30:g}">{caption}</text>'
    return f'<g class="step" style="animation-delay: {number * SECONDS}s">{inside}{words}</g>'
