# SPDX-License-Identifier: GPL-3.0-or-later
"""What `traindeck export` makes of CSV files of metrics, against Python's csv module and float().

Argument: the program.
"""
import csv
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv.pop(1)
NON_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
NAMES = ["loss", "odd,key", 'say "hi"', "a;b", "two\nlines", "tab\there", "val/acc", "语"]


def exported(folder):
    text = subprocess.run([PROGRAM, "export", folder], check=True, stdout=subprocess.PIPE).stdout
    curves = {}
    for line in text.decode().splitlines():
        row = json.loads(line)
        value = row["value"]
        value = NON_FINITE[value] if isinstance(value, str) else value
        curves.setdefault(row["tag"], []).append((row["step"], value))
    return curves


def as_python_reads(path, dialect):
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = csv.reader(file, **dialect)
        header = next(rows)
        curves = {}
        for row in rows:
            cells = dict(zip(header, row))
            for name, cell in cells.items():
                if name != "step" and cell.strip() not in ("", "NA"):
                    curves.setdefault(name, []).append((int(cells["step"]), float(cell)))
    return curves


def value(chance):
    return chance.choice([
        lambda: "", lambda: "NA", lambda: "nan", lambda: "-inf", lambda: " 1e-07 ", lambda: "1e400",
        lambda: repr(chance.gauss(0, 1)), lambda: repr(chance.uniform(-1, 1) * 10 ** chance.randint(-300, 300)),
        lambda: str(chance.randint(-(2**70), 2**70))])()


class WeReadCsvAsPythonDoes(unittest.TestCase):
    def test_random_files(self):
        chance = random.Random(11)
        for number in range(40):
            dialect = {"delimiter": chance.choice(",;\t")}
            writing = dict(dialect, lineterminator=chance.choice(["\n", "\r\n"]),
                           quoting=chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
            header = chance.sample(NAMES, chance.randint(2, len(NAMES)))
            header.insert(chance.randint(0, len(header)), "step")
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "metrics.csv")
                with open(path, "w", newline="", encoding=chance.choice(["utf-8", "utf-8-sig"])) as file:
                    writer = csv.writer(file, **writing)
                    writer.writerow(header)
                    for step in range(chance.randint(1, 200)):
                        row = [step // 2 if name == "step" else value(chance) for name in header]
                        writer.writerow(row)
                theirs = as_python_reads(path, dialect)
                ours = exported(folder)
                self.assertEqual(ours.keys(), theirs.keys(), number)
                for tag, points in theirs.items():
                    # repr tells NaN from NaN not, and 0.0 from -0.0.
                    self.assertEqual(repr([(s, float(v)) for s, v in ours[tag]]), repr(points), (number, tag))


unittest.main()
