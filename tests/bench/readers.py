# SPDX-License-Identifier: MIT
"""Readers: the same store in 1, 2, 4 and 8 processes at once.

Goals: throughput grows with cores as that of plain memory accesses does, and all
readers together need the memory of one image. What LMDB and SQLite do is printed
beside it: LMDB's readers share a mapping, SQLite's have a cache each. Each brings
all into memory first; of LMDB and SQLite some pairs are checked then, not all.
"""

import collections
import os
import statistics

from report import print_table, ratios
from stores import Worker

COUNTS = (1, 2, 4, 8)
# name -> store, home, page, lookups a reader, pairs checked first
STORES = {
    "stele": ("stele", "file", "any", 1_000_000, None),
    "stele memfd": ("stele", "memfd", "2M", 1_000_000, None),
    "limit": ("limit", "file", "2M", 1_000_000, 0),
    "limit memfd": ("limit", "memfd", "2M", 1_000_000, 0),
    "lmdb": ("lmdb", "file", "any", 500_000, 100_000),
    "sqlite": ("sqlite", "heap", "4K", 200_000, 100_000),
}
HOMES = {"file": ("stele", "limit"), "memfd": ("stele memfd", "limit memfd")}
RIVALS = ("lmdb", "sqlite")


def measure(bench, data):
    """The files of stele, LMDB and SQLite are there."""
    image = os.path.getsize(bench.file_of("stele", data))
    workers = {name: open_worker(bench, data, name, image) for name in STORES}
    got = collections.defaultdict(list)
    for n in range(bench.rounds):
        bench.say(f"readers: round {n + 1} of {bench.rounds}")
        for count in COUNTS:
            for name, worker in workers.items():
                *_, lookups, check = STORES[name]
                check = data.pairs if check is None else min(check, data.pairs)
                got[name, count].append(worker.tell(
                    f"readers {count} {lookups} {bench.seed + n} {check}"))
    for worker in workers.values():
        worker.close()
    print_readers(got)
    rows_of_goals(bench, image, got)
    rows_of_rivals(bench, image, got)


def open_worker(bench, data, name, image):
    store, home, page, *_ = STORES[name]
    if store != "limit":
        return Worker(bench.program, store, data, bench.file_of(store, data),
                      home=home, page=page)
    worker = Worker(bench.program, store, data, bench.path(f"limit-readers-{home}"),
                    home=home, page=page, bytes=image)
    if home == "file":
        worker.tell("build")
    return worker


def rates(got, name, count):
    return [answer["rate"] for answer in got[name, count]]


def print_readers(got):
    print("readers: million dependent integer lookups a second of all; Pss a reader")
    median = statistics.median
    print_table(
        ["store", "", *(f"all of {n}" for n in COUNTS),
         *(f"Pss, one of {n}" for n in COUNTS)],
        [[name, STORES[name][1],
          *(f"{median(rates(got, name, n)) / 1e6:.2f}" for n in COUNTS),
          *(f"{median(a['pss'] for a in got[name, n]) / n / 1e6:.1f} MB"
            for n in COUNTS)] for name in STORES])


def rows_of_goals(bench, image, got):
    readers = min(max(os.cpu_count(), 2), COUNTS[-1])
    readers = max(n for n in COUNTS if n <= readers)
    for home, (name, limit) in HOMES.items():
        def gain(which):
            return ratios(rates(got, which, readers), rates(got, which, 1))

        together = got[name, readers]
        title = f"{readers} readers"
        bench.row(title, "throughput gain / limit's gain", home, "-",
                  ratios(gain(name), gain(limit)), "ratio", ">= 0.9")
        bench.row(title, "memory of all / image", home, "-",
                  [a["pss"] / image for a in together], "ratio", "<= 1.02")
        bench.row(title, "private growth a reader / image", home, "-",
                  [a["private_max"] / image for a in together], "ratio", "<= 0.01")
        bench.row(title, "writable shared mappings", home, "-",
                  [a["shared_writable"] for a in together], "count", "<= 0")


def rows_of_rivals(bench, image, got):
    for home, (name, _) in HOMES.items():
        for n in COUNTS:
            title = f"{n} readers" if n > 1 else "1 reader"
            bench.figure(title, "lookups of all", home, "-",
                         rates(got, name, n), "lookups/s")
            bench.figure(title, "Pss a reader / image", home, "-",
                         [a["pss"] / n / image for a in got[name, n]], "ratio")
            for rival in RIVALS:
                bench.figure(title, f"lookups / {rival}'s", home, "-",
                             ratios(rates(got, name, n), rates(got, rival, n)), "ratio")
        for rival in RIVALS:
            bench.figure(title, f"{rival}'s Pss / ours", home, "-",
                         ratios((a["pss"] for a in got[rival, n]),
                                (a["pss"] for a in got[name, n])), "ratio")
