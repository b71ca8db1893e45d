# SPDX-License-Identifier: GPL-3.0-or-later
"""What TensorBoard's own server answers for a run of every kind that SummaryWriter wrote.

Asked twice: with the files loaded by TensorBoard's own Python, and by its data server (rustboard), which is what
`tensorboard --logdir` starts. Arguments: the program built from write_runs.cpp. The expected values come from the formulas of write_kinds.cpp and
from tensorboardX's own summaries of the same input.
"""
import io
import json
import logging
import math
import os
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
import wave

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
logging.disable(logging.WARNING)

try:
    import numpy as np
    from PIL import Image, ImageSequence
    from tensorboard import default, program
    from tensorboard.backend import application
    from tensorboard.backend.event_processing import event_file_loader
    from tensorboard.compat.proto import graph_pb2
    from tensorboard.plugins.hparams import api_pb2
    from tensorboard.util import tensor_util
    from google.protobuf import text_format
    from tensorboardX import summary as tbx_summary
    from tensorboardX import utils as tbx_utils
    from tensorboardX.proto.layout_pb2 import Layout
    from werkzeug.test import Client
except ImportError as error:
    print(f"skipped: this Python lacks a peer: {error}")
    sys.exit(77)

try:
    import tensorboard_data_server as data_server
except ImportError:
    data_server = None

PROGRAM = sys.argv.pop(1)


def units(count):
    return (np.arange(count) * 7919 % 1000).astype(np.float32) / np.float32(1000)


def some_bytes(count):
    return (np.arange(count) * 37 % 256).astype(np.uint8)


def tbx_image(*arguments, **keywords):
    encoded = tbx_summary.image(*arguments, **keywords).value[0].image.encoded_image_string
    return np.asarray(Image.open(io.BytesIO(encoded)))


def raw_values(folder, tag):
    """The values of a tag as they stand in the run's file, with no help from TensorBoard's migration."""
    (file,) = [name for name in os.listdir(folder) if "tfevents" in name]
    loader = event_file_loader.LegacyEventFileLoader(os.path.join(folder, file))
    return [value for event in loader.Load() for value in event.summary.value if value.tag == tag]


RUNS = ["kinds", "kinds/failed", "kinds/group/a", "kinds/group/b", "kinds/trial"]


