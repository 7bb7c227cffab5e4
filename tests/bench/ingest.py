# SPDX-License-Identifier: MIT
"""NDJSON in: `stele build`, from a file to a synced segment, on one core and two.

Beside it: Python's json into a pickle (the goal), SQLite's shell with its JSON
functions, jq that only parses, and yajl, our parser, with nobody listening: the
least that can be had. Each is one process on the cores it is given; the pickle
and SQLite's file are synced too.
"""

import json
import os
import platform
import random
import statistics
import subprocess
import sys
import time

from report import print_table, ratios
from stores import BenchError

SCHEMA = """\
record Package {
	id: u64
	name: str
	size: u32
	ratio: f64
	added: date
	essential: bool
	maintainer: Person
	tags: list<str>
	depends: list<str>
	description: str
}
record Person { name: str  email: str? }
table by_id: Package(id)
table by_name: Package(name)
rows Package
"""
PICKLE = """\
import json, os, pickle, sys
with open(sys.argv[1], encoding="utf-8") as lines:
    rows = [json.loads(line) for line in lines]
with open(sys.argv[2], "wb") as out:
    pickle.dump(rows, out, pickle.HIGHEST_PROTOCOL)
    out.flush()
    os.fsync(out.fileno())
print(len(rows), sum(row["size"] for row in rows))
"""
SQL = """\
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
CREATE TEMP TABLE line(text TEXT);
.mode ascii
.separator "\\001" "\\n"
.import '{source}' line
CREATE TABLE package(id INTEGER PRIMARY KEY, name TEXT UNIQUE, size INTEGER,
  ratio REAL, added TEXT, essential INTEGER, maintainer TEXT, email TEXT, tags TEXT,
  depends TEXT, description TEXT);
BEGIN;
INSERT INTO package SELECT text->>'id', text->>'name', text->>'size', text->>'ratio',
  text->>'added', text->>'essential', text->>'$.maintainer.name',
  text->>'$.maintainer.email', text->>'tags', text->>'depends', text->>'description'
  FROM line;
COMMIT;
.mode list
.separator " "
SELECT count(*), sum(size) FROM package;
"""
STELE_1, STELE_2, PYTHON = "stele, 1 core", "stele, 2 cores", "json + pickle"


# ---- the file

def words(rng, some, least, most):
    return [rng.choice(some) for _ in range(rng.randint(least, most))]


def package(rng, i, some):
    return {
        "id": i * 1000003, "name": f"{rng.choice(some)}-{i}",
        "size": rng.randrange(1 << 32), "ratio": round(rng.random(), 6),
        "added": f"{rng.randint(1993, 2025)}-{rng.randint(1, 12):02}-"
                 f"{rng.randint(1, 28):02}",
        "essential": rng.random() < 0.1,
        "maintainer": {"name": " ".join(words(rng, some, 2, 3)).title(),
                       "email": f"{rng.choice(some)}@example.org"
                                if rng.random() < 0.8 else None},
        "tags": words(rng, some, 0, 4), "depends": words(rng, some, 0, 8),
        "description": "\u2014 " * (rng.random() < 0.1) +
                       " ".join(words(rng, some, 5, 25)),
    }


def write_rows(path, rows, seed):
    """What all programs must say of it: number of rows, sum of sizes."""
    rng = random.Random(seed)
    some = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(2, 12)))
            for _ in range(20_000)]
    total = 0
    with open(path, "w", encoding="utf-8") as out:
        for i in range(rows):
            row = package(rng, i, some)
            total += row["size"]
            out.write(json.dumps(row, ensure_ascii=i % 2 == 0,
                                 separators=(",", ":")) + "\n")
    return rows, total


# ---- the programs

def run(command, cores, text=None):
    """How many seconds it took, and what it printed."""
    begin = time.monotonic()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True,
                          preexec_fn=lambda: os.sched_setaffinity(0, cores)) as process:
        out, err = process.communicate(text)
    seconds = time.monotonic() - begin
    if process.returncode:
        raise BenchError(f"{command[0]} failed: {err.strip()}")
    return seconds, out


