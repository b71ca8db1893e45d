#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""python_reads_our_models.py WRITE_CHECKPOINT: the safetensors library reads model.safetensors and
a checkpoint, with the values in their places; with torch there, a module takes them in one line."""
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy
    from safetensors import safe_open
    from safetensors.numpy import load_file
except ImportError as error:
    print(f"skipped: this Python lacks a peer: {error}")
    sys.exit(77)

SHAPES = {
    "conv1.weight": (10, 1, 5, 5), "conv1.bias": (10,),
    "conv2.weight": (20, 10, 5, 5), "conv2.bias": (20,),
    "fc1.weight": (50, 320), "fc1.bias": (50,),
    "fc2.weight": (10, 50), "fc2.bias": (10,),
}


def expected(value_at):
    """By model.h: parameter after parameter, each at a multiple of 16; 4-dimensional ones as
    (out, height, width, in)."""
    tensors, offset = {}, 0
    for name, shape in SHAPES.items():
        size = int(numpy.prod(shape))
        values = value_at(numpy.arange(offset, offset + size))
        if len(shape) == 4:
            out, channels, height, width = shape
            values = values.reshape(out, height, width, channels).transpose(0, 3, 1, 2)
        tensors[name] = numpy.ascontiguousarray(values.reshape(shape))
        offset += (size + 15) // 16 * 16
    return tensors


def parameter(place):
    return place.astype(numpy.float32) + numpy.float32(0.1)


def momentum(place):
    return -place.astype(numpy.float32) / numpy.float32(3)


def check_same(read, wanted):
    assert set(read) == set(wanted), set(read) ^ set(wanted)
    for name, values in wanted.items():
        assert read[name].dtype == numpy.float32, name
        assert read[name].shape == values.shape, name
        assert read[name].tobytes() == values.tobytes(), name


def check_one_line_of_torch(file):
    try:
        import safetensors.torch
        import torch
    except ImportError:
        print("torch is not there: numpy alone read the file")
        return

    class ConvNet(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = torch.nn.Conv2d(1, 10, 5)
            self.conv2 = torch.nn.Conv2d(10, 20, 5)
            self.fc1 = torch.nn.Linear(320, 50)
            self.fc2 = torch.nn.Linear(50, 10)

    module = ConvNet()
    module.load_state_dict(safetensors.torch.load_file(file))
    check_same({name: values.numpy() for name, values in module.state_dict().items()},
               expected(parameter))


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([sys.argv[1], name], check=True)
        check_same(load_file(folder / "model.safetensors"), expected(parameter))
        check_one_line_of_torch(folder / "model.safetensors")
        wanted = {"model." + key: values for key, values in expected(parameter).items()}
        wanted |= {"momentum_buffer." + key: values for key, values in expected(momentum).items()}
        check_same(load_file(folder / "last.safetensors"), wanted)
        with safe_open(folder / "last.safetensors", "numpy") as file:
            state = json.loads(file.metadata()["traindeck.state"])
        assert state["step"] == 12345678901 and state["seed"] == 2**64 - 2, state
        assert state["loss_sum"] == 0.1 + 0.2, state


main()
