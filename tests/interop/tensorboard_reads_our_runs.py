# SPDX-License-Identifier: GPL-3.0-or-later
"""What TensorBoard makes of runs that SummaryWriter wrote.

Arguments: the program built from write_runs.cpp. The expected values come from the same formulas, and the
histograms from numpy with tensorboardX's default bins.
"""
import logging
import math
import os
import subprocess
import sys
import tempfile
import unittest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
logging.disable(logging.WARNING)

try:
    import numpy as np
    from tensorboard.backend.event_processing import data_provider, event_accumulator
    from tensorboard.backend.event_processing import plugin_event_multiplexer
    from tensorboard.plugins import base_plugin
    from tensorboard.util import tensor_util
    from tensorboard.plugins.hparams import backend_context, get_experiment, list_session_groups
    from tensorboard.plugins.hparams import api_pb2
    from tensorboard.plugins.text import text_plugin
    from tensorboard import context as tb_context
    from tensorboardX import summary as tbx_summary
except ImportError as error:
    print(f"skipped: this Python lacks a peer: {error}")
    sys.exit(77)

PROGRAM = sys.argv.pop(1)
KEEP_ALL = {
    event_accumulator.SCALARS: 0,
    event_accumulator.HISTOGRAMS: 0,
    event_accumulator.TENSORS: 0,
    event_accumulator.COMPRESSED_HISTOGRAMS: 1,
    event_accumulator.IMAGES: 1,
    event_accumulator.AUDIO: 1,
}


def accumulate(folder):
    accumulator = event_accumulator.EventAccumulator(folder, size_guidance=KEEP_ALL)
    accumulator.Reload()
    return accumulator


