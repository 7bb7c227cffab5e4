# SPDX-License-Identifier: MIT
"""Rows, their verdicts, and both ways to print them.

A row's value is the median of its rounds, its spread the lowest and highest of
them. A goal is missed when the whole spread misses; a target is only printed, and
so is a figure, which has no bound.
"""

import json
import operator
import os
import platform
import statistics

COMPARE = {"<=": operator.le, ">=": operator.ge}
KINDS = ("goal", "target", "figure")


class Row:
    def __init__(self, bench, metric, home, page, rounds, unit, goal, kind="goal"):
        assert kind in KINDS and (goal is None) == (kind == "figure")
        self.bench, self.metric, self.home, self.page = bench, metric, home, page
        self.rounds, self.unit, self.goal, self.kind = rounds, unit, goal, kind
        self.value = statistics.median(rounds)
        self.low, self.high = min(rounds), max(rounds)

    def meets(self, value):
        compare, bound = self.goal.split()
        return COMPARE[compare](value, float(bound))

    def missed(self):
        return not (self.meets(self.low) or self.meets(self.high))

    def verdict(self):
        if self.kind == "figure":
            return ""
        if self.meets(self.value):
            return "met"
        if self.kind == "target":
            return "target"
        return "MISSED" if self.missed() else "unsure"

    def json(self):
        return json.dumps({
            "bench": self.bench, "metric": self.metric, "home": self.home,
            "page": self.page, "value": digits(self.value),
            "spread": [digits(self.low), digits(self.high)], "unit": self.unit,
            "goal": self.goal, "kind": self.kind})


def digits(x):
    """Four significant digits, as a number."""
    return float(f"{x:.4g}")


def shown(x):
    if x >= 1e6:
        return f"{x / 1e6:.2f}M"
    return f"{x:.0f}" if x >= 1000 else f"{x:.3g}"


def ratios(above, below):
    """Round by round: what drifts during a run is in both."""
    return [a / b for a, b in zip(above, below, strict=True)]


def print_table(head, lines):
    lines = [head] + lines
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for line in lines:
        print("  " + "  ".join(
            text.ljust(width) if i < 2 else text.rjust(width)
            for i, (text, width) in enumerate(zip(line, widths))).rstrip())
    print(flush=True)


def print_rows(rows):
    print_table(
        ["bench", "metric", "home", "page", "value", "low", "high", "unit", "goal",
         "kind", "verdict"],
        [[r.bench, r.metric, r.home, r.page, shown(r.value), shown(r.low),
          shown(r.high), r.unit, r.goal or "", r.kind, r.verdict()] for r in rows])


def print_stores(title, stores, operations):
    """Absolute figures, for people; no goal is about them."""
    print(f"{title}: ns a lookup, median of rounds [low, high]")
    lines = []
    for s in stores:
        figures = []
        for operation in operations:
            rounds = s.rounds.get(operation)
            figures.append("-" if not rounds else
                           f"{statistics.median(rounds):.0f} "
                           f"[{min(rounds):.0f}, {max(rounds):.0f}]")
        lines.append([s.name, s.home, s.asked_page, f"{s.huge_share:.0%}",
                      f"{s.data.pairs / 1e6:.4g}M",
                      f"{s.facts['bytes'] / s.data.pairs:.1f}", *figures])
    print_table(["store", "home", "page", "by 2M", "pairs", "B/pair", *operations],
                lines)


def first_line(path, prefix=""):
    try:
        with open(path, encoding="utf-8") as f:
            for line in f:
                if line.startswith(prefix):
                    return line[len(prefix):].strip(" \t:\n")
    except OSError:
        pass
    return "unknown"


def load():
    return "%.2f %.2f %.2f" % os.getloadavg()


def print_machine():
    print(f"machine: {first_line('/proc/cpuinfo', 'model name')}, "
          f"{os.cpu_count()} CPUs, memory {first_line('/proc/meminfo', 'MemTotal')}")
    print(f"kernel:  {platform.release()} {platform.machine()}, huge pages "
          f"{first_line('/sys/kernel/mm/transparent_hugepage/enabled')}")
    print(f"load:    {load()} at the start", flush=True)
