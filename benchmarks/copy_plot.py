"""Drawing how time and memory grow with the rows: two pictures side by side, as SVG.

Both axes are logarithmic, so that a cost in proportion to the rows is a straight line.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Points: TypeAlias = Sequence[tuple[int, float]]

WIDTH, HEIGHT, MARGIN = 460, 320, 60
COLOURS = ("#1b6ca8", "#d1495b", "#2e933c", "#edae49", "#6a4c93", "#30638e", "#8d6a9f", "#555555")


@dataclass(frozen=True)
class Curve:
    """A way of copying: seconds and megabytes by rows."""

    name: str
    seconds: Points
    megabytes: Points

    def __str__(self) -> str:
        """Return one line for the terminal."""
        parts = [
            f"{rows:,} rows {seconds:.2f} s {megabytes:.0f} MB"
            for (rows, seconds), (_, megabytes) in zip(self.seconds, self.megabytes, strict=True)
        ]
        return f"{self.name}: {'; '.join(parts)}"


def write_plot(curves: Sequence[Curve]) -> str:
    """Return the SVG."""
    height = HEIGHT + MARGIN * 2 + 18 * len(curves)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * WIDTH + 3 * MARGIN}"'
        f' height="{height}" font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        *_picture([curve.seconds for curve in curves], "seconds", MARGIN),
        *_picture([curve.megabytes for curve in curves], "peak megabytes", 2 * MARGIN + WIDTH),
    ]
    for number, curve in enumerate(curves):
        at = HEIGHT + MARGIN * 2 + 18 * number
        colour = COLOURS[number % len(COLOURS)]
        lines.append(f'<rect x="{MARGIN}" y="{at - 10}" width="24" height="4" fill="{colour}"/>')
        lines.append(f'<text x="{MARGIN + 32}" y="{at - 4}">{curve.name}</text>')
    return "\n".join([*lines, "</svg>\n"])


def _picture(curves: Sequence[Points], title: str, left: int) -> Iterator[str]:
    across = _scale([rows for points in curves for rows, _ in points], left, left + WIDTH)
    values = [value for points in curves for _, value in points]
    up = _scale(values, MARGIN + HEIGHT, MARGIN)
    yield f'<text x="{left}" y="{MARGIN - 20}" font-weight="bold">{title}</text>'
    yield (
        f'<rect x="{left}" y="{MARGIN}" width="{WIDTH}" height="{HEIGHT}" fill="none"'
        ' stroke="#999"/>'
    )
    for rows in sorted({rows for points in curves for rows, _ in points}):
        yield f'<text x="{across(rows) - 20:.0f}" y="{MARGIN + HEIGHT + 18}">{rows:,}</text>'
    for value in _ticks(values):
        yield f'<text x="{left - 45}" y="{up(value) + 4:.0f}">{value:,g}</text>'
        yield (
            f'<line x1="{left}" x2="{left + WIDTH}" y1="{up(value):.0f}" y2="{up(value):.0f}"'
            ' stroke="#ddd"/>'
        )
    for number, points in enumerate(curves):
        path = " ".join(f"{across(rows):.1f},{up(value):.1f}" for rows, value in points)
        colour = COLOURS[number % len(COLOURS)]
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'


def _scale(values: Sequence[float], begin: float, end: float) -> Callable[[float], float]:
    low, high = math.log(min(values)), math.log(max(values))
    span = (high - low) or 1.0
    return lambda value: begin + (math.log(value) - low) / span * (end - begin)


def _ticks(values: Sequence[float]) -> list[float]:
    low, high = min(values), max(values)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    found = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
    return [value for value in found if low <= value <= high]
