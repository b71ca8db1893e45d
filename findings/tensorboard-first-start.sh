#!/usr/bin/env bash
# TensorBoard's Python reader passes over the first SessionLog START of a run, also when it stands in the run's second event
# file and announces that the job was restarted: the steps that the first file holds at and after it stay, and each of them is
# shown twice. The comment in its source says so ("The first SessionLog.START event in a run indicates the start of a
# supervisor session"); writers that put a START into restarted files alone (purge_step of tensorboardX and torch) meet it.
#
# Writes both cases with TensorBoard's own writer and messages and reads them with its own multiplexer. Ends with 0 while the
# behaviour is as described, with 1 when it has changed, with 2 when it could not be tried.
set -euo pipefail
version=2.21.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" -q --disable-pip-version-check install \
  "tensorboard==$version" "setuptools<81" || { echo "cannot install tensorboard $version" >&2; exit 2; }
"$folder/venv/bin/python" - "$folder/logs" 2>/dev/null <<'PY'
import os, sys
import tensorboard
from tensorboard.backend.event_processing import plugin_event_multiplexer
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

logs = sys.argv[1]
START = event_pb2.SessionLog(status=event_pb2.SessionLog.START)


def write(run, name, time, steps, start=None):
    os.makedirs(os.path.join(logs, run), exist_ok=True)
    with open(os.path.join(logs, run, name), "wb") as file:
        writer = RecordWriter(file)
        events = [event_pb2.Event(wall_time=time, file_version="brain.Event:2")]
        if start is not None:
            events.append(event_pb2.Event(wall_time=time, step=start, session_log=START))
        for step in steps:
            value = summary_pb2.Summary.Value(tag="loss", simple_value=time + step)
            events.append(event_pb2.Event(wall_time=time + step, step=step, summary=summary_pb2.Summary(value=[value])))
        for event in events:
            writer.write(event.SerializeToString())


for run, first in (("START in the second file alone", None), ("START in both files", 0)):
    write(run, "events.out.tfevents.1700000000.host", 1700000000.0, range(0, 6), first)
    write(run, "events.out.tfevents.1700001000.host", 1700001000.0, range(3, 9), 3)
multiplexer = plugin_event_multiplexer.EventMultiplexer(tensor_size_guidance={"scalars": 0})
multiplexer.AddRunsFromDirectory(logs)
multiplexer.Reload()
print("tensorboard", tensorboard.__version__)
seen = {run: [event.step for event in multiplexer.Tensors(run, "loss")] for run in multiplexer.Runs()}
for run, steps in seen.items():
    print(f"{run}: steps {steps}")
expected = {
    "START in the second file alone": [0, 1, 2, 3, 4, 5, 3, 4, 5, 6, 7, 8],
    "START in both files": list(range(9)),
}
print("as described" if seen == expected else "changed")
sys.exit(0 if seen == expected else 1)
PY
