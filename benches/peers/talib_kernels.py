"""Times TA-Lib on the rows of `kernels.txt`: ns of processor time per bar. One line of JSON a row.

usage: talib_kernels.py TABLE BARS.parquet [REPEAT]

Each function runs over whole columns and makes new output columns, as the wheel does; where memory for them comes from
is up to the allocator: with MALLOC_MMAP_THRESHOLD_ and MALLOC_TRIM_THRESHOLD_ set high it is used again, without page
faults. A row with several functions is their sum.
"""
import json
import os
import statistics
import sys
import time

import numpy as np
import pyarrow.parquet as parquet
import talib

bars = parquet.read_table(sys.argv[2])
repeat = int(sys.argv[3]) if len(sys.argv) > 3 else 5
columns = {n[0]: np.ascontiguousarray(bars[n].to_numpy(), dtype=float) for n in ("open", "high", "low", "close", "volume")}
functions = {name: getattr(talib, name) for name in talib.get_functions()}
peer = "talib_reused" if "MALLOC_MMAP_THRESHOLD_" in os.environ else "talib"


def rows():
    for line in open(sys.argv[1]):
        if line.startswith("#"):
            continue
        call, expression = (part.strip() for part in line.split("|")[:2])
        if "*" not in call:
            yield call, expression
            continue
        for name in functions:
            if name.startswith("CDL"):
                yield call.replace("*", name[3:].lower()), expression.replace("CDL*", name)


for call, expression in rows():
    code = compile(expression, call, "eval")
    runs = []
    for _ in range(repeat + 1):
        start = time.process_time()
        result = eval(code, functions, columns)
        runs.append(time.process_time() - start)
        del result
    ns = [seconds * 1e9 / len(columns["c"]) for seconds in runs[1:]]
    line = {"peer": peer, "kernel": call, "ns_per_bar": statistics.median(ns), "ns_per_bar_min": min(ns)}
    print(json.dumps(line), flush=True)
