#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a regression data set: Fashion-MNIST turned by -45 to 45 degrees, the angle as target.

  turned_garments.py IDX_FOLDER OUTPUT.npz [TRAIN_SAMPLES TEST_SAMPLES]
"""
import gzip
import pathlib
import sys

import numpy as np


def images(folder, name, count):
    for suffix, opener in (("", open), (".gz", gzip.open)):
        file = pathlib.Path(folder) / (name + suffix)
        if file.exists():
            with opener(file, "rb") as stream:
                data = np.frombuffer(stream.read(), np.uint8, offset=16)
            return data.reshape(-1, 28, 28)[:count]
    sys.exit(f"{folder}: holds no {name}")


def turned(pictures, degrees):
    """Each picture turned about its centre, bilinear, black outside."""
    rows, columns = np.mgrid[0:28, 0:28] - 13.5
    angle = np.deg2rad(degrees)[:, None, None]
    y = np.cos(angle) * rows - np.sin(angle) * columns + 13.5
    x = np.sin(angle) * rows + np.cos(angle) * columns + 13.5
    padded = np.pad(pictures.astype(np.float32), ((0, 0), (1, 2), (1, 2)))
    y, x = np.clip(y, -1, 28), np.clip(x, -1, 28)
    top, left = np.floor(y).astype(int), np.floor(x).astype(int)
    dy, dx = y - top, x - left
    which = np.arange(len(pictures))[:, None, None]
    at = lambda down, right: padded[which, top + 1 + down, left + 1 + right]
    mixed = (at(0, 0) * (1 - dy) * (1 - dx) + at(1, 0) * dy * (1 - dx)
             + at(0, 1) * (1 - dy) * dx + at(1, 1) * dy * dx)
    return np.round(mixed).astype(np.uint8)


def main():
    folder, output = sys.argv[1:3]
    train_count, test_count = map(int, sys.argv[3:5]) if len(sys.argv) > 3 else (60000, 10000)
    random = np.random.default_rng(1)
    arrays = {}
    for split, name, count in (("train", "train-images-idx3-ubyte", train_count),
                               ("test", "t10k-images-idx3-ubyte", test_count)):
        pictures = images(folder, name, count)
        degrees = random.uniform(-45, 45, len(pictures)).astype(np.float32)
        arrays[f"{split}_images"] = turned(pictures, degrees)
        arrays[f"{split}_labels"] = degrees
    np.savez(output, **arrays)


main()
