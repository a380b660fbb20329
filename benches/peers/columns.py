"""The prices of a bar file as raw columns, for the hand-written limit.

usage: columns.py BARS.parquet OUT.f64
"""
import sys

import numpy as np
import pyarrow.parquet as parquet

table = parquet.read_table(sys.argv[1], columns=["open", "high", "low", "close"])
with open(sys.argv[2], "wb") as out:
    for name in table.column_names:
        out.write(table[name].to_numpy().astype("<f8").tobytes())
