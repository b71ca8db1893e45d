#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""expected.py FILE.pt: what torch.jit.load reads in an old model.pt, as the text beside it.

Written so with torch 2.13: a line a number ("name value", floats as float.hex), a line a tensor
("part.layer.name shape crc32 first last": CRC-32 of the row-major float32 bytes, two values).
"""
import sys
import zlib

import torch

NUMBERS = ("phase epoch batch step loss_sum correct samples learning_rate momentum weight_decay "
           "histogram_interval accuracy_after_training accuracy_after_fine_tuning seed batch_size "
           "train_images").split()

model = torch.jit.load(sys.argv[1])
for name in NUMBERS:
    value = getattr(model, name)
    print(name, value.hex() if isinstance(value, float) else value)
for name, tensor in model.state_dict().items():
    values = tensor.contiguous().numpy()
    flat = values.reshape(-1)
    print(name, "x".join(map(str, values.shape)), format(zlib.crc32(values.tobytes()), "08x"),
          float(flat[0]).hex(), float(flat[-1]).hex())
