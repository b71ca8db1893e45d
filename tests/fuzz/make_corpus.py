#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the seed corpus of the fuzz targets into corpus/, from the format's description alone.

Run it again after a change; what it writes is committed. record_reader: event files, event_decoder:
the data of single records, log_directory: scripts of log_directory_fuzz.cpp.
"""
import pathlib
import struct


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def record(data):
    length = struct.pack("<Q", len(data))
    return length + masked(length) + data + masked(data)


def varint(number):
    number &= (1 << 64) - 1
    out = b""
    while number >= 0x80:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def integer(field, number):
    return varint(field << 3) + varint(number)


def double(field, number):
    return varint(field << 3 | 1) + struct.pack("<d", number)


def single(field, number):
    return varint(field << 3 | 5) + struct.pack("<f", number)


def data(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def event(step, what):
    return double(1, 1.5e9 + step) + integer(2, step) + what


def summary(*values):
    return data(5, b"".join(data(1, value) for value in values))


def metadata(plugin, content=b""):
    return data(9, data(1, data(1, plugin) + data(2, content)))


def tensor(kind, shape, content):
    dims = b"".join(data(2, integer(1, size)) for size in shape)
    return data(8, integer(1, kind) + data(2, dims) + content)


def doubles(*numbers):
    return struct.pack("<%dd" % len(numbers), *numbers)


def scalar(step, tag="a", value=0.5):
    return event(step, summary(data(1, tag) + single(2, value)))


VERSION = double(1, 1.5e9) + data(3, "brain.Event:2")
HISTO = (double(1, -1) + double(2, 2) + double(3, 3) + double(4, 1) + double(5, 5)
         + data(6, doubles(-1, 0, 2)) + data(7, doubles(0, 1, 2)))
HPARAM = data(1, data(1, "lr") + data(2, double(2, 0.1)))
EVENTS = {
    "version": VERSION,
    "scalar": scalar(1),
    "nan_and_infinity": event(2, summary(data(1, "n") + single(2, float("nan")),
                                         data(1, "i") + single(2, float("-inf")))),
    "negative_step": scalar(-5),
    "scalar_tensor_content": event(3, summary(
        data(1, "t") + tensor(1, [], data(4, struct.pack("<f", 1.5))) + metadata("scalars"))),
    "scalar_tensor_double": event(3, summary(
        data(1, "t") + tensor(2, [], data(6, doubles(1.5))) + metadata("scalars"))),
    "scalar_tensor_unpacked": event(3, summary(
        data(1, "t") + tensor(1, [1], single(5, 1.5)) + metadata("scalars"))),
    "histogram": event(4, summary(data(1, "h") + data(5, HISTO))),
    "histogram_tensor": event(4, summary(
        data(1, "h") + tensor(2, [2, 3], data(4, doubles(0, 1, 5, 1, 2, 7)))
        + metadata("histograms"))),
    "text": event(5, summary(data(1, "x/text_summary") + tensor(7, [1], data(8, "words"))
                             + metadata("text"))),
    "text_table": event(5, summary(data(1, "x") + tensor(
        7, [2, 2], b"".join(data(8, word) for word in "abcd")) + metadata("text"))),
    "image": event(6, summary(data(1, "p") + data(4, integer(1, 1) + integer(2, 1) + integer(3, 3)
                                                 + data(4, b"\x89PNG\r\n\x1a\n")))),
    "image_tensor": event(6, summary(data(1, "p") + tensor(
        7, [3], data(8, "1") + data(8, "1") + data(8, b"\x89PNG\r\n\x1a\n")) + metadata("images"))),
    "audio": event(7, summary(data(1, "s") + data(6, single(1, 8000) + integer(2, 1)
                                                 + integer(3, 2) + data(4, b"RIFF")
                                                 + data(5, "audio/wav")))),
    "pr_curve": event(8, summary(data(1, "pr") + tensor(
        1, [6, 2], data(4, struct.pack("<12f", *range(12)))) + metadata("pr_curves"))),
    "hparams": event(0, summary(data(1, "_hparams_/session_start_info")
                                + metadata("hparams", data(3, HPARAM)))),
    "experiment": event(0, summary(data(1, "_hparams_/experiment") + metadata(
        "hparams", data(2, data(4, data(1, "lr") + integer(4, 3))
                        + data(5, data(1, data(2, "loss"))))))),
    "layout": event(0, summary(data(1, "custom_scalars__config__")
                               + tensor(7, [], data(8, b"\x12\x03\x0a\x01c"))
                               + metadata("custom_scalars"))),
    "graph": event(0, data(4, data(1, data(1, "node") + data(2, "MatMul") + data(3, "in:0")))),
    "session_start": event(3, data(7, integer(1, 1))),
    "unknown_fields": event(9, integer(19, 7) + varint(20 << 3 | 3) + varint(20 << 3 | 4)
                            + data(21, "?")),
}

scalars = [record(scalar(step)) for step in range(4)]
file = record(VERSION) + b"".join(scalars)
bad_data = bytearray(scalars[1])
bad_data[20] ^= 1
bad_length = bytearray(scalars[1])
bad_length[0] ^= 1
huge = struct.pack("<Q", 1 << 63)
long = struct.pack("<Q", 1000)
FILES = {
    "whole": file,
    "empty_record": record(b"") + scalars[0],
    "cut_tail": file[:-9],
    "bad_data": scalars[0] + bytes(bad_data) + scalars[2],
    "bad_length": scalars[0] + bytes(bad_length) + scalars[2],
    "zero_tail": scalars[0] + bytes(64),
    "huge_length": scalars[0] + huge + masked(huge) + scalars[1],
    "missing_bytes": long + masked(long) + b"gone" + scalars[0],
    "record_in_a_record": record(record(b"inner")) + scalars[0],
    "no_event": record(b"\xff\xff\xff"),
}

APPEND, PART, FINISH, GARBAGE, FLIP, CUT, REPLACE, COPY, REMOVE, REWRITE, FEW, ERROR, SHRINK, \
    RESTART, LOOK = 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
SCRIPTS = {
    "grows": [APPEND, 3, LOOK, APPEND, 1, LOOK, APPEND + 16, 2],
    "grows_in_parts": [APPEND, 0, PART, 20, LOOK, FINISH, LOOK, PART, 5, LOOK, APPEND, 1],
    "garbage_between": [APPEND, 1, GARBAGE, 4, 1, 2, 3, 4, APPEND, 1, LOOK, GARBAGE, 1, 0],
    "shortened": [APPEND, 3, CUT, 0, 60, APPEND, 2, LOOK],
    "replaced": [APPEND, 3, LOOK, REPLACE, 3, APPEND, 1, LOOK, REWRITE, 2],
    "copied": [APPEND, 3, LOOK, COPY, 2, LOOK],
    "removed": [APPEND, 3, REMOVE, APPEND, 1, LOOK],
    "trouble": [APPEND, 3, ERROR, 0, LOOK, APPEND, 2, ERROR, 1, LOOK, FLIP, 0, 30, LOOK],
    "shrinks_while_read": [APPEND, 3, SHRINK, 1, 0, 40, APPEND, 1, LOOK],
    "restart": [APPEND, 3, RESTART + 16, 2, APPEND + 16, 1, LOOK, FEW, 0, 1],
}

folder = pathlib.Path(__file__).parent / "corpus"
for target, seeds in (("event_decoder", EVENTS), ("record_reader", FILES),
                      ("log_directory", SCRIPTS)):
    (folder / target).mkdir(parents=True, exist_ok=True)
    for name, seed in seeds.items():
        (folder / target / name).write_bytes(bytes(seed))
