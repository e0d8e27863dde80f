"""Labels that lie on nothing: tried in a fixed order of places, so always the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

# Where a label may stand beside its dot, best first: (horizontal, vertical) and alignment.
SPOTS = (
    (1.0, 0.0, "left", "center"),
    (-1.0, 0.0, "right", "center"),
    (0.8, 0.8, "left", "bottom"),
    (0.8, -0.8, "left", "top"),
    (-0.8, 0.8, "right", "bottom"),
    (-0.8, -0.8, "right", "top"),
    (0.0, 1.1, "center", "bottom"),
    (0.0, -1.1, "center", "top"),
)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in figure points."""

    left: float
    bottom: float
    right: float
    top: float

    def overlap(self, other: Box) -> float:
        """The area the two share."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.top, other.top) - max(self.bottom, other.bottom)
        return max(width, 0.0) * max(height, 0.0)

    def holds(self, points: npt.NDArray[np.float64]) -> int:
        """How many of the points (n × 2) lie inside."""
        inside = (points[:, 0] > self.left) & (points[:, 0] < self.right)
        inside &= (points[:, 1] > self.bottom) & (points[:, 1] < self.top)
        return int(inside.sum())


def place(
    anchors: list[tuple[float, float]],
    sizes: list[tuple[float, float]],
    gap: list[float],
    frame: Box,
    lines: npt.NDArray[np.float64],
    taken: list[Box],
) -> list[tuple[int, Box]]:
    """For each label the spot (index into `SPOTS`) and box where it disturbs least.

    ``anchors`` are the dots and ``sizes`` the label sizes in points, ``gap`` the distance from
    the dot, ``lines`` sampled points of everything drawn (n × 2), ``taken`` boxes to keep
    free. Labels are placed in the order given; each placed one is kept free for the next.
    """
    occupied = [*taken, *(Box(x - 3, y - 3, x + 3, y + 3) for x, y in anchors)]
    chosen = []
    for (x, y), size, distance in zip(anchors, sizes, gap, strict=True):
        best: tuple[float, int, Box] | None = None
        for ring in (1.0, 2.2, 3.6):
            for index in range(len(SPOTS)):
                box = _box(x, y, size, distance * ring, index)
                cost = _cost(box, frame, lines, occupied) + index * 0.05 + (ring - 1.0) * 4.0
                if best is None or cost < best[0]:
                    best = (cost, index, box)
        assert best is not None  # there are spots
        occupied.append(best[2])
        chosen.append((best[1], best[2]))
    return chosen


def _box(x: float, y: float, size: tuple[float, float], gap: float, spot: int) -> Box:
    dx, dy, horizontal, vertical = SPOTS[spot]
    left = x + dx * gap - {"left": 0.0, "center": size[0] / 2, "right": size[0]}[horizontal]
    bottom = y + dy * gap - {"bottom": 0.0, "center": size[1] / 2, "top": size[1]}[vertical]
    return Box(left, bottom, left + size[0], bottom + size[1])


def _cost(box: Box, frame: Box, lines: npt.NDArray[np.float64], occupied: list[Box]) -> float:
    area = (box.right - box.left) * (box.top - box.bottom)
    outside = area - box.overlap(frame)
    covered = sum(box.overlap(other) for other in occupied)
    return outside * 50.0 + covered * 10.0 + box.holds(lines) * 1.5
