#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the seed corpus of the fuzz targets into corpus/, from the format's description alone;
checkpoint's archives of PyTorch from ../training/saved_by_torch.

Run it again after a change; what it writes is committed. record_reader: event files, event_decoder:
the data of single records, log_directory: scripts of log_directory_fuzz.cpp, checkpoint: saved models of the
tiny model of ../training/checkpoint_states.h.
"""
import io
import json
import pathlib
import struct
import zipfile


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



def safetensors(header, content):
    header = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(header)) + header + content


def entry(kind, shape, begin, end):
    return {"dtype": kind, "shape": shape, "data_offsets": [begin, end]}


def without_crc(archive):
    """A CRC of 0 is "not computed": what is changed in such an archive is read."""
    at = archive.find(b"PK\1\2")
    while at >= 0:
        archive = archive[:at + 16] + bytes(4) + archive[at + 20:]
        at = archive.find(b"PK\1\2", at + 1)
    return archive


def needed_of(name):
    """The archive without its code, which is not read."""
    out = io.BytesIO()
    with zipfile.ZipFile(TORCH / name) as source, zipfile.ZipFile(out, "w") as archive:
        for member in source.namelist():
            if "/code/" not in member and "/." not in member:
                archive.writestr(zipfile.ZipInfo(member), source.read(member))
    return without_crc(out.getvalue())


def pickle_alone(opcodes):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("r/data.pkl"), b"\x80\2" + opcodes + b".")
    return without_crc(out.getvalue())


TORCH = pathlib.Path(__file__).parent.parent / "training" / "saved_by_torch"
CHECKPOINTS = {
    "container": safetensors({"__metadata__": {"format": "pt"}, "a": entry("F32", [2], 0, 8),
                              "b": entry("U8", [], 8, 9)}, bytes(9)),
    "container_empty": safetensors({}, b""),
    "container_types": safetensors({"a": entry("F4", [2], 0, 1), "b": entry("F64", [0, 3], 1, 1),
                                    "c": entry("C64", [1, 1], 1, 9)}, bytes(9)),
    "container_later": safetensors({"a": {"x": [1, {"y": None}], **entry("I8", [1], 0, 1)}}, b"1"),
    "container_overflow": safetensors({"a": entry("F32", [1 << 62, 4], 0, 0)}, b""),
    "torch": needed_of("tiny.pt"),
    "torch_by_python": needed_of("tiny_saved_by_python.pt"),
    "torch_state_dict": needed_of("state_dict.pt"),
    "pickle": pickle_alone(b"(K\1M\1\1J\xff\xff\xff\xff\x8a\1\x80G" + struct.pack(">d", 0.1)
                           + b"X\1\0\0\0aq\0r\0\1\0\0h\0j\0\1\0\0N\x88\x89t"),
    "pickle_groups": pickle_alone(b"](K\1eK\2a}(K\1K\2uK\3K\4sq\0)\x85\x86h\0K\1\x87\x86"),
    "pickle_calls": pickle_alone(b"cos\nsystem\nX\1\0\0\0a\x85R}bcA\nB\n)\x81}(X\1\0\0\0aNub"
                                 b"X\1\0\0\0aQ\x87"),
}

folder = pathlib.Path(__file__).parent / "corpus"
for target, seeds in (("event_decoder", EVENTS), ("record_reader", FILES),
                      ("log_directory", SCRIPTS), ("checkpoint", CHECKPOINTS)):
    (folder / target).mkdir(parents=True, exist_ok=True)
    for name, seed in seeds.items():
        (folder / target / name).write_bytes(bytes(seed))