class Kinds:
    flags = ()

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = cls.temporary.name
        subprocess.run([PROGRAM, cls.folder, "kinds"], check=True)
        cls.tensorboard = program.TensorBoard(default.get_plugins())
        cls.tensorboard.configure(argv=[None, "--logdir", cls.folder, *cls.flags])
        provider, multiplexer = cls.tensorboard._make_data_provider()
        cls.client = Client(application.TensorBoardWSGIApp(
            cls.tensorboard.flags, cls.tensorboard.plugin_loaders, provider, None, multiplexer))
        end = time.monotonic() + 60
        while time.monotonic() < end and not cls.is_loaded():
            time.sleep(0.1)

    @classmethod
    def is_loaded(cls):
        runs = json.loads(cls.client.get("/data/runs").get_data())
        tags = json.loads(cls.client.get("/data/plugin/scalars/tags").get_data())
        graphs = json.loads(cls.client.get("/data/plugin/graphs/info").get_data())
        return sorted(runs) == RUNS and set(RUNS) <= set(tags) and graphs.get("kinds", {}).get("run_graph")

    @classmethod
    def tearDownClass(cls):
        cls.tensorboard = cls.client = None
        cls.temporary.cleanup()

    def get(self, path, **query):
        response = self.client.get("/data/plugin/" + path, query_string=query)
        self.assertEqual(response.status_code, 200, response.get_data())
        return response.get_data()

    def json(self, path, **query):
        return json.loads(self.get(path, **query))

    # --- numbers ---

    def test_display_name_and_description(self):
        tags = self.json("scalars/tags")["kinds"]
        self.assertEqual(tags["described"]["displayName"], "A name")
        self.assertIn("<strong>why</strong>", tags["described"]["description"])
        self.assertEqual(self.json("scalars/scalars", run="kinds", tag="described"), [[1.6e9, 2, 0.5]])
        tags = self.json("histograms/tags")["kinds"]
        self.assertIn("four edges", tags["edges"]["description"])
        self.assertIn("a text", raw_values(self.folder + "/kinds", "described text/text_summary")[0]
                      .metadata.summary_description)

    def test_scalar_of_double_precision(self):
        if "true" in self.flags:
            self.skipTest("the data server has no scalars of double precision")
        self.assertEqual(self.json("scalars/scalars", run="kinds", tag="precise"), [[1.6e9, 3, 0.1]])

    def test_groups_are_runs_with_one_tag(self):
        for name, sign in (("a", 1), ("b", -1)):
            points = self.json("scalars/scalars", run=f"kinds/group/{name}", tag="group")
            values = (sign * units(4)).astype(float)
            self.assertEqual(points, [[1.6e9 + i, i, values[i]] for i in range(4)])

    def test_export_of_groups(self):
        with open(self.folder + "/kinds/scalars.json", encoding="utf8") as file:
            exported = json.load(file)
        values = units(4).astype(float)
        self.assertEqual(
            exported,
            {
                f"{self.folder}/kinds/group/{name}": [[1.6e9 + i, i, sign * values[i]] for i in range(4)]
                for name, sign in (("a", 1), ("b", -1))
            },
        )

    def expect_histogram(self, tag, bins, max_bins=None):
        values = np.sin(np.arange(3000).astype(float)) * 3
        (value,) = raw_values(self.folder + "/kinds", tag)
        expected = tbx_summary.make_histogram(values, bins, max_bins)
        self.assertEqual(list(value.histo.bucket), list(expected.bucket), tag)
        np.testing.assert_allclose(
            value.histo.bucket_limit, expected.bucket_limit, rtol=0, atol=1e-14, err_msg=tag
        )
        self.assertEqual((value.histo.min, value.histo.max, value.histo.num), (values.min(), values.max(), 3000))
        np.testing.assert_allclose(value.histo.sum_squares, values.dot(values), rtol=1e-12)

    def test_histogram_bins_are_numpys(self):
        edges, value = [], 1e-12
        while value < 1e20:
            edges.append(value)
            value *= 1.1
        self.expect_histogram("joined", [-edge for edge in reversed(edges)] + [0] + edges, 50)
        self.expect_histogram("edges", [-2, -1, 0.5, 2.5])
        for rule in ("auto", "sturges", "scott", "fd", "rice", "sqrt"):
            self.expect_histogram("rule/" + rule, rule)

    def test_tensor(self):
        (value,) = raw_values(self.folder + "/kinds", "tensor")
        self.assertEqual(value.metadata.plugin_data.plugin_name, "tensor")
        np.testing.assert_array_equal(
            tensor_util.make_ndarray(value.tensor), np.array([[1, -2, 1 << 40], [4, 5, 6]])
        )

    # --- pictures and sound ---

    def picture(self, tag, index=0):
        entries = self.json("images/images", run="kinds", tag=tag, sample=0)
        data = self.get("images/individualImage", **dict(urllib.parse.parse_qsl(entries[index]["query"])))
        decoded = Image.open(io.BytesIO(data))
        image = raw_values(self.folder + "/kinds", tag)[index].image
        self.assertEqual((image.width, image.height), decoded.size)
        return entries, decoded

    def expect_picture(self, tag, tensor, layout):
        entries, decoded = self.picture(tag)
        self.assertEqual([(entry["step"], entry["wall_time"]) for entry in entries], [(1, 1.6e9)])
        expected = tbx_image(tag, tensor, dataformats=layout)
        np.testing.assert_array_equal(
            np.asarray(decoded.convert("RGBA" if expected.shape[2] == 4 else "RGB")), expected
        )

    def test_pictures_are_tensorboardx_s(self):
        floats = units(1200)
        self.expect_picture("chw", floats[:105].reshape(3, 5, 7), "CHW")
        self.expect_picture("hwc", floats[:105].reshape(5, 7, 3), "HWC")
        self.expect_picture("hw", floats[:35].reshape(5, 7), "HW")
        self.expect_picture("wh", floats[:35].reshape(5, 7), "WH")
        self.expect_picture("rgba", some_bytes(140).reshape(5, 7, 4), "HWC")
        self.expect_picture("batch", floats[:720].reshape(10, 3, 4, 6), "NCHW")
        self.expect_picture("grey batch", floats[:72].reshape(3, 4, 6, 1), "NHWC")

    def test_values_beyond_the_range_are_clipped(self):
        entries, decoded = self.picture("clipped")
        self.assertEqual([entry["step"] for entry in entries], [0, 1, 2])
        self.assertEqual(np.asarray(decoded).tolist(), [[0, 0, 127], [255, 255, 255]])

    def test_boxes(self):
        _, decoded = self.picture("boxes")
        expected = np.full((12, 12, 3), 100)
        expected[1:9, 2:10] = (255, 0, 0)
        expected[3:7, 4:8] = 100
        np.testing.assert_array_equal(np.asarray(decoded), expected)
        self.assertIn("<em>cat</em>", self.json("images/tags")["kinds"]["boxes"]["description"])

    def test_video(self):
        _, decoded = self.picture("video")
        self.assertEqual(decoded.format, "GIF")
        self.assertEqual(decoded.info["loop"], 0)
        frames = [(frame.info["duration"], np.asarray(frame.convert("RGB")))
                  for frame in ImageSequence.Iterator(decoded)]
        self.assertEqual([duration for duration, _ in frames], [200] * 4)
        expected = tbx_utils._prepare_video(some_bytes(288).reshape(3, 4, 3, 2, 4))
        np.testing.assert_array_equal(
            np.stack([frame for _, frame in frames]), np.rint(expected * 255).astype(np.uint8)
        )

    def test_sound(self):
        (entry,) = self.json("audio/audio", run="kinds", tag="sound", sample=0)
        self.assertEqual((entry["step"], entry["wall_time"], entry["contentType"]), (3, 1.6e9, "audio/wav"))
        data = self.get("audio/individualAudio", **dict(urllib.parse.parse_qsl(entry["query"])))
        self.assertIn("two tones", self.json("audio/tags")["kinds"]["sound"]["description"])
        with wave.open(io.BytesIO(data)) as sound:
            self.assertEqual(
                (sound.getnchannels(), sound.getsampwidth(), sound.getframerate(), sound.getnframes()),
                (2, 2, 8000, 400),
            )
            samples = np.frombuffer(sound.readframes(400), np.int16).reshape(400, 2)
        index = np.arange(400).astype(np.float32)
        left = np.rint(np.sin(index / np.float32(10)) * np.float32(32767))
        right = np.rint(np.clip((index - 200) / np.float32(150), -1, 1) * np.float32(32767))
        self.assertLessEqual(np.abs(samples[:, 0] - left).max(), 1)
        np.testing.assert_array_equal(samples[:, 1], right)

    # --- other plugins ---

    def test_pr_curves(self):
        predictions = units(500)
        predictions[:2] = (0, 1)
        labels = ((np.arange(500) * 3 + 1) * 7919 % 1000).astype(np.float32) / np.float32(1000) < predictions
        weights = np.arange(500) % 4 / 4
        expected = {
            "curve": [tbx_summary.compute_curve(labels, predictions, count) for count in (127, 20)],
            "weighted": [tbx_summary.compute_curve(labels, predictions, 127, weights)],
            "fine": [tbx_summary.compute_curve(labels, predictions, 201)],
            "raw": [np.array([
                [75, 64, 21, 5, 0], [150, 105, 18, 0, 0], [0, 45, 132, 150, 150], [0, 11, 54, 70, 75],
                [0.3333333, 0.3786982, 0.5384616, 1, 0], [1, 0.8533334, 0.28, 0.0666667, 0]])],
        }
        rows = ("true_positives", "false_positives", "true_negatives", "false_negatives", "precision", "recall")
        self.assertIn("a curve", self.json("pr_curves/tags")["kinds"]["raw"]["description"])
        for tag, curves in expected.items():
            entries = self.json("pr_curves/pr_curves", run="kinds", tag=tag)["kinds"]
            self.assertEqual([entry["step"] for entry in entries], list(range(1, 1 + len(curves))))
            for entry, curve, value in zip(entries, curves, raw_values(self.folder + "/kinds", tag)):
                curve = curve.astype(np.float32)
                np.testing.assert_array_equal(tensor_util.make_ndarray(value.tensor), curve, tag)
                # The plugin shows whole counts, and leaves out thresholds without a positive prediction.
                shown = len(entry["precision"])
                self.assertGreater(shown, 1)
                for row, numbers in zip(rows, curve):
                    np.testing.assert_array_equal(
                        np.array(entry[row], np.float32),
                        (numbers if row in ("precision", "recall") else np.floor(numbers))[:shown],
                        tag + " " + row,
                    )
        ours = raw_values(self.folder + "/kinds", "curve")[0]
        theirs = tbx_summary.pr_curve("curve", labels, predictions).value[0]
        self.assertEqual(ours.SerializeToString(), theirs.SerializeToString())

    def test_meshes(self):
        self.assertEqual(self.json("mesh/tags")["kinds"], {"mesh": {"samples": 2}, "cloud": {"samples": 1}})
        entries = self.json("mesh/meshes", run="kinds", tag="mesh", sample=0)
        self.assertEqual([entry["step"] for entry in entries], [0, 0, 0, 1, 1, 1])
        self.assertEqual({entry["components"] for entry in entries}, {2 + 4 + 8})
        self.assertEqual({entry["config"] for entry in entries}, {'{"camera": {"fov": 75}}'})
        expected = {
            "VERTEX": units(24).reshape(2, 4, 3),
            "FACE": np.array([0, 1, 2, 1, 2, 3, 3, 2, 1, 2, 1, 0], np.int32).reshape(2, 2, 3),
            "COLOR": some_bytes(24).reshape(2, 4, 3),
        }
        for name, numbers in expected.items():
            for sample in (0, 1):
                data = self.get("mesh/data", run="kinds", tag="mesh", sample=sample, step=1, content_type=name)
                np.testing.assert_array_equal(np.frombuffer(data, numbers.dtype), numbers[sample].reshape(-1))
        (cloud,) = self.json("mesh/meshes", run="kinds", tag="cloud", sample=0)
        self.assertEqual((cloud["components"], cloud["data_shape"]), (2, [1, 3, 3]))

    def test_layout(self):
        shown = self.json("custom_scalars/layout")
        self.assertEqual([category["title"] for category in shown["category"]], ["Taiwan", "USA", "default"])
        value = raw_values(self.folder + "/kinds", "custom_scalars__config__")[-1]
        expected = tbx_summary.custom_scalars({
            "Taiwan": {"twse": ["Multiline", ["twse/0050", "twse/2330"]]},
            "USA": {"dow": ["Margin", ["dow/aaa", "dow/bbb", "dow/ccc"]], "nasdaq": ["Margin", ["v", "l", "u"]]},
            "default": {"untitled": ["Multiline", ["loss/.*"]]},
        }).value[0]
        layout = Layout.FromString(expected.tensor.string_val[0])
        layout.category[0].closed = True
        expected.tensor.string_val[0] = layout.SerializeToString()
        self.assertEqual(value.SerializeToString(), expected.SerializeToString())

    def test_graph(self):
        self.assertTrue(self.json("graphs/info")["kinds"]["run_graph"])
        graph = text_format.Parse(self.get("graphs/graph", run="kinds", conceptual="false").decode(),
                                  graph_pb2.GraphDef())
        self.assertEqual([(node.name, node.op, node.device, list(node.input)) for node in graph.node],
                         [("input/x", "Placeholder", "/CPU", []), ("dense/MatMul", "MatMul", "", ["input/x"])])
        shapes = [[dim.size for dim in node.attr["_output_shapes"].list.shape[0].dim] for node in graph.node]
        self.assertEqual(shapes, [[-1, 784], [-1, 10]])
        self.assertEqual(graph.node[1].attr["attr"].s, b"{ units: 10 }")
        self.assertEqual(graph.versions.producer, 22)

    def test_embeddings(self):
        self.assertEqual(self.json("projector/runs"), ["kinds"])
        entries = self.json("projector/info", run="kinds")["embeddings"]
        self.assertEqual([entry["tensorName"] for entry in entries], ["default:00000", 'layer/"odd" %:00012'])
        self.assertEqual([entry["tensorShape"] for entry in entries], [[5, 3], [5, 3]])
        numbers = units(15)
        data = self.get("projector/tensor", run="kinds", name="default:00000")
        np.testing.assert_array_equal(np.frombuffer(data, np.float32), numbers)
        numbers[0] = -1.5
        data = self.get("projector/tensor", run="kinds", name='layer/"odd" %:00012')
        np.testing.assert_array_equal(np.frombuffer(data, np.float32), numbers)
        self.assertEqual(self.get("projector/metadata", run="kinds", name="default:00000").decode(),
                         "zero\none\ntwo\nthree\n四\n")
        self.assertEqual(self.get("projector/metadata", run="kinds", name='layer/"odd" %:00012').decode(),
                         "name\tclass\nzero\tc\none\tc\ntwo\tc\nthree\tc\n四\tc\n")
        self.assertEqual(entries[0]["sprite"], {"imagePath": "00000/default/sprite.png", "singleImageDim": [2, 2]})
        sprite = np.asarray(Image.open(io.BytesIO(
            self.get("projector/sprite_image", run="kinds", name="default:00000"))))
        grid = tbx_utils.make_grid(units(60).reshape(5, 3, 2, 2), ncols=3).transpose(1, 2, 0)
        expected = np.zeros((6, 6, 3), np.uint8)
        expected[:4] = np.uint8(grid * np.float32(255))
        np.testing.assert_array_equal(sprite, expected)

    def test_sessions_of_hyperparameters(self):
        request = json.dumps({"startIndex": 0, "sliceSize": 100, "allowedStatuses": [
            "STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING", "STATUS_UNKNOWN"]})
        groups = self.json("hparams/session_groups", request=request)["sessionGroups"]
        sessions = {}
        for group in groups:
            for session in group["sessions"]:
                sessions[session["name"].rpartition("/")[2]] = (group["hparams"], session)
        expected = {
            "trial": ({"lr": 0.1, "bn": True, "net": "conv"}, "STATUS_SUCCESS", 7, (0.75, 0.5)),
            "failed": ({"lr": 0.2, "bn": False, "net": "conv"}, "STATUS_FAILURE", 0, (0.25, 3)),
        }
        for name, (hparams, status, step, metrics) in expected.items():
            shown, session = sessions[name]
            self.assertEqual({key: shown[key] for key in hparams}, hparams)
            self.assertEqual(session["status"], status)
            values = {metric["name"]["tag"]: metric["value"] for metric in session["metricValues"]}
            self.assertEqual((values["hparam/accuracy"], values["hparam/loss"]), metrics)
            self.assertEqual({metric.get("trainingStep", 0) for metric in session["metricValues"]}, {step})


class LoadedByPython(Kinds, unittest.TestCase):
    flags = ("--load_fast", "false", "--reload_interval", "0", "--reload_task", "blocking")


@unittest.skipUnless(data_server, "this Python lacks TensorBoard's data server")
class LoadedByTheDataServer(Kinds, unittest.TestCase):
    flags = ("--load_fast", "true")


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # of TensorBoard's own, about its data server's process
