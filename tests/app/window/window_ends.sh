#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# window_ends.sh PROGRAM CAUSE: while the window trains its X server is killed (CAUSE display), or it gets a signal
# (TERM, HUP, ...); the run must be saved and the process must end by itself, with status 1 or of the signal. Status 77: no X
# server or no xdotool here.
set -u
cause=$2
command -v Xvfb >/dev/null && command -v xdotool >/dev/null || exit 77
program=$1
folder=$(mktemp -d)
server=
window=
# Nothing stays behind, whatever happens.
trap '{ kill -9 $window $server; wait; } 2>/dev/null; rm -rf "$folder"' EXIT
mkdir -p "$folder/work/data" && cd "$folder/work" || exit 1
for part in train t10k; do  # 600 = 0x258 images of 28 = 0x1c rows and columns
  { printf '\0\0\x08\x03\0\0\x02\x58\0\0\0\x1c\0\0\0\x1c'; head -c $((600 * 784)) /dev/zero; } >data/$part-images-idx3-ubyte
  { printf '\0\0\x08\x01\0\0\x02\x58'; head -c 600 /dev/zero; } >data/$part-labels-idx1-ubyte
done
export HOME=$folder XDG_CONFIG_HOME=$folder/config QT_QPA_PLATFORM=xcb
unset WAYLAND_DISPLAY

mkfifo "$folder/display"
Xvfb -displayfd 3 -screen 0 1400x900x24 3>"$folder/display" 2>/dev/null &
server=$!
read -r number <"$folder/display" || exit 1
export DISPLAY=:$number

"$program" 2>"$folder/errors" &
window=$!
# The Start button does nothing until the engine is loaded.
for _ in $(seq 100); do
  sleep 0.3
  [ -e runs/conv_net/run.json ] && break
  id=$(xdotool search --onlyvisible --pid $window 2>/dev/null | tail -1)
  [ -n "$id" ] && xdotool mousemove --window "$id" 60 52 click 1 2>/dev/null
done
sleep 1
if [ "$cause" = display ]; then
  kill -9 $server
  wanted=1
else
  kill -"$cause" $window
  wanted=$((128 + $(kill -l "$cause")))
fi
for _ in $(seq 100); do kill -0 $window 2>/dev/null || break; sleep 0.2; done
if kill -0 $window 2>/dev/null; then echo "did not end"; exit 1; fi
wait $window
status=$?
cat "$folder/errors"
echo "status $status"
[ "$status" -eq "$wanted" ] || exit 1
grep '"state": "stopped"' runs/conv_net/run.json && [ -s runs/conv_net/model.safetensors ]
