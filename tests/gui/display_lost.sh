#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# display_lost.sh PROGRAM: the X server is killed while the window trains; the run must be saved and the
# process must end by itself. Status 77: no X server or no xdotool here.
set -u
command -v Xvfb >/dev/null && command -v xdotool >/dev/null || exit 77
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
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
# Space starts the run once the engine is loaded; until then it does nothing.
for _ in $(seq 100); do
  sleep 0.3
  [ -e runs/conv_net/run.json ] && break
  id=$(xdotool search --onlyvisible --pid $window 2>/dev/null | tail -1)
  [ -n "$id" ] && xdotool mousemove --window "$id" 60 52 click 1 2>/dev/null
done
sleep 1
kill -9 $server
wait $server 2>/dev/null
for _ in $(seq 100); do kill -0 $window 2>/dev/null || break; sleep 0.2; done
if kill -9 $window 2>/dev/null; then echo "did not end"; exit 1; fi
wait $window
status=$?
cat "$folder/errors"
echo "status $status"
[ "$status" -eq 1 ] || exit 1
grep '"state": "stopped"' runs/conv_net/run.json && [ -s runs/conv_net/model.safetensors ]
