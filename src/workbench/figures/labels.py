"""Labels that lie on nothing, placed by a fixed rule: the same places give the same labels.

Each label has candidates beside its dot and, with a leader, in rings around it. A candidate that
leaves the frame, covers a dot, another label or something to be kept free is none; nor is one apart
from its dot and close to another's, or with a leader across another leader. Labels choose in the
order given (the heaviest first), then each in turn chooses again; one that found no place may move
neighbours aside. Other orders are tried as well, and the one that leaves the fewest labels without a
place is taken. What still finds none is not drawn, and the caller says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

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
MANY = 80  # labels
SEARCHED = 45  # labels for which other orders are tried
_RINGS = (7.0, 13.0, 21.0, 32.0, 46.0, 64.0, 86.0)  # beyond the gap, with a leader
_ANGLES = 24
_DOT = 0.6  # of its gap: half the side of what a dot covers
_CORE = 0.3  # of its gap: what a leader must not touch
_AIR = (4.0, 1.0)  # between labels: across, up
_OWN = 10.0  # between a label with a leader and the dots of others
_SWEEPS = 3
_POINTS = 8  # of a leader
_ALIGNED = {"left": 1.0, "bottom": 1.0, "center": 0.0, "right": -1.0, "top": -1.0}
_CELL = 3.0  # of the raster of what is drawn


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

    def holds(self, points: Numbers) -> int:
        """How many of the points (n × 2) lie inside."""
        inside = (points[:, 0] > self.left) & (points[:, 0] < self.right)
        inside &= (points[:, 1] > self.bottom) & (points[:, 1] < self.top)
        return int(inside.sum())


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a label stands: its box, and the ends of its leader (at the dot, at the box) if it has one."""

    box: Box
    leader: tuple[tuple[float, float], tuple[float, float]] | None


@dataclass(frozen=True, slots=True)
class _Candidates:
    """The admissible places of one label, best first: boxes (n × 4) and leaders as points (n × k × 2, NaN
    where there is none)."""

    boxes: Numbers
    leaders: Numbers

    def spot(self, index: int) -> Spot:
        ends = self.leaders[index]
        leader = None if np.isnan(ends[0, 0]) else ((*map(float, ends[0]),), (*map(float, ends[-1]),))
        return Spot(Box(*map(float, self.boxes[index])), leader)  # type: ignore[arg-type]


def place(
    anchors: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    gap: Sequence[float],
    frame: Box,
    lines: Numbers,
    taken: Sequence[Box],
) -> list[Spot | None]:
    """For each label the place where it disturbs least; None where there is none for it.

    ``anchors`` are the dots, ``gap`` the distance of a label from each, ``sizes`` the label sizes in
    points (of the first dots, if the others have no label), ``lines`` points of everything drawn that a
    label may cover but had better not (n × 2), ``taken`` boxes to keep free. Labels choose in the order
    given. Where there are many, none stands far from its dot.
    """
    dots = np.array(anchors, dtype=float).reshape(-1, 2)
    drawn = _Raster(lines, frame)
    rings = np.array(_RINGS if len(sizes) <= MANY else _RINGS[:4])
    gaps = np.array(gap, dtype=float)
    free = [_candidates(dots, gaps, n, size, rings, frame, drawn, taken) for n, size in enumerate(sizes)]
    conflicts = _Conflicts(free)
    chosen = min((_choose(conflicts, order) for order in _orders(free, dots)), key=_left_out)
    return [free[n].spot(at) if at >= 0 else None for n, at in enumerate(chosen)]


def _left_out(chosen: list[int]) -> tuple[int, list[bool]]:
    """How many labels have no place, and which: the worse the earlier they come."""
    without = [at < 0 for at in chosen]
    return sum(without), without


def _orders(free: list[_Candidates], dots: Numbers) -> list[list[int]]:
    """In which orders labels choose: as given; where they are not many also those with the fewest places
    first, and from each side to the other."""
    given = list(range(len(free)))
    if len(free) > SEARCHED:
        return [given]
    keys = [
        np.array([len(one.boxes) for one in free]),
        *(sign * dots[: len(free), axis] for axis in (0, 1) for sign in (1, -1)),
    ]
    return [given, *([int(n) for n in np.argsort(key, kind="stable")] for key in keys)]


def _choose(conflicts: _Conflicts, order: list[int]) -> list[int]:
    """The place of each label (its number among the candidates, -1 where there is none), chosen in an order."""
    chosen = [-1] * len(order)
    for _ in range(_SWEEPS):
        before = list(chosen)
        for n in order:
            chosen[n] = _first_free(conflicts, chosen, n)
        for n in sorted(order):
            if chosen[n] < 0:
                _move_aside(conflicts, chosen, n)
        if chosen == before:
            break
    return chosen


