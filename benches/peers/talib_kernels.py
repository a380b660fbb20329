"""Times TA-Lib's functions: ns of processor time per bar.

usage: talib_kernels.py BARS.parquet

Takes an expression a line, as `kernels.txt` has them; answers with the least of two passes, after one more. Each
function runs over whole columns and makes new output columns, as the wheel does; where memory for them comes from is up
to the allocator: with MALLOC_MMAP_THRESHOLD_ and MALLOC_TRIM_THRESHOLD_ set high it is used again, without page faults.
Several functions in a row are their sum.
"""
import sys
import time

import numpy as np
import pyarrow.parquet as parquet
import talib

bars = parquet.read_table(sys.argv[1])
columns = {n[0]: np.ascontiguousarray(bars[n].to_numpy(), dtype=float) for n in ("open", "high", "low", "close", "volume")}
functions = {name: getattr(talib, name) for name in talib.get_functions()}

for line in sys.stdin:
    code = compile(line.strip(), line, "eval")
    seconds = []
    for _ in range(3):
        start = time.process_time()
        result = eval(code, functions, columns)
        seconds.append(time.process_time() - start)
        del result
    print(min(seconds[1:]) * 1e9 / len(columns["c"]), flush=True)
