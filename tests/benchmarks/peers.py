#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Speed of `traindeck train` beside the Python script that it replaces.

Runs both in turn, on the same cores and in the same environment, with everything logged that the
reference job logs, and prints samples/s of training alone (logging included, evaluation left out) and
the ratio of the medians. The Python that runs the script needs torch and tensorboardX from PyPI.

  python3 tests/benchmarks/peers.py --traindeck build/release/bin/traindeck --python venv/bin/python
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

REFERENCE = pathlib.Path(__file__).with_name("reference_job.py")


def run(command):
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"peers.py: {command[0]} ended with status {result.returncode}")
    return result.stdout


def run_reference(options, folder):
    output = run([options.python, str(REFERENCE), "--data", options.data,
                  "--epochs", str(options.epochs), "--logdir", folder + "/reference"])
    result = json.loads(output)
    return result["samples_per_s"], result["test_accuracy"]


def run_traindeck(options, folder):
    command = [options.traindeck, "train", "--quiet", "--data", options.data,
               "--epochs", str(options.epochs), "--fine-tune-epochs", "0", "--logdir", folder]
    lines = dict(line.split(": ", 1) for line in run(command).splitlines())
    return float(lines["samples/s"]), float(lines["test accuracy after training"])


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--traindeck", default="build/release/bin/traindeck")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--data", default="/usr/share/datasets/fashion-mnist")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--least", type=float, help="exit status 1 when the ratio is below")
    options = parser.parse_args()

    peers = {"python": run_reference, "traindeck": run_traindeck}
    speeds = {name: [] for name in peers}
    for number in range(1, options.rounds + 1):
        for name, job in peers.items():
            with tempfile.TemporaryDirectory() as folder:
                speed, accuracy = job(options, folder)
            speeds[name].append(speed)
            print(f"round {number}  {name:<10} {speed:8.0f} samples/s  "
                  f"test accuracy {accuracy:.4f}", flush=True)
    medians = {name: statistics.median(values) for name, values in speeds.items()}
    ratio = medians["traindeck"] / medians["python"]
    print(f"median   python {medians['python']:.0f}  traindeck {medians['traindeck']:.0f} samples/s"
          f"  ratio {ratio:.2f}")
    if options.least is not None and ratio < options.least:
        sys.exit(1)


if __name__ == "__main__":
    main()