class TensorBoardReadsOurRuns(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        subprocess.run([PROGRAM, cls.folder.name], check=True)
        cls.all = accumulate(os.path.join(cls.folder.name, "all"))
        multiplexer = plugin_event_multiplexer.EventMultiplexer(
            tensor_size_guidance={"text": 0, "scalars": 0}
        )
        multiplexer.AddRunsFromDirectory(cls.folder.name)
        multiplexer.Reload()
        cls.multiplexer = multiplexer
        cls.context = base_plugin.TBContext(
            data_provider=data_provider.MultiplexerDataProvider(multiplexer, cls.folder.name),
            flags=None,
        )

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_tags(self):
        tags = self.all.Tags()
        self.assertEqual(sorted(tags["scalars"]), ["special", "train/loss", "训练 ✓"])
        self.assertEqual(sorted(tags["histograms"]), ["bins", "weights", "zeros"])
        self.assertIn("note/text_summary", tags["tensors"])
        self.assertEqual(self.all.file_version, 2.0)

    def test_scalars(self):
        events = self.all.Scalars("train/loss")
        self.assertEqual([event.step for event in events], list(range(200)))
        self.assertEqual([event.wall_time for event in events], [1.6e9 + i / 4 for i in range(200)])
        expected = [float(np.float32(i * i % 97) / np.float32(3)) for i in range(200)]
        self.assertEqual([event.value for event in events], expected)
        events = self.all.Scalars("训练 ✓")
        self.assertEqual([event.step for event in events], [10 * i - 50 for i in range(200)])
        self.assertEqual([event.value for event in events], [float(-i) for i in range(200)])

    def test_special_values(self):
        events = self.all.Scalars("special")
        self.assertEqual([event.step for event in events], [i << 40 for i in range(6)])
        values = [event.value for event in events]
        self.assertTrue(math.isnan(values[0]))
        self.assertEqual(values[1:3], [math.inf, -math.inf])
        self.assertEqual(values[3:], [float(np.float32(1e-45)), float(np.finfo(np.float32).max), 0.0])
        self.assertEqual(math.copysign(1, values[5]), -1)

    def expect_histogram(self, histogram, values):
        expected = tbx_summary.make_histogram(values.astype(float), tbx_summary_bins())
        self.assertEqual(list(histogram.bucket_limit), list(expected.bucket_limit))
        self.assertEqual(list(histogram.bucket), list(expected.bucket))
        for field in ("min", "max", "num"):
            self.assertEqual(getattr(histogram, field), getattr(expected, field), field)
        self.assertAlmostEqual(histogram.sum, expected.sum, delta=1e-9 * len(values))
        self.assertAlmostEqual(histogram.sum_squares, expected.sum_squares, delta=1e-6 * len(values))

    def test_histograms_of_raw_values(self):
        events = self.all.Histograms("weights")
        self.assertEqual([event.step for event in events], [0, 1, 2])
        index = np.arange(5000)
        for step, event in enumerate(events):
            values = ((index * 7919 % 1000 - 500 + step) / 64).astype(np.float32)
            self.expect_histogram(event.histogram_value, values)
        self.expect_histogram(self.all.Histograms("zeros")[0].histogram_value, np.zeros(7))

    def test_histogram_of_ready_bins(self):
        (event,) = self.all.Histograms("bins")
        self.assertEqual(event.step, 5)
        histogram = event.histogram_value
        self.assertEqual(list(histogram.bucket_limit), [-2, 0, 3])
        self.assertEqual(list(histogram.bucket), [0, 2, 4])
        self.assertEqual(
            (histogram.min, histogram.max, histogram.num, histogram.sum, histogram.sum_squares),
            (-2, 3, 6, 4.5, 20.25),
        )

    def test_text_plugin(self):
        plugin = text_plugin.TextPlugin(self.context)
        events = plugin.text_impl(tb_context.RequestContext(), "all", "note/text_summary", "", True)
        self.assertEqual([event["step"] for event in events], [3, 4])
        self.assertIn("<strong>bold</strong> 你好", events[0]["text"])
        self.assertIn("second", events[1]["text"])

    def test_hparams_plugin(self):
        context = backend_context.Context(self.context)
        request = tb_context.RequestContext()
        metadata = context.hparams_metadata(request, "")
        experiment = context.experiment_from_metadata(
            request, "", True, metadata, context.hparams_from_data_provider(request, "", limit=100)
        )
        types = {info.name: info.type for info in experiment.hparam_infos}
        self.assertEqual(
            types,
            {
                "lr": api_pb2.DATA_TYPE_FLOAT64,
                "batch norm": api_pb2.DATA_TYPE_BOOL,
                "net": api_pb2.DATA_TYPE_STRING,
            },
        )
        self.assertEqual([info.name.tag for info in experiment.metric_infos], ["train/loss"])
        groups = list_session_groups.Handler(
            request,
            context,
            "",
            api_pb2.ListSessionGroupsRequest(
                allowed_statuses=list(api_pb2.Status.values()), start_index=0, slice_size=100
            ),
        ).run()
        (group,) = groups.session_groups
        values = {
            name: getattr(value, value.WhichOneof("kind")) for name, value in group.hparams.items()
        }
        self.assertEqual(values, {"lr": 0.1, "batch norm": True, "net": "conv"})
        (session,) = group.sessions
        self.assertEqual(session.status, api_pb2.STATUS_SUCCESS)
        self.assertEqual(session.metric_values[0].value, float(np.float32(199 * 199 % 97) / np.float32(3)))

    def test_runs_that_go_back_have_each_step_once(self):
        expected = [0, 1, 2] + [100 + i for i in range(3, 9)]
        for run in ("continued", "continued old", "went back", "went back old"):
            with self.subTest(run):
                events = self.multiplexer.Tensors(run, "a")
                self.assertEqual([event.step for event in events], list(range(9)))
                values = [float(tensor_util.make_ndarray(event.tensor_proto)) for event in events]
                self.assertEqual(values, expected)

    def test_restart_purges(self):
        events = accumulate(os.path.join(self.folder.name, "restart")).Scalars("a")
        self.assertEqual([event.step for event in events], list(range(9)))
        self.assertEqual([event.value for event in events], [0, 1, 2] + [300 + i for i in range(3, 9)])


def tbx_summary_bins():
    edges, value = [], 1e-12
    while value < 1e20:
        edges.append(value)
        value *= 1.1
    return [-edge for edge in reversed(edges)] + [0] + edges


if __name__ == "__main__":
    unittest.main()
