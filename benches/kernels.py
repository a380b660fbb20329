"""Times our built-ins beside TA-Lib's functions, row by row of `kernels.txt`: a line of JSON for each row and peer.

usage: kernels.py TABLE BARS KERNELS TURNS [ONLY]

BARS.arrow is for ours (KERNELS, the program), BARS.parquet for TA-Lib; ONLY is how the rows begin that are wanted. In
each turn every row is asked for once, of ours and of TA-Lib one after the other; the least of its turns counts for each.
Whatever slows the machine for a while slows a few turns of a row, and of both; the least is what the code takes where
nothing does.
"""
import json
import os
import subprocess
import sys

import talib

table, bars, program, turns = sys.argv[1:5]
only = sys.argv[5] if len(sys.argv) > 5 else ""
REUSED = {"MALLOC_MMAP_THRESHOLD_": "4294967296", "MALLOC_TRIM_THRESHOLD_": "4294967296", "MALLOC_TOP_PAD_": "268435456"}


def rows():
    """What ours takes and what TA-Lib takes; `*` stands for each of TA-Lib's patterns."""
    for line in open(table):
        if line.startswith("#"):
            continue
        call, expression, *read = (part.strip() for part in line.split("|"))
        for name in (n for n in talib.get_functions() if n.startswith("CDL")) if "*" in call else [""]:
            ours = call.replace("*", name[3:].lower())
            if ours.startswith(only):
                yield ours, " | ".join([ours, *read]), expression.replace("CDL*", name)


def start(command, more={}):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
    return subprocess.Popen(command, env=os.environ | more, **pipes)


def ask(peer, row):
    peer.stdin.write(row + "\n")
    answer = peer.stdout.readline()
    return float(answer) if answer else sys.exit(f"{peer.args[0]} has ended at `{row}`")


python = [sys.executable, os.path.join(os.path.dirname(__file__), "peers/talib_kernels.py"), bars + ".parquet"]
peers = {"play": start([program, "--bars", bars + ".arrow"]), "talib": start(python), "talib_reused": start(python, REUSED)}
asked = [(kernel, peer, ours if peer == "play" else theirs) for kernel, ours, theirs in rows() for peer in peers]
least = {}
for _ in range(int(turns)):
    for kernel, peer, row in asked:
        least[kernel, peer] = min(ask(peers[peer], row), least.get((kernel, peer), float("inf")))
for (kernel, peer), ns in least.items():
    print(json.dumps({"peer": peer, "kernel": kernel, "ns_per_bar": ns}))
