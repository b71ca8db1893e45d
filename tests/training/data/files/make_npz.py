#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes with NumPy into this folder: colour.npz (MedMNIST's layout, deflated), fortran.npz (Keras's
names, stored, Fortran order, big-endian), mixed.npz (both kinds of names) and nan.npz."""
import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).parent


def counting(first, *shape):
    return (np.arange(np.prod(shape)) + first).astype(np.uint8).reshape(shape)


np.savez_compressed(
    FOLDER / "colour.npz",
    train_images=counting(0, 3, 2, 2, 3), train_labels=np.array([[0], [2], [1]], np.uint8),
    val_images=counting(100, 1, 2, 2, 3), val_labels=np.array([[1]], np.uint8),
    test_images=counting(50, 2, 2, 2, 3), test_labels=np.array([[2], [0]], np.uint8))
values = np.asfortranarray(np.arange(12, dtype=">f4").reshape(2, 2, 3) / 2)
np.savez(
    FOLDER / "fortran.npz",
    x_train=values, y_train=np.array([1, 0], ">i8"),
    x_test=np.asfortranarray(values[:1] + 100), y_test=np.array([0], "i2"))
values = np.zeros((3, 2, 2), np.float32)
labels = np.arange(3)
np.savez_compressed(FOLDER / "mixed.npz", train_images=values, train_labels=labels,
                    x_test=values, y_test=labels)
values[1, 0, 1] = np.nan
np.savez_compressed(FOLDER / "nan.npz", train_images=values, train_labels=labels)
