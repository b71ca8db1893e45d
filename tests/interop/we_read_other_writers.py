# SPDX-License-Identifier: GPL-3.0-or-later
"""What `traindeck export` and `traindeck inspect` make of files that other writers wrote.

Arguments: the program, and which writer: tensorboardX or torch.
"""
import json
import math
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM, WRITER = sys.argv.pop(1), sys.argv.pop(1)

try:
    import numpy as np

    if WRITER == "torch":
        from torch.utils.tensorboard import SummaryWriter
    else:
        from tensorboardX import SummaryWriter
    from tensorboardX.summary import make_histogram
except ImportError as error:
    print(f"skipped: this Python lacks a peer: {error}")
    sys.exit(77)

NON_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], check=True, stdout=subprocess.PIPE).stdout.decode()


def number(value):
    return NON_FINITE[value] if isinstance(value, str) else value


class WeReadOtherWriters(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        random = np.random.default_rng(3)
        cls.loss = random.normal(size=3000).astype(np.float32)
        cls.loss[[5, 50, 500]] = [math.nan, math.inf, -math.inf]
        cls.weights = [random.normal(size=1000 * (i + 1)) for i in range(3)]
        writer = SummaryWriter(os.path.join(cls.folder.name, "run1"))
        for step, value in enumerate(cls.loss):
            writer.add_scalar("loss", value, step * 2 - 7, walltime=1.6e9 + step / 8)
        for step, values in enumerate(cls.weights):
            writer.add_histogram("weights", values, step, bins="tensorflow")
        writer.add_text("note", 'say "hi"\n你好', 4)
        if WRITER == "torch":
            writer.add_scalar("new style", 0.1, 1, new_style=True)
            writer.add_scalar("precise", 0.1, 1, new_style=True, double_precision=True)
        writer.add_hparams({"lr": 0.25, "net": "conv", "bn": True}, {"accuracy": 0.5})
        writer.close()
        lines = [json.loads(line) for line in run("export", cls.folder.name).splitlines()]
        cls.lines = lines

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def of(self, tag, kind):
        return [line for line in self.lines if line["tag"] == tag and line["kind"] == kind]

    def test_scalars(self):
        lines = self.of("loss", "scalar")
        self.assertEqual([line["step"] for line in lines], [2 * i - 7 for i in range(3000)])
        self.assertEqual([line["wall_time"] for line in lines], [1.6e9 + i / 8 for i in range(3000)])
        values = np.array([number(line["value"]) for line in lines]).astype(np.float32)
        np.testing.assert_array_equal(values, self.loss)

    def test_histograms(self):
        lines = self.of("weights", "histogram")
        self.assertEqual([line["step"] for line in lines], [0, 1, 2])
        edges, value = [], 1e-12
        while value < 1e20:
            edges.append(value)
            value *= 1.1
        bins = [-edge for edge in reversed(edges)] + [0] + edges
        for line, values in zip(lines, self.weights):
            expected = make_histogram(values, bins)
            self.assertEqual(line["limits"], list(expected.bucket_limit))
            self.assertEqual(line["counts"], list(expected.bucket))
            self.assertEqual(line["min"], values.min())
            self.assertEqual(line["max"], values.max())
            self.assertEqual(line["num"], len(values))
            self.assertEqual(line["sum"], expected.sum)
            self.assertEqual(line["sum_squares"], expected.sum_squares)

    def test_text(self):
        (line,) = self.of("note/text_summary", "text")
        self.assertEqual(line["text"], 'say "hi"\n你好')
        self.assertEqual(line["step"], 4)

    def test_hparams(self):
        (line,) = self.of("_hparams_/session_start_info", "hparam")
        self.assertEqual(line["hparams"], {"lr": 0.25, "net": "conv", "bn": True})
        self.assertEqual(line["metrics"], ["accuracy"])
        self.assertTrue(line["run"].startswith("run1/"))
        (line,) = self.of("accuracy", "scalar")
        self.assertEqual(line["value"], 0.5)

    @unittest.skipUnless(WRITER == "torch", "torch's own form")
    def test_new_style(self):
        (line,) = self.of("new style", "scalar")
        self.assertEqual(np.float32(line["value"]), np.float32(0.1))
        (line,) = self.of("precise", "scalar")
        self.assertEqual(line["value"], 0.1)

    def test_inspect_counts_the_same(self):
        runs = json.loads(run("inspect", self.folder.name, "--json"))["runs"]
        (first,) = [entry for entry in runs if entry["run"] == "run1"]
        tags = {tag["tag"]: tag for tag in first["tags"]}
        self.assertEqual(
            tags["loss"],
            {"tag": "loss", "kind": "scalar", "count": 3000, "first_step": -7, "last_step": 5991},
        )
        self.assertEqual(tags["weights"]["count"], 3)
        self.assertEqual(first["damage"], [])

    def test_order_is_run_tag_arrival(self):
        keys = [(line["run"], line["tag"]) for line in self.lines]
        self.assertEqual(keys, sorted(keys))


if __name__ == "__main__":
    unittest.main()
