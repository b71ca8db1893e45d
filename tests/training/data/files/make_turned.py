#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes turned.jpg with Pillow into this folder: 8 wide, 16 high, EXIF orientation 6, black but for
the upper half, which is white from the third column on."""
import pathlib

import numpy as np
from PIL import Image

pixels = np.zeros((16, 8), np.uint8)
pixels[:8, 2:] = 255
image = Image.fromarray(pixels)
exif = image.getexif()
exif[0x112] = 6
image.save(pathlib.Path(__file__).parent / "turned.jpg", quality=95, exif=exif)