class _Raster:
    """How much is drawn inside a box: sums over a grid of cells, looked up at its corners."""

    def __init__(self, points: Numbers, frame: Box) -> None:
        self.frame = frame
        across, up = (int(np.ceil(max(length, _CELL) / _CELL)) for length in (frame.right - frame.left,
                                                                               frame.top - frame.bottom))  # fmt: skip
        cells = np.zeros((across, up))
        at = ((points - (frame.left, frame.bottom)) // _CELL).astype(int)
        at = at[(at >= 0).all(axis=1) & (at[:, 0] < across) & (at[:, 1] < up)]
        np.add.at(cells, (at[:, 0], at[:, 1]), 1.0)
        self.sums = np.pad(np.minimum(cells, 2.0).cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))

    def inside(self, boxes: Numbers) -> Numbers:
        """The cells drawn upon in each box (n × 4)."""
        low = ((boxes[:, :2] - (self.frame.left, self.frame.bottom)) // _CELL).astype(int)
        high = ((boxes[:, 2:] - (self.frame.left, self.frame.bottom)) // _CELL).astype(int) + 1
        (x0, y0), (x1, y1) = (np.clip(at, 0, np.array(self.sums.shape) - 1).T for at in (low, high))
        return self.sums[x1, y1] - self.sums[x0, y1] - self.sums[x1, y0] + self.sums[x0, y0]  # type: ignore[no-any-return]


def _candidates(
    dots: Numbers, gaps: Numbers, n: int, size: tuple[float, float], rings: Numbers, frame: Box, drawn: _Raster,
    taken: Sequence[Box],
) -> _Candidates:  # fmt: skip
    boxes, leaders, cost = _around(dots[n], size, gaps[n], rings)
    good = (boxes[:, 0] >= frame.left) & (boxes[:, 1] >= frame.bottom)
    good &= (boxes[:, 2] <= frame.right) & (boxes[:, 3] <= frame.top)
    reach = np.hypot(*(np.array(size) + gaps[n] + rings[-1] + gaps.max()))
    near = (np.abs(dots - dots[n]) < reach).all(axis=1)
    near[n] = False
    kept_free = np.array([[box.left, box.bottom, box.right, box.top] for box in taken]).reshape(-1, 4)
    led = ~np.isnan(leaders[:, 0, 0])
    good &= ~_overlap(boxes, np.vstack([kept_free, _squares(dots[near], gaps[near] * _DOT)])).any(axis=1)
    good &= ~_cross(leaders, np.vstack([kept_free, _squares(dots[near], gaps[near] * _CORE)])).any(axis=1)
    good &= ~(led & _overlap(boxes, _squares(dots[near], gaps[near] * _DOT + _OWN)).any(axis=1))
    good &= ~_overlap(boxes, _squares(dots[n : n + 1], gaps[n : n + 1] * _CORE)).any(axis=1)
    cost = cost + 0.35 * drawn.inside(boxes)
    order = np.flatnonzero(good)[np.argsort(cost[good], kind="stable")]
    return _Candidates(boxes[order], leaders[order])


def _squares(middles: Numbers, half: Numbers) -> Numbers:
    return np.hstack([middles - half[:, None], middles + half[:, None]])


def _around(dot: Numbers, size: tuple[float, float], gap: float, apart: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """All places around a dot: boxes, leaders, and how far each is from the best."""
    half = np.array(size) / 2
    beside = np.array([(dx, dy) for dx, dy, _, _ in SPOTS]) * gap
    beside += np.array([(_ALIGNED[across], _ALIGNED[up]) for _, _, across, up in SPOTS]) * half
    angles = np.tile(2 * np.pi * np.arange(_ANGLES) / _ANGLES, len(apart))
    rings = np.repeat(apart, _ANGLES)
    way = np.column_stack([np.cos(angles), np.sin(angles)])
    around = way * (gap + rings)[:, None] + np.clip(way * 1.3, -1, 1) * half
    middle = dot + np.vstack([beside, around])
    start, end = dot + way * gap * _DOT, np.clip(dot, dot + around - half, dot + around + half)
    led = start[:, None] + (end - start)[:, None] * np.linspace(0, 1, _POINTS)[None, :, None]
    leaders = np.concatenate([np.full((len(SPOTS), _POINTS, 2), np.nan), led])
    cost = np.concatenate([0.4 * np.arange(len(SPOTS)), 4.0 + rings * 0.4 + np.abs(np.sin(angles))])
    return np.hstack([middle - half, middle + half]), leaders, cost


def _overlap(boxes: Numbers, others: Numbers, air: tuple[float, float] = (0.0, 0.0)) -> Mask:
    """Which boxes (n × 4) meet which others (m × 4), or have less air between them: n × m."""
    met = np.ones((len(boxes), len(others)), dtype=bool)
    for low, room in enumerate(air):
        met &= boxes[:, None, low] < others[None, :, low + 2] + room
        met &= others[None, :, low] < boxes[:, None, low + 2] + room
    return met


def _cross(leaders: Numbers, boxes: Numbers) -> Mask:
    """Which leaders (n × k × 2) run into which boxes (m × 4): n × m."""
    x, y = leaders[:, None, :, 0], leaders[:, None, :, 1]
    inside = (x > boxes[None, :, None, 0]) & (x < boxes[None, :, None, 2])
    inside &= (y > boxes[None, :, None, 1]) & (y < boxes[None, :, None, 3])
    return np.asarray(inside.any(axis=2))


def _tangled(leaders: Numbers, others: Numbers) -> Mask:
    """Which leaders (n × k × 2) cross which others (m × k × 2): n × m."""

    def side(start: Numbers, end: Numbers, point: Numbers) -> Numbers:
        return (end[..., 0] - start[..., 0]) * (point[..., 1] - start[..., 1]) - (  # type: ignore[no-any-return]
            end[..., 1] - start[..., 1]
        ) * (point[..., 0] - start[..., 0])

    a, b, c, d = leaders[:, None, 0], leaders[:, None, -1], others[None, :, 0], others[None, :, -1]
    return (side(a, b, c) * side(a, b, d) < 0) & (side(c, d, a) * side(c, d, b) < 0)  # type: ignore[no-any-return]


class _Conflicts:
    """Which places of one label meet which of another; worked out once for each two labels."""

    def __init__(self, free: list[_Candidates]) -> None:
        self.free = free
        reach = [[*one.boxes[:, :2].min(axis=0), *one.boxes[:, 2:].max(axis=0)] for one in free if len(one.boxes)]
        self.near = np.zeros((len(free), len(free)), dtype=bool)
        have = [n for n, one in enumerate(free) if len(one.boxes)]
        boxes = np.array(reach).reshape(-1, 4)
        self.near[np.ix_(have, have)] = _overlap(boxes, boxes, (_RINGS[-1], _RINGS[-1]))
        self.known: dict[tuple[int, int], Mask] = {}

    def __getitem__(self, pair: tuple[int, int]) -> Mask:
        if pair not in self.known:
            one, other = (self.free[n] for n in pair)
            meets = _overlap(one.boxes, other.boxes, _AIR) | _tangled(one.leaders, other.leaders)
            meets |= _cross(one.leaders, other.boxes) | _cross(other.leaders, one.boxes).T
            self.known[pair], self.known[pair[::-1]] = meets, meets.T
        return self.known[pair]

    def meets(self, chosen: list[int], n: int) -> tuple[Mask, list[int]]:
        """Which places of a label meet which labels that have one (places × those), and those."""
        placed = [int(m) for m in np.flatnonzero(self.near[n]) if chosen[m] >= 0 and m != n]
        number = len(self.free[n].boxes)
        if not placed:
            return np.zeros((number, 0), dtype=bool), []
        return np.column_stack([self[n, m][:, chosen[m]] for m in placed]), placed


def _first_free(conflicts: _Conflicts, chosen: list[int], n: int) -> int:
    meets, _ = conflicts.meets(chosen, n)
    spots = np.flatnonzero(~meets.any(axis=1))
    return int(spots[0]) if len(spots) else -1


def _move_aside(conflicts: _Conflicts, chosen: list[int], n: int) -> None:
    """Give a label the first place that those in its way, at most three, can leave for places of their own."""
    meets, placed = conflicts.meets(chosen, n)
    for at in np.flatnonzero(meets.sum(axis=1) <= 3):
        others = [placed[m] for m in np.flatnonzero(meets[at])]
        before = [chosen[m] for m in others]
        chosen[n] = int(at)
        for m in others:
            chosen[m] = -1
        for m in others:
            chosen[m] = _first_free(conflicts, chosen, m)
        if all(chosen[m] >= 0 for m in others):
            return
        chosen[n] = -1
        for m, was in zip(others, before, strict=True):
            chosen[m] = was
