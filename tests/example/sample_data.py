#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a small classification data set in one of the formats that TrainDeck reads.

  sample_data.py cifar   FOLDER     CIFAR-10's binary files: 10 coloured shapes of 32x32
  sample_data.py npz     FILE.npz   as MedMNIST lays it out: 4 textures of 28x28, grey
  sample_data.py letters FOLDER     pictures by class, FOLDER/train|test/A ... Z: 26 letters, PNG (needs Pillow)
  sample_data.py csv     FILE.csv   3 clusters in 4 columns, the class in the last

A number after it is the number of training samples; a fifth as many are made for the test.
"""
import pathlib
import sys

import numpy as np

random = np.random.default_rng(1)


def shape_masks(kind, size):
    """Ten outlines as 32x32 masks, moved and scaled at random."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    cx, cy = random.uniform(12, 20, 2)
    r = random.uniform(6, 11)
    dx, dy = (x - cx) / r, (y - cy) / r
    distance = np.hypot(dx, dy)
    box = np.maximum(abs(dx), abs(dy))
    return (
        distance < 1,
        box < 0.85,
        (dy > -0.8) & (dy < 0.8) & (abs(dx) < (dy + 0.8) / 1.6),
        (distance < 1) & (distance > 0.6),
        (box < 0.9) & (box > 0.55),
        (box < 1) & (np.minimum(abs(dx), abs(dy)) < 0.3),
        (box < 1) & (abs(abs(dx) - abs(dy)) < 0.35),
        abs(dx) + abs(dy) < 1,
        (box < 1) & (np.floor((dy + 1) * 2.5) % 2 == 0),
        (box < 1) & (np.floor((dx + 1) * 2.5) % 2 == 0),
    )[kind]


def coloured_shapes(count):
    labels = random.integers(0, 10, count)
    images = np.empty((count, 3, 32, 32), np.uint8)
    for i, kind in enumerate(labels):
        ground, shape = random.uniform(0, 110, 3), random.uniform(140, 255, 3)
        if random.random() < 0.5:
            ground, shape = shape, ground
        mask = shape_masks(kind, 32)
        pixels = np.where(mask[None], shape[:, None, None], ground[:, None, None])
        images[i] = np.clip(pixels + random.normal(0, 18, pixels.shape), 0, 255)
    return images, labels


def write_cifar(folder, train, test):
    folder = pathlib.Path(folder) / "cifar-10-batches-bin"
    folder.mkdir(parents=True, exist_ok=True)
    names = ["circle", "square", "triangle", "ring", "frame", "plus", "cross", "diamond", "rows", "columns"]
    (folder / "batches.meta.txt").write_text("\n".join(names) + "\n")
    files = [(f"data_batch_{i}.bin", train // 5) for i in range(1, 6)] + [("test_batch.bin", test)]
    for name, count in files:
        images, labels = coloured_shapes(count)
        records = np.concatenate([labels[:, None].astype(np.uint8), images.reshape(count, -1)], axis=1)
        (folder / name).write_bytes(records.tobytes())


def textures(count):
    """Waves along the rows, the columns or a diagonal, and none of them, in noise."""
    labels = random.integers(0, 4, count)
    y, x = np.mgrid[0:28, 0:28]
    along = np.stack([y, x, (x + y) / np.sqrt(2), np.zeros_like(x)])[labels]
    phase = random.normal(0, 0.5, (count, 1, 1))
    length = random.uniform(5, 9, (count, 1, 1))
    images = 128 + 60 * np.sin(2 * np.pi * along / length + phase) * (labels < 3)[:, None, None]
    return np.clip(images + random.normal(0, 40, images.shape), 0, 255).astype(np.uint8), labels


def write_npz(file, train, test):
    arrays = {}
    for split, count in (("train", train), ("val", test), ("test", test)):
        images, labels = textures(count)
        arrays[f"{split}_images"], arrays[f"{split}_labels"] = images, labels[:, None].astype(np.uint8)
    np.savez_compressed(file, **arrays)


def letter(text, font):
    from PIL import Image, ImageDraw

    image = Image.new("L", (28, 28), 0)
    ImageDraw.Draw(image).text((14, 14), text, 255, font=font, anchor="mm")
    moved = image.rotate(random.uniform(-20, 20), Image.BILINEAR,
                         translate=tuple(random.integers(-3, 4, 2)))
    pixels = np.asarray(moved, np.float32) * random.uniform(0.6, 1)
    return Image.fromarray(np.clip(pixels + random.normal(0, 12, pixels.shape), 0, 255).astype(np.uint8))


def write_letters(folder, train, test):
    from PIL import ImageFont

    fonts = [ImageFont.load_default(size) for size in (17, 20, 23)]
    letters = [chr(ord("A") + i) for i in range(26)]
    for split, count in (("train", train), ("test", test)):
        for i in range(count):
            name = letters[i % 26]
            place = pathlib.Path(folder) / split / name
            place.mkdir(parents=True, exist_ok=True)
            letter(name, fonts[random.integers(0, 3)]).save(place / f"{i:05}.png")


def write_csv(file, train, test):
    centres = random.normal(0, 2.5, (3, 4))
    labels = random.integers(0, 3, train + test)
    values = centres[labels] + random.normal(0, 1, (train + test, 4))
    with open(file, "w", encoding="utf-8") as stream:
        stream.write("length,width,height,weight,target\n")
        for row, label in zip(values, labels):
            stream.write(",".join(f"{value:.5f}" for value in row) + f",{label}\n")


def main():
    kinds = {"cifar": (write_cifar, 10000), "npz": (write_npz, 5000),
             "letters": (write_letters, 10400), "csv": (write_csv, 3000)}
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in kinds:
        sys.exit(__doc__.strip())
    write, count = kinds[sys.argv[1]]
    if len(sys.argv) == 4:
        count = int(sys.argv[3])
    write(sys.argv[2], count, count // 5)


main()
