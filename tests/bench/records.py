# SPDX-License-Identifier: MIT
"""Records: fields of items at hand, all of them, and by id, in items.c's stores.

No goal is stated for these: the rows are figures. At hand are 1,024 records, in the
processor's cache; stele's getters check each access, the made ones too, structs and
FlatBuffers none.
"""

import os
import statistics

from report import print_table, ratios
from stores import Worker

# The stores, and whose file each reads.
FILES = {"struct": "struct", "stele": "stele", "made": "stele",
         "flatbuffers": "flatbuffers", "lmdb": "lmdb", "sqlite": "sqlite"}
WHAT = {
    "u64": ("u64 at hand", 8_000_000),
    "str": ("string at hand", 4_000_000),
    "scan": ("one field of all", 0),
    "lookup": ("three fields by id", 200_000),
}
OURS = {"stele": "getter", "made": "made getter"}
# No store is quicker than these; and stores that are asked as ours is.
LIMITS = {"u64": ("struct", "flatbuffers"), "str": ("struct", "flatbuffers"),
          "scan": ("struct", "flatbuffers"), "lookup": ()}
RIVALS = {"u64": (), "str": (), "scan": ("lmdb", "sqlite"),
          "lookup": ("lmdb", "sqlite")}
SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "record.schema")


def measure(bench, data):
    workers = {name: Worker(bench.program, name, data, bench.path(f"items-{file}"),
                            schema=SCHEMA)
               for name, file in FILES.items()}
    bench.say(f"records: {data.pairs:,} items")
    for name, worker in workers.items():
        if FILES[name] == name:
            worker.tell("build")
    for name, worker in workers.items():
        bench.versions[name] = worker.tell("open")["version"]
    del bench.versions["struct"], bench.versions["made"]
    took = {(name, what): [] for name in workers for what in WHAT}
    for n in range(bench.rounds + 1):  # the first does not count
        bench.say(f"records: round {n} of {bench.rounds}")
        for what, (_, count) in WHAT.items():
            for name, worker in workers.items():
                ns = worker.tell(f"do {what} {count} {bench.seed + n}")["ns"]
                if n and ns is not None:
                    took[name, what].append(ns)
    for worker in workers.values():
        worker.close()
    report(bench, data, took)


def report(bench, data, took):
    print(f"records: {data.pairs:,} of 8 fields, ns, median of rounds [low, high]")
    print_table(["store", "", *(text for text, _ in WHAT.values())],
                [[name, OURS.get(name, ""), *(shown(took[name, what]) for what in WHAT)]
                 for name in FILES])
    for what, (text, _) in WHAT.items():
        for ours, note in OURS.items():
            for limit in LIMITS[what]:
                bench.figure("records", f"{text}, {note} / {limit}", "file", "-",
                             ratios(took[ours, what], took[limit, what]), "ratio")
            for rival in RIVALS[what]:
                bench.figure("records", f"{text}, {rival} / {note}", "file", "-",
                             ratios(took[rival, what], took[ours, what]), "ratio")
    size = os.path.getsize(bench.path("items-stele"))
    bench.figure("records", "whole file, one table", "file", "-",
                 [size / data.pairs], "B/record")


def shown(rounds):
    return "-" if not rounds else (f"{statistics.median(rounds):.3g} "
                                   f"[{min(rounds):.3g}, {max(rounds):.3g}]")
