# SPDX-License-Identifier: GPL-3.0-or-later
"""What `traindeck export` and `traindeck inspect` make of every kind of value, against what TensorBoard's
own reader and other decoders make of the same files.

Arguments: the program, and which writer: tensorboardX or torch. What neither of them writes is written with
TensorBoard's own messages.
"""
import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
import wave

PROGRAM, WRITER = sys.argv.pop(1), sys.argv.pop(1)

try:
    import numpy as np
    from PIL import Image
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
    from tensorboard.compat.proto import event_pb2, graph_pb2, meta_graph_pb2, summary_pb2
    from tensorboard.plugins.audio import metadata as audio_metadata
    from tensorboard.plugins.graph import keras_util
    from tensorboard.plugins.hparams import api_pb2, summary_v2 as hparams_summary
    from tensorboard.plugins.image import metadata as image_metadata
    from tensorboard.plugins.mesh import metadata as mesh_metadata
    from tensorboard.plugins.mesh.plugin_data_pb2 import MeshPluginData
    from tensorboard.plugins.projector.projector_plugin import _read_tensor_tsv_file
    from tensorboard.summary.writer.event_file_writer import EventFileWriter
    from tensorboard.util import tensor_util

    if WRITER == "torch":
        import torch
        from torch.utils.tensorboard import SummaryWriter
    else:
        from tensorboardX import SummaryWriter
except ImportError as error:
    print(f"skipped: this Python lacks a peer: {error}")
    sys.exit(77)

# A nested functional and sequential model, as Keras 3's to_json() tells it.
KERAS_MODEL = {
    "class_name": "Functional",
    "config": {
        "name": "model",
        "layers": [
            {"class_name": "InputLayer", "config": {"name": "in", "dtype": "float32"}, "inbound_nodes": []},
            {
                "class_name": "Sequential",
                "config": {
                    "name": "chain",
                    "layers": [
                        {"class_name": "Dense", "config": {"name": "one"}},
                        {"class_name": "Dense", "config": {"name": "two"}},
                    ],
                },
                "inbound_nodes": [{"args": [{"config": {"keras_history": ["in", 0, 0]}}], "kwargs": {}}],
            },
            {
                "class_name": "Add",
                "config": {"name": "sum", "dtype": {"config": {"name": "float16"}}},
                "inbound_nodes": [
                    {
                        "args": [
                            [
                                {"config": {"keras_history": ["chain", 1, 0]}},
                                {"config": {"keras_history": ["in", 0, 0]}},
                            ]
                        ],
                        "kwargs": {},
                    }
                ],
            },
        ],
        "input_layers": [["in", 0, 0]],
        "output_layers": [["sum", 0, 0]],
    },
}


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], check=True, stdout=subprocess.PIPE).stdout.decode()


def picture(encoding, seed, **options):
    pixels = np.random.default_rng(seed).integers(0, 256, size=(7, 5, 3)).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, encoding, **options)
    return stream.getvalue()


def sound(channels, frames):
    stream = io.BytesIO()
    with wave.open(stream, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(2 * channels * frames))
    return stream.getvalue()


def plugin(name, content=b""):
    data = summary_pb2.SummaryMetadata.PluginData(plugin_name=name, content=content)
    return summary_pb2.SummaryMetadata(plugin_data=data, display_name="Shown", summary_description="About")


def write_by_peer(folder):
    random = np.random.default_rng(5)
    writer = SummaryWriter(folder)
    writer.add_image("image", random.random(size=(3, 9, 6)).astype(np.float32), 1)
    writer.add_images("batch", random.random(size=(4, 3, 5, 7)).astype(np.float32), 2)
    writer.add_pr_curve("pr", random.integers(0, 2, 50), random.random(50), 3)
    vertices = random.normal(size=(2, 4, 3)).astype(np.float32)
    colors = random.integers(0, 256, size=(2, 4, 3)).astype(np.uint8)
    faces = np.array([[[0, 1, 2], [1, 2, 3]]] * 2, dtype=np.int32)
    points = random.normal(size=(6, 4)).astype(np.float32)
    labels = random.random(size=(6, 3, 4, 4)).astype(np.float32)
    if WRITER == "torch":
        vertices, colors, faces = map(torch.as_tensor, (vertices, colors, faces))
        points, labels = torch.as_tensor(points), torch.as_tensor(labels)
        writer.add_graph(torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU()), torch.zeros(1, 3))
    writer.add_mesh("mesh", vertices, colors=colors, faces=faces, config_dict={"a": 1}, global_step=4)
    writer.add_custom_scalars({"cat": {"c1": ["Multiline", ["loss", "acc.*"]], "c2": ["Margin", ["v", "l", "u"]]}})
    rows = [[f"name{i}", str(i)] for i in range(6)]
    writer.add_embedding(points, rows, labels, 3, "point/s", ["name", "number"])
    writer.close()


