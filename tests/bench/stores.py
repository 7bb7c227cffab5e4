# SPDX-License-Identifier: MIT
"""Stores under test: one process each, told what to do a line at a time."""

import json
import os
import subprocess
import threading

COMMAND_SECONDS = 1800
HUGE_TUNABLE = "glibc.malloc.hugetlb=1"
MEASURE_NS = 250e6
QUERIES_MIN, QUERIES_MAX = 20_000, 1 << 21


class BenchError(Exception):
    """The bench itself can't go on: a store failed or answered wrongly."""


class Worker:
    """One `bench` process. Its answers are dicts; its complaints go to stderr."""

    def __init__(self, program, store, data, path, env=None, **options):
        args = [program, store, data.kind, str(data.pairs), str(data.seed), path]
        args += [f"{name}={value}" for name, value in options.items()]
        self.store = store
        self.process = subprocess.Popen(
            args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **(env or {})})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def tell(self, command):
        timer = threading.Timer(COMMAND_SECONDS, self.process.kill)
        timer.start()
        try:
            self.process.stdin.write(command + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        finally:
            timer.cancel()
        if not answer.endswith("\n"):
            raise BenchError(f"{self.store}: no answer to '{command}'")
        return json.loads(answer)

    def close(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.wait()


class Store:
    """An open store on one kind of page, and what was measured of it."""

    def __init__(self, program, name, data, path, home="file", page="any",
                 size=None):
        self.name, self.home, self.asked_page = name, home, page
        self.data = data
        env, options = {}, {"home": home, "page": page}
        if home == "heap" and page == "2M":
            env = {"GLIBC_TUNABLES": HUGE_TUNABLE}
        if size:
            options["bytes"] = size
        self.worker = Worker(program, name, data, path, env, **options)
        self.rounds = {}  # operation -> ns a lookup, a round
        self.page, self.huge_share = page, 0.0
        if name == "limit" and home == "file":
            self.worker.tell("build")
        self.facts = self.worker.tell("open")

    def load(self, check_pairs):
        """All of it into memory, right answers for check_pairs pairs."""
        self.worker.tell("warm")
        if self.name != "limit":
            self.worker.tell(f"check {check_pairs}")
        use = self.worker.tell("pages")
        self.huge_share = use["huge"] / max(use["resident"], 1)
        self.page = ("2M" if self.huge_share >= 0.75 else
                     "4K" if self.huge_share < 0.25 else "mixed")

    def measure(self, operation, seed, keep=True):
        mode, which = OPERATIONS[operation]
        known = self.rounds.get(operation) or self.rounds.get("estimate") or [5000]
        count = int(min(max(MEASURE_NS / known[-1], QUERIES_MIN), QUERIES_MAX))
        ns = self.worker.tell(f"get {mode} {count} {seed} {which}")["ns"]
        if keep:
            self.rounds.setdefault(operation, []).append(ns)
        else:
            self.rounds["estimate"] = [ns]
        return ns

    def can(self, operation):
        return operation != "batch" or self.name in ("stele", "limit")

    def close(self):
        self.worker.close()


# How a value is asked for; the name stands in the report. The limit takes part in
# all of them, dependent or not, so that it is measured right beside each.
OPERATIONS = {
    "hit dependent": ("dependent", "present"),
    "hit independent": ("independent", "present"),
    "miss": ("independent", "absent"),
    "batch": ("batch", "present"),
}
