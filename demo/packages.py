#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Turns Debian's package index into NDJSON, one package a line.

usage: apt-cache dumpavail | demo/packages.py >packages.ndjson

The index is stanzas of `Field: value`, a blank line between two; a line that
begins with a space continues the field above, and is the long part of a
description, which is left out. What comes out is as packages.schema declares: a
dependency is a list of alternatives, each the bare name of a package, for names
are what the schema refers by.
"""

import json
import re
import sys

WANTED = frozenset(("Package", "Version", "Architecture", "Size", "Installed-Size", "Section",
                    "Priority", "Maintainer", "Description", "Pre-Depends", "Depends"))
MAINTAINER = re.compile(r"(.*?)\s*<([^>]*)>\s*$")
NAME = re.compile(r"[^\s:(\[<]+")    # what stands before version, architecture, profile


def stanzas(lines):
    """The wanted fields of each stanza, their values stripped."""
    fields, last = {}, None
    for line in lines:
        if line[0] in " \t":
            if last and last != "Description":
                fields[last] += " " + line.strip()
            continue
        last, colon, value = line.partition(":")
        if colon:
            if last in WANTED:
                fields[last] = value.strip()
            else:
                last = None
        elif fields:
            yield fields
            fields, last = {}, None
    if fields:
        yield fields


def dependencies(text):
    """`a (>= 1) | b:any, c, c (<< 9)` is [["a", "b"], ["c"]]."""
    found = {}    # kept in order; two bounds on one version are one dependency
    for group in text.split(","):
        names = (NAME.match(choice.strip()) for choice in group.split("|"))
        found[tuple(name[0] for name in names if name)] = None
    found.pop((), None)
    return list(found)


def maintainer(text):
    found = MAINTAINER.match(text)
    return {"name": found[1].strip('"'), "email": found[2]} if found \
        else {"name": text, "email": None}


def package(fields):
    installed = fields.get("Installed-Size")    # counts KiB
    return {
        "name": fields["Package"],
        "version": fields.get("Version", ""),
        "architecture": fields.get("Architecture", ""),
        "size": int(fields.get("Size", 0)),
        "installed_size": int(installed) * 1024 if installed else None,
        "section": fields.get("Section"),
        "priority": fields.get("Priority"),
        "maintainer": maintainer(fields.get("Maintainer", "")),
        "description": fields.get("Description", ""),
        "depends": dependencies(fields.get("Pre-Depends", "") + ","
                                + fields.get("Depends", "")),
    }


def main():
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    sys.stdout.reconfigure(encoding="utf-8")
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    sys.stdout.writelines(encode(package(fields)) + "\n" for fields in stanzas(sys.stdin)
                          if "Package" in fields)


if __name__ == "__main__":
    main()
