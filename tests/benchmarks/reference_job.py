#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference job as a Python script: what `traindeck train` replaces.

Trains the ConvNet on an MNIST-like data set with PyTorch's DataLoader and logs with tensorboardX the
same things that TrainDeck logs. Prints one JSON object: samples/s of training alone (evaluation left
out, logging included) and the accuracy on the test set.
"""

import argparse
import gzip
import json
import pathlib
import time

import numpy
import torch
from tensorboardX import SummaryWriter
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def read_idx(folder, name):
    path = folder / name
    opener = open if path.exists() else gzip.open
    if not path.exists():
        path = folder / (name + ".gz")
    with opener(path, "rb") as file:
        data = file.read()
    dimensions = data[3]
    shape = numpy.frombuffer(data, ">i4", dimensions, 4)
    return numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * dimensions).reshape(shape)


def data_set(folder, prefix):
    images = torch.from_numpy(read_idx(folder, prefix + "-images-idx3-ubyte").copy())
    labels = torch.from_numpy(read_idx(folder, prefix + "-labels-idx1-ubyte").copy())
    return TensorDataset(images.unsqueeze(1).float() / 255, labels.long())


class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 10, 5)
        self.conv2 = nn.Conv2d(10, 20, 5)
        self.fc1 = nn.Linear(320, 50)
        self.fc2 = nn.Linear(50, 10)

    def forward(self, x):
        x = torch.relu(nn.functional.max_pool2d(self.conv1(x), 2))
        x = torch.relu(nn.functional.max_pool2d(self.conv2(x), 2))
        x = torch.relu(self.fc1(x.flatten(1)))
        return self.fc2(x)


def log_histograms(writer, model, step):
    for name, parameter in model.named_parameters():
        tag = name.replace(".", "/")
        writer.add_histogram(tag, parameter.detach().numpy(), step)
        writer.add_histogram(tag + ".grad", parameter.grad.numpy(), step)


def train_epoch(model, optimizer, loader, writer, step):
    model.train()
    loss_sum = correct_sum = 0
    for images, labels in loader:
        optimizer.zero_grad()
        logits = model(images)
        loss = nn.functional.cross_entropy(logits, labels)
        loss.backward()
        optimizer.step()
        correct = (logits.argmax(1) == labels).sum().item()
        writer.add_scalar("train/loss", loss.item(), step)
        writer.add_scalar("train/accuracy", correct / len(labels), step)
        if step % 100 == 0:
            log_histograms(writer, model, step)
        loss_sum += loss.item() * len(labels)
        correct_sum += correct
        step += 1
    return loss_sum, correct_sum, step


def evaluate(model, loader):
    model.eval()
    loss_sum = correct = 0
    with torch.no_grad():
        for images, labels in loader:
            logits = model(images)
            loss_sum += nn.functional.cross_entropy(logits, labels, reduction="sum").item()
            correct += (logits.argmax(1) == labels).sum().item()
    count = len(loader.dataset)
    return loss_sum / count, correct / count


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--lr", type=float, default=0.01)
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--logdir", required=True)
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    train = DataLoader(data_set(options.data, "train"), options.batch_size, shuffle=True)
    test = DataLoader(data_set(options.data, "t10k"), 1000)
    model = ConvNet()
    optimizer = torch.optim.SGD(model.parameters(), options.lr, options.momentum)
    seconds = 0
    step = 0
    accuracy = 0
    with SummaryWriter(options.logdir) as writer:
        for epoch in range(options.epochs):
            start = time.perf_counter()
            loss_sum, correct, step = train_epoch(model, optimizer, train, writer, step)
            seconds += time.perf_counter() - start
            loss, accuracy = evaluate(model, test)
            writer.add_scalar("Training Loss", loss_sum / len(train.dataset), epoch)
            writer.add_scalar("Training Accuracy", correct / len(train.dataset), epoch)
            writer.add_scalar("validation/loss", loss, step)
            writer.add_scalar("validation/accuracy", accuracy, step)
    samples = options.epochs * len(train.dataset)
    print(json.dumps({"samples_per_s": samples / seconds, "test_accuracy": accuracy}))


if __name__ == "__main__":
    main()