def write_by_tensorboard(folder):
    writer = EventFileWriter(folder)

    def add(step, value=None, **event):
        summary = {} if value is None else {"summary": summary_pb2.Summary(value=value)}
        writer.add_event(event_pb2.Event(wall_time=1.6e9 + step, step=step, **summary, **event))

    def value(tag, tensor, metadata):
        return summary_pb2.Summary.Value(tag=tag, tensor=tensor_util.make_tensor_proto(tensor), metadata=metadata)

    pictures = [picture("PNG", 1), picture("JPEG", 2), picture("GIF", 3)]
    add(1, [value("images", [b"5", b"7", *pictures], image_metadata.create_summary_metadata("", ""))])
    wav = audio_metadata.create_summary_metadata("", "", audio_metadata.Encoding.Value("WAV"))
    add(2, [value("plain", [sound(1, 10), sound(1, 20)], wav)])
    add(3, [value("labelled", [[sound(2, 30), b"first"], [sound(2, 40), b"second"]], wav)])
    old = summary_pb2.Summary.Audio(
        sample_rate=8000, num_channels=1, length_frames=50, encoded_audio_string=sound(1, 50), content_type="audio/wav"
    )
    add(4, [summary_pb2.Summary.Value(tag="old audio", audio=old)])
    add(5, [value("pr2", np.random.default_rng(6).random((6, 200)).astype(np.float32), plugin("pr_curves"))])
    parts = [
        (MeshPluginData.VERTEX, np.zeros((1, 3, 3), np.float32)),
        (MeshPluginData.FACE, np.array([[[0, 1, 2]]], np.int32)),
        (MeshPluginData.COLOR, np.ones((1, 3, 3), np.uint8)),
    ]
    mask = mesh_metadata.get_components_bitmask([part for part, _ in parts])
    add(
        6,
        [
            value(
                mesh_metadata.get_instance_name("cloud", part),
                tensor,
                mesh_metadata.create_summary_metadata("cloud", None, part, mask, tensor.shape, json_config="{}"),
            )
            for part, tensor in parts
        ],
    )
    add(7, [value("keras", json.dumps(KERAS_MODEL).encode(), plugin("graph_keras_model", b"1"))])
    graph = graph_pb2.GraphDef()
    graph.node.add(name="a/x", op="Const", device="/cpu:0")
    graph.node.add(name="a/y", op="Add", input=["a/x", "^a/x"])
    add(8, graph_def=graph.SerializeToString())
    add(9, meta_graph_def=meta_graph_pb2.MetaGraphDef(graph_def=graph).SerializeToString())
    add(10, tagged_run_metadata=event_pb2.TaggedRunMetadata(tag="timing", run_metadata=b"123"))
    add(11, [value("unknown", np.zeros((2, 2)), plugin("someones_plugin"))])
    lr = hparams_summary.HParam("lr", hparams_summary.RealInterval(0.1, 0.5), display_name="Rate")
    net = hparams_summary.HParam("net", hparams_summary.Discrete(["conv", "lin"]))
    metric = hparams_summary.Metric("acc", group="test", display_name="Accuracy")
    experiment = hparams_summary.hparams_config_pb([lr, net], [metric], time_created_secs=1)
    session = hparams_summary.hparams_pb({"lr": 0.25, "net": "conv"}, trial_id="trial 7", start_time_secs=1.5e9)
    end = hparams_summary._summary_pb(
        "_hparams_/session_end_info",
        hparams_summary.plugin_data_pb2.HParamsPluginData(
            session_end_info=hparams_summary.plugin_data_pb2.SessionEndInfo(
                status=api_pb2.Status.STATUS_FAILURE, end_time_secs=1.6e9
            )
        ),
    )
    for summary in (experiment, session, end):
        writer.add_event(event_pb2.Event(wall_time=1.6e9, summary=summary))
    writer.close()


