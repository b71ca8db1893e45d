# SPDX-License-Identifier: GPL-3.0-or-later
"""`traindeck train` on small data sets of every format but IDX, made by tests/example/sample_data.py.

The MLP's test accuracy is computed again here, from the saved parameters and the data as NumPy reads
them; the ConvNet and the ResNet have to do clearly better than chance.

Arguments: the program, sample_data.py.
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

try:
    import numpy as np
    import PIL
    from safetensors.numpy import load_file
except ImportError as error:
    print(f"skipped: this Python lacks a peer: {error}")
    sys.exit(77)

PROGRAM, MAKER = sys.argv[1:3]
del sys.argv[1:3]


def mlp_accuracy(parameters, samples, labels):
    values = samples.reshape(len(samples), -1).astype(np.float32)
    layers = sorted({name.split(".")[0] for name in parameters})
    for layer in layers:
        values = values @ parameters[layer + ".weight"].T + parameters[layer + ".bias"]
        if layer != layers[-1]:
            values = np.maximum(values, 0)
    return (values.argmax(axis=1) == labels).mean()


class TrainsOnEveryFormat(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def make(self, kind, name, count):
        place = self.folder / name
        subprocess.run([sys.executable, MAKER, kind, place, str(count)], check=True)
        return place

    def train(self, data, *options):
        command = [PROGRAM, "train", "--quiet", "--threads", "1", "--fine-tune-epochs", "0",
                   "--histogram-interval", "0", "--optimiser", "adam", "--logdir", self.folder / "runs",
                   "--name", "run", "--data", data, *options]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        accuracy = re.search(r"^test accuracy after training: ([0-9.]+)$", done.stdout, re.M)
        self.assertIsNotNone(accuracy, done.stdout)
        return float(accuracy.group(1)), load_file(self.folder / "runs/run/model.safetensors")

    def test_mlp_on_npz(self):
        file = self.make("npz", "textures.npz", 2000)
        accuracy, parameters = self.train(file, "--model", "mlp", "--hidden", "64,32", "--epochs", "15",
                                          "--lr", "0.003")
        with np.load(file) as arrays:
            again = mlp_accuracy(parameters, arrays["test_images"] / 255, arrays["test_labels"][:, 0])
        self.assertAlmostEqual(accuracy, again, delta=0.0026)  # one sample of 400
        self.assertGreater(accuracy, 0.5)

    def test_resnet_on_cifar(self):
        accuracy, parameters = self.train(self.make("cifar", "cifar", 1000), "--model", "resnet",
                                          "--epochs", "3", "--lr", "0.003")
        self.assertEqual(parameters["fc.weight"].shape[0], 10)
        self.assertGreater(accuracy, 0.3)

    def test_conv_net_on_folders_of_pictures(self):
        accuracy, parameters = self.train(self.make("letters", "letters", 1040), "--epochs", "6",
                                          "--lr", "0.003")
        self.assertEqual(parameters["fc2.weight"].shape, (26, 50))
        self.assertGreater(accuracy, 0.3)

    def test_mlp_on_csv(self):
        accuracy, parameters = self.train(self.make("csv", "clusters.csv", 1000), "--model", "mlp",
                                          "--hidden", "32", "--epochs", "5", "--lr", "0.01")
        self.assertEqual(parameters["fc2.weight"].shape, (3, 32))
        self.assertGreater(accuracy, 0.7)


unittest.main()