class Programs:
    def __init__(self, bench, rows):
        self.bench = bench
        self.folder = bench.path("ingest")
        os.makedirs(self.folder)
        self.source = os.path.join(self.folder, "rows.ndjson")
        self.schema = os.path.join(self.folder, "schema")
        bench.say(f"NDJSON: writing {rows:,} rows")
        with open(self.schema, "w", encoding="utf-8") as out:
            out.write(SCHEMA)
        self.expected = write_rows(self.source, rows, bench.seed)
        self.bytes = os.path.getsize(self.source)
        self.cores = sorted(os.sched_getaffinity(0))[:2]
        self.identity = None

    def need(self, name, said):
        if tuple(map(int, said.split())) != self.expected:
            raise BenchError(f"{name}: {said.strip()}, not {self.expected}")

    def stele(self, cores, schema=True):
        """The first is read back; the others must be the same to the bit."""
        out = os.path.join(self.folder, f"{schema}.stele")
        given = (["--schema", self.schema] if schema else
                 ["--table", "by_id=id", "--table", "by_name=name"])
        seconds, _ = run([self.bench.command, "build", "-o", out, "--threads",
                          str(len(cores)), *given, self.source], cores)
        info = json.loads(run([self.bench.command, "info", "--json", out],
                              self.cores)[1])
        if schema and self.identity is None:
            self.identity = info["identity"]
            dumped = run([self.bench.command, "dump", out], self.cores)[1]
            rows = [json.loads(line) for line in dumped.splitlines()]
            self.need("stele", f"{len(rows)} {sum(r['size'] for r in rows)}")
        if schema and info["identity"] != self.identity:
            raise BenchError("stele: another identity than before")
        return seconds

    def python(self):
        seconds, said = run([sys.executable, "-I", "-S", "-c", PICKLE, self.source,
                             os.path.join(self.folder, "rows.pickle")],
                            self.cores[:1])
        self.need(PYTHON, said)
        return seconds

    def sqlite(self):
        path = os.path.join(self.folder, "rows.sqlite")
        if os.path.exists(path):
            os.unlink(path)
        begin = time.monotonic()
        _, said = run(["sqlite3", "-batch", path], self.cores[:1],
                      SQL.format(source=self.source))
        with open(path, "rb") as file:
            os.fsync(file.fileno())
        self.need("sqlite", said.splitlines()[-1])
        return time.monotonic() - begin

    def jq(self):
        seconds, said = run(["jq", "-n", "-r", "reduce inputs as $row ([0, 0]; "
                             "[.[0] + 1, .[1] + $row.size]) | map(tostring) | "
                             "join(\" \")", self.source], self.cores[:1])
        self.need("jq", said)
        return seconds

    def yajl(self):
        _, said = run([self.bench.program, "yajl", "ndjson", self.source],
                      self.cores[:1])
        return json.loads(said)["seconds"]

    def all(self):
        one, two = self.cores[:1], self.cores
        ways = {STELE_1: lambda: self.stele(one)}
        if len(two) == 2:
            ways[STELE_2] = lambda: self.stele(two)
        ways["stele, schema inferred, 1 core"] = lambda: self.stele(one, False)
        ways[PYTHON] = self.python
        ways["sqlite3 .import, json"] = self.sqlite
        ways["jq, parsing alone"] = self.jq
        ways["yajl, parsing alone"] = self.yajl
        return ways


# ---- the rows

def measure(bench, rows):
    programs = Programs(bench, rows)
    took = {name: [] for name in programs.all()}
    for n in range(bench.rounds):
        bench.say(f"NDJSON: round {n + 1} of {bench.rounds}")
        for name, way in programs.all().items():
            took[name].append(way())
    megabytes = programs.bytes / 1e6
    print(f"NDJSON in: {rows:,} rows, {megabytes:.1f} MB, MB/s; Python "
          f"{platform.python_version()}")
    print_table(["program", "", "median", "low", "high"],
                [[name, "", *(f"{megabytes / s:.1f}" for s in
                              (statistics.median(t), max(t), min(t)))]
                 for name, t in took.items()])
    bench.row("NDJSON in", f"{PYTHON} / {STELE_1}", "file", "-",
              ratios(took[PYTHON], took[STELE_1]), "ratio", ">= 3", "target")
    for name in took:
        if name.startswith("stele"):
            bench.figure("NDJSON in", name, "file", "-",
                         [megabytes / s for s in took[name]], "MB/s")
        elif name != PYTHON:
            bench.figure("NDJSON in", f"{name} / {STELE_1}", "file", "-",
                         ratios(took[name], took[STELE_1]), "ratio")
    if STELE_2 in took:
        bench.figure("NDJSON in", "one core / two", "file", "-",
                     ratios(took[STELE_1], took[STELE_2]), "ratio")