class EveryKind(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.media = os.path.join(cls.folder.name, "media")
        logs = os.path.join(cls.folder.name, "logs")
        cls.logs = logs
        write_by_peer(os.path.join(logs, "peer"))
        write_by_tensorboard(os.path.join(logs, "tb"))
        text = run("export", logs, "--media", cls.media)
        cls.lines = [json.loads(line) for line in text.splitlines()]
        cls.tensors = {}  # as TensorBoard reads them
        for name in ("peer", "tb"):
            for file in sorted(os.listdir(os.path.join(logs, name))):
                if "tfevents" not in file:
                    continue
                for event in EventFileLoader(os.path.join(logs, name, file)).Load():
                    for value in event.summary.value:
                        cls.tensors[name, value.tag] = value.tensor

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def one(self, run_name, tag, kind):
        found = [line for line in self.lines if line["run"] == run_name and line["tag"] == tag]
        self.assertEqual([line["kind"] for line in found], [kind], tag)
        return found[0]

    def bytes_of(self, file):
        with open(os.path.join(self.media, file), "rb") as stream:
            return stream.read()

    def test_nothing_is_left_out(self):
        seen = {(line["run"], line["tag"]) for line in self.lines}
        self.assertEqual(set(self.tensors) - seen, set())
        self.assertFalse([line for line in self.lines if "error" in line])

    def test_images(self):
        for run_name, tag, formats in (
            ("peer", "image", ["PNG"]),
            ("peer", "batch", ["PNG"]),
            ("tb", "images", ["PNG", "JPEG", "GIF"]),
        ):
            row = self.one(run_name, tag, "image")
            theirs = self.tensors[run_name, tag].string_val[2:]
            self.assertEqual([self.bytes_of(image["file"]) for image in row["images"]], list(theirs))
            for image, data, encoding in zip(row["images"], theirs, formats):
                decoded = Image.open(io.BytesIO(data))
                self.assertEqual((image["width"], image["height"]), decoded.size)
                self.assertEqual(image["bytes"], len(data))
                self.assertEqual((image["format"].upper(), decoded.format), (encoding, encoding))

    def test_audio(self):
        for tag, channels, frames, labels in (
            ("plain", 1, [10, 20], ["", ""]),
            ("labelled", 2, [30, 40], ["first", "second"]),
            ("old audio", 1, [50], [""]),
        ):
            row = self.one("tb", tag, "audio")
            self.assertEqual([clip["frames"] for clip in row["clips"]], frames)
            self.assertEqual([clip["label"] for clip in row["clips"]], labels)
            for clip in row["clips"]:
                self.assertEqual(clip["content_type"], "audio/wav")
                with wave.open(io.BytesIO(self.bytes_of(clip["file"]))) as file:
                    self.assertEqual((file.getnchannels(), file.getframerate()), (channels, clip["sample_rate"]))
                    self.assertEqual((file.getnframes(), clip["channels"]), (clip["frames"], channels))

    def test_pr_curves(self):
        names = ["true_positives", "false_positives", "true_negatives", "false_negatives", "precision", "recall"]
        for run_name, tag in (("peer", "pr"), ("tb", "pr2")):
            row = self.one(run_name, tag, "pr_curve")
            theirs = tensor_util.make_ndarray(self.tensors[run_name, tag])
            np.testing.assert_array_equal(np.array([row[name] for name in names], np.float32), theirs)
            self.assertEqual(row["thresholds"], theirs.shape[1])

    def test_meshes(self):
        counts = {1: "vertices", 2: "faces", 3: "colors"}
        endings = {1: "_VERTEX", 2: "_FACE", 3: "_COLOR"}
        for part, word in counts.items():
            tag = "mesh" + (endings[part] if WRITER == "torch" else f"_{part}")
            for run_name, name, mesh in (("peer", tag, "mesh"), ("tb", "cloud" + endings[part], "cloud")):
                row = self.one(run_name, name, "mesh")
                shape = tensor_util.make_ndarray(self.tensors[run_name, name]).shape
                self.assertEqual((row["batch"], row[word], row["mesh"]), (shape[0], shape[1], mesh))

    def test_layout(self):
        (category,) = self.one("peer", "custom_scalars__config__", "layout")["categories"]
        self.assertEqual(category["title"], "cat")
        self.assertEqual(
            category["charts"],
            [
                {"title": "c1", "tags": ["loss", "acc.*"]},
                {"title": "c2", "margins": [{"value": "v", "lower": "l", "upper": "u"}]},
            ],
        )

    def assert_graph(self, row, graph):
        expected = [
            {"name": node.name, "op": node.op, "device": node.device, "inputs": list(node.input)} for node in graph.node
        ]
        self.assertEqual(row["nodes"], expected)

    def test_graphs(self):
        names = [("tb", "__run_graph__")] + ([("peer", "__run_graph__")] if WRITER == "torch" else [])
        for run_name, tag in names:
            (data,) = self.tensors[run_name, tag].string_val
            row = self.one(run_name, tag, "graph")
            self.assertEqual(self.bytes_of(row["file"]), data)
            self.assert_graph(row, graph_pb2.GraphDef.FromString(data))
        row = self.one("tb", "__meta_graph__", "graph")
        self.assert_graph(row, meta_graph_pb2.MetaGraphDef.FromString(self.bytes_of(row["file"])).graph_def)

    def test_keras(self):
        row = self.one("tb", "keras", "graph")
        self.assertEqual(json.loads(self.bytes_of(row["file"])), KERAS_MODEL)
        theirs = keras_util.keras_model_to_graph_def(KERAS_MODEL)
        self.assertEqual(
            [(node["name"], node["inputs"]) for node in row["nodes"]],
            [(node.name, list(node.input)) for node in theirs.node],
        )
        self.assertEqual(
            [node["op"] for node in row["nodes"]], [node.attr["keras_class"].s.decode() for node in theirs.node]
        )

    def test_other(self):
        row = self.one("tb", "unknown", "other")
        self.assertEqual(row["plugin"], "someones_plugin")
        self.assertEqual(row["bytes"], self.tensors["tb", "unknown"].ByteSize())
        self.assertEqual(self.one("tb", "timing", "other")["plugin"], "graph_tagged_run_metadata")

    def test_hyper_parameters(self):
        start = self.one("tb", "_hparams_/session_start_info", "hparam")
        self.assertEqual(start["hparams"], {"lr": 0.25, "net": "conv"})
        self.assertEqual(start["metrics"], ["test/acc"])
        self.assertEqual((start["group"], start["start_time"]), ("trial 7", 1.5e9))
        end = self.one("tb", "_hparams_/session_end_info", "hparam")
        self.assertEqual((end["status"], end["end_time"]), ("failure", 1.6e9))
        experiment = self.one("tb", "_hparams_/experiment", "hparam")
        self.assertEqual(
            experiment["hparam_infos"],
            [
                {"name": "lr", "display_name": "Rate", "type": "number", "min": 0.1, "max": 0.5},
                {"name": "net", "type": "string", "choices": ["conv", "lin"]},
            ],
        )
        self.assertEqual(experiment["metric_infos"], [{"tag": "test/acc", "display_name": "Accuracy"}])

    def test_embeddings(self):
        row = self.one("peer", "point/s", "embedding")
        self.assertEqual((row["rows"], row["columns"], row["step"]), (6, 4, 3))
        tensors, metadata, sprite = [os.path.join(self.media, file) for file in row["files"]]
        (original,) = [
            os.path.join(place, "tensors.tsv") for place, _, files in os.walk(self.logs) if "tensors.tsv" in files
        ]
        np.testing.assert_array_equal(_read_tensor_tsv_file(tensors), _read_tensor_tsv_file(original))
        with open(metadata) as stream:
            self.assertEqual(stream.readline(), "name\tnumber\n")
        with Image.open(sprite) as image:
            self.assertEqual(image.format, "PNG")

    def test_inspect(self):
        runs = {entry["run"]: entry for entry in json.loads(run("inspect", self.logs, "--json"))["runs"]}
        tags = {tag["tag"]: tag for tag in runs["tb"]["tags"]}
        self.assertEqual(
            tags["unknown"],
            {
                "tag": "unknown",
                "kind": "other",
                "count": 1,
                "first_step": 11,
                "last_step": 11,
                "plugin": "someones_plugin",
                "display_name": "Shown",
                "description": "About",
            },
        )
        self.assertEqual([run_["damage"] for run_ in runs.values()], [[]] * len(runs))
        (embedding,) = runs["peer"]["embeddings"]
        self.assertEqual((embedding["tag"], embedding["rows"], embedding["columns"]), ("point/s", 6, 4))
        self.assertEqual(runs["tb"]["hparams"]["status"], "failure")
        text = run("inspect", self.logs)
        self.assertIn("other (someones_plugin)", text)
        self.assertIn("6 x 4", text)

    def test_csv_has_as_many_rows_of_one_width(self):
        rows = list(csv.reader(io.StringIO(run("export", self.logs, "--format", "csv"))))
        self.assertEqual(len(rows) - 1, len(self.lines))
        self.assertEqual({len(row) for row in rows}, {len(rows[0])})
        for kind in {line["kind"] for line in self.lines}:
            rows = list(csv.reader(io.StringIO(run("export", self.logs, "--format", "csv", "--kind", kind))))
            self.assertEqual({len(row) for row in rows}, {len(rows[0])}, kind)
            self.assertEqual({row[2] for row in rows[1:]}, {kind})
            self.assertEqual(len(rows) - 1, len([line for line in self.lines if line["kind"] == kind]))


if __name__ == "__main__":
    unittest.main()
