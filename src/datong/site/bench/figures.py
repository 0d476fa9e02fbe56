"""What a benchmark reports, and how CPU time is read."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing over several rounds."""

    values: tuple[float, ...]
    unit: str

    def summary(self) -> dict[str, Any]:
        digits = 4
        return {
            "min": round(min(self.values), digits),
            "median": round(statistics.median(self.values), digits),
            "max": round(max(self.values), digits),
            "unit": self.unit,
        }


@dataclass(frozen=True, slots=True)
class Goal:
    """`value` is the median of `figure`; met when at most `goal` (or at least, for `at_least`)."""

    figure: str
    goal: float
    at_least: bool = False


@dataclass(slots=True)
class Report:
    """A benchmark's outcome, printed as one JSON object."""

    name: str
    figures: dict[str, Figure] = field(default_factory=dict)
    goals: dict[str, Goal] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        goals = {}
        for key, goal in self.goals.items():
            value = statistics.median(self.figures[goal.figure].values)
            met = value >= goal.goal if goal.at_least else value <= goal.goal
            goals[key] = {"goal": goal.goal, "value": round(value, 4), "met": met}
        return {
            "name": self.name,
            "machine": machine(),
            "figures": {key: figure.summary() for key, figure in self.figures.items()},
            "goals": goals,
            "notes": self.notes,
        }


def machine() -> dict[str, Any]:
    model = ""
    info = Path("/proc/cpuinfo")
    if info.exists():
        model = next(
            (line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line), ""
        )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return {
        "cpu": model or platform.machine(),
        "cores": os.cpu_count(),
        "memory_mib": memory,
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
    }


def tree(pid: int) -> list[int]:
    """The process and everything it started, from /proc."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int(entry.joinpath("stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, queue = [], [pid]
    while queue:
        one = queue.pop()
        found.append(one)
        queue += children.get(one, [])
    return found


def cpu_s(pids: Sequence[int]) -> float:
    """CPU seconds of the processes so far, with those of their children that ended and were waited for."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15]))
    return total / TICKS_PER_S


def resident_mib(pids: Sequence[int]) -> float:
    """Resident memory of the processes that is theirs alone, MiB."""
    total = 0
    for pid in pids:
        try:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith(("Private_Clean", "Private_Dirty")):
                    total += int(line.split()[1])
        except OSError:
            continue
    return total / 1024


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie; nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]
