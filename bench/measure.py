"""Alternating rounds, paired ratios, and the lines that are printed."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Clock = Callable[[], float]


@dataclass(frozen=True)
class Figure:
    """One line: what was measured, beside its floor, and the goal that its ratio is held against."""

    name: str  # id of the goal and a few words: "BP1 public page, in process"
    value: float
    unit: str
    floor: float | None  # same unit; None where the goal is a count or an exponent
    goal: float
    is_count: bool = False  # noise cannot move it: `make bench-check` fails on it
    at_least: bool = False  # the goal is a lower bound
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.value / self.floor if self.floor else self.value

    @property
    def is_met(self) -> bool:
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal

    def line(self) -> str:
        floor = f"{self.floor:.4g}" if self.floor is not None else "–"
        sign = "≥" if self.at_least else "≤"
        met = "met" if self.is_met else "NOT MET"
        note = f"  ({self.note})" if self.note else ""
        told = f"{self.name:<58}{self.value:>10.4g} {self.unit:<11} floor {floor:>8}  ratio {self.ratio:>8.3f}"
        return f"{told}  goal {sign} {self.goal:<6g} {met}{note}"


def alternate(
    cases: Mapping[str, Callable[[], object]], *, rounds: int, inner: int = 1, tick: Clock = time.process_time
) -> dict[str, list[float]]:
    """Seconds a call, round by round, the cases taking turns. The first two rounds warm up and are left out.

    :param tick: CPU time of this process by default; `time.perf_counter` where the work is done elsewhere
    """
    taken: dict[str, list[float]] = {name: [] for name in cases}
    for round_number in range(rounds + 2):
        for name, call in cases.items():
            began = tick()
            for _ in range(inner):
                call()
            if round_number > 1:
                taken[name].append((tick() - began) / inner)
    return taken


def middle(values: list[float], scale: float = 1.0) -> float:
    """The median, in another unit."""
    return statistics.median(values) * scale


def against(taken: Mapping[str, list[float]], what: str, floor: str, scale: float) -> tuple[float, float]:
    """The figure of `what`, and a floor such that their quotient is the median of the paired ratios.

    :param scale: 1e6 for µs, 1e3 for ms
    """
    ratio = statistics.median(a / b for a, b in zip(taken[what], taken[floor], strict=True))
    value = middle(taken[what], scale)
    return value, value / ratio


def exponent(by_size: Mapping[int, float]) -> float:
    """The slope of log time over log size: 0 does not grow, 1 grows as the rows do."""
    sizes = [math.log(size) for size in by_size]
    times = [math.log(max(seconds, 1e-9)) for seconds in by_size.values()]
    return statistics.linear_regression(sizes, times).slope
