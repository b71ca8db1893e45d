#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Speed of eventio beside the programs that read and write the same files.

Every job is run by ours and by its peer in turn, on data written by ours; the best of the rounds
counts. TensorBoard's Python reader gets a smaller file. Each line tells who did what, the figure,
its ratio to the peer's, and the target. The Python that runs the script needs tensorboard, which
brings rustboard (tensorboard-data-server), and tensorboardX from PyPI; a peer that is not there is
left out. About 2 GB of files go to a temporary folder below --dir, which is removed at the end.

  python3 tests/benchmarks/eventio_peers.py --jobs build/release/tests/benchmarks/eventio_jobs
"""

import argparse
import importlib.util
import json
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

RUNS, TAGS, STEPS = 1000, 20, 1000


def have(module):
    return importlib.util.find_spec(module) is not None


def line(who, what, figure, ratio="", target=""):
    print(f"{who:<18} {what:<39} {figure:>32}  {ratio:<21} {target}", flush=True)


def count(number):
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if number >= size:
            return f"{number / size:.2f} {unit}"
    return f"{number:.1f} "


class Ours:
    """Runs one job of eventio_jobs and returns what it prints."""

    def __init__(self, program):
        self.program = program

    def __call__(self, *arguments):
        result = subprocess.run([self.program, *map(str, arguments)], stdout=subprocess.PIPE,
                                text=True, check=False)
        if result.returncode != 0:
            sys.exit(f"eventio_peers.py: {' '.join(map(str, arguments))} failed")
        return json.loads(result.stdout) if result.stdout else None


def loaded(command, marker, stream):
    """Seconds from the start of a process until it prints `marker`, its processor seconds and its
    largest memory; it is ended then."""
    start = time.perf_counter()
    process = subprocess.Popen(command, text=True, **{stream: subprocess.PIPE})
    output = getattr(process, stream)
    seconds = math.inf
    for text in output:
        if marker in text:
            seconds = time.perf_counter() - start
            break
    process.terminate()
    output.close()
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    if seconds == math.inf:
        sys.exit(f"eventio_peers.py: {command[0]} ended before all was loaded")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def compare_loading(ours, folder, rounds):
    what = f"load {RUNS} runs x {TAGS} tags x {STEPS} points"
    jobs = {"ours": ([ours.program, "load", folder, "2"], "seconds", "stdout")}
    if have("tensorboard_data_server"):
        import tensorboard_data_server
        jobs["rustboard"] = ([tensorboard_data_server.server_binary(), "--logdir", folder, "--port",
                              "0", "--reload", "once", "-v"], "Finished load cycle", "stderr")
    best = {}
    for _ in range(rounds):
        for who, job in jobs.items():
            seconds, processor, memory = loaded(*job)
            line(who, what, f"{seconds:.2f} s, processor {processor:.2f} s")
            line(who, "... largest memory", f"{memory / 2**20:.0f} MiB")
            best[who] = min(best.get(who, math.inf), seconds)
    ratio = f"{best['ours'] / best['rustboard']:.2f} of its time" if "rustboard" in best else ""
    line("best: ours", what, f"{best['ours']:.2f} s", ratio, "2 s, 0.40 of rustboard's")
    results = [ours("load", folder, 2) for _ in range(rounds)]
    points = results[0]["points"]
    if points != RUNS * TAGS * STEPS:
        sys.exit(f"eventio_peers.py: {points} points were loaded")
    line("best: ours", "... first series visible after",
         f"{min(result['first_series'] for result in results) * 1e3:.0f} ms", "", "300 ms")
    line("ours", "... memory of a point, by the store",
         f"{results[0]['store_bytes'] / points:.1f} bytes", "", "28 bytes")
    line("ours", "... memory of a point, of the process",
         f"{results[0]['peak_bytes'] / points:.1f} bytes")


def python_reads(folder):
    from tensorboard.backend.event_processing import event_accumulator
    start = time.perf_counter()
    accumulator = event_accumulator.EventAccumulator(folder, size_guidance={"scalars": 0})
    accumulator.Reload()
    seconds = time.perf_counter() - start
    points = sum(len(accumulator.Scalars(tag)) for tag in accumulator.Tags()["scalars"])
    return points / seconds


def compare_reading(ours, folder, rounds):
    large, small = folder + "/large", folder + "/small"
    ours("write-runs", large, 2, TAGS, 100000)
    ours("write-runs", small, 1, TAGS, 2500)
    one_file = large + "/0"
    size = sum(file.stat().st_size for file in pathlib.Path(one_file).iterdir())
    one = two = math.inf
    python_rate = 0
    for _ in range(3 * rounds):
        one = min(one, ours("load", one_file, 1)["seconds"])
        two = min(two, ours("load", large, 2)["seconds"])
    for _ in range(rounds if have("tensorboard") else 0):
        python_rate = max(python_rate, python_reads(small + "/0"))
    points = TAGS * 100000
    if python_rate:
        line("TensorBoard Python", "read scalars, one thread", f"{count(python_rate)}points/s")
    line("ours", "read scalars, one thread",
         f"{count(points / one)}points/s, {size / one / 1e6:.0f} MB/s",
         f"{points / one / python_rate:.0f} times" if python_rate else "",
         "10 M points/s, 500 MB/s")
    line("ours", "... two files on two threads", f"{count(2 * points / two)}points/s",
         f"{2 * one / two:.2f} times one", "1.7 times")


def tensorboardx_writes(folder, number, add):
    import tensorboardX
    writer = tensorboardX.SummaryWriter(folder)
    start = time.perf_counter()
    for i in range(number):
        add(writer, i)
    writer.close()
    return number / (time.perf_counter() - start)


def compare_writing(ours, folder, rounds, job, what, unit, peer, target):
    """`job`: name and arguments of ours; `peer`: how many records, and how one is added."""
    best = {"ours": 0, "tensorboardX": 0}
    waits = 0
    for _ in range(rounds):
        name, number, *values = job
        result = ours(name, folder, number, *values)
        rates = {"ours": number / result["seconds"]}
        waits = max(waits, result["waits"])
        if result["lost"]:
            sys.exit(f"eventio_peers.py: {result['lost']} records were lost")
        if have("tensorboardX"):
            rates["tensorboardX"] = tensorboardx_writes(folder, *peer)
        for who, rate in rates.items():
            line(who, what, f"{count(rate)}{unit}/s")
            best[who] = max(best[who], rate)
        shutil.rmtree(folder)
    times = f"{best['ours'] / best['tensorboardX']:.0f} times" if best["tensorboardX"] else ""
    line("best: ours", what, f"{count(best['ours'])}{unit}/s", times, target)
    line("ours", "... calls that waited for the disk", f"{waits}, none lost")


def write_all(ours, folder, rounds):
    compare_writing(ours, folder, rounds, ("write-scalars", 10000000), "write scalars", "points",
                    (20000, lambda writer, i: writer.add_scalar("train/loss", 0.5, i)),
                    "6 M points/s")
    for values, number, peers, target in ((1000, 100000, 500, "150 k/s"),
                                          (100000, 3000, 100, "3 k/s")):
        weights = [math.sin(i * i) * 0.1 for i in range(values)]
        if have("numpy"):
            import numpy
            weights = numpy.array(weights, dtype=numpy.float32)
        compare_writing(
            ours, folder, rounds, ("write-histograms", number, values),
            f"write histograms of {values} values", "",
            (peers, lambda writer, i, data=weights: writer.add_histogram("weights", data, i)),
            target)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", default="build/release/tests/benchmarks/eventio_jobs")
    parser.add_argument("--dir", help="where the temporary folder goes")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("load", "read", "write"))
    options = parser.parse_args()

    for module in ("tensorboard", "tensorboard_data_server", "tensorboardX"):
        if not have(module):
            print(f"{module} is not installed here: left out")
    line("who", "what", "figure", "ratio", "target")
    ours = Ours(options.jobs)
    with tempfile.TemporaryDirectory(dir=options.dir) as folder:
        if options.only in (None, "load"):
            ours("write-runs", folder + "/runs", RUNS, TAGS, STEPS)
            compare_loading(ours, folder + "/runs", options.rounds)
        if options.only in (None, "read"):
            compare_reading(ours, folder + "/files", options.rounds)
        if options.only in (None, "write"):
            write_all(ours, folder + "/written", options.rounds)


if __name__ == "__main__":
    main()
