"""Writes TA-Lib's FRACTAL on bars with many ties, for `structures_fractal.rs`.

    fractal_columns.py OUT

OUT is one file of little-endian f64 columns of 3,000 bars each: high, low, then for every (left, right) of SIDES the
flags of swing highs and of swing lows as TA-Lib writes them: not 0 on the bar on which the pivot is known.
"""

import sys

import numpy as np
import talib

SIDES = [(1, 1), (2, 2), (3, 1), (1, 4), (5, 5)]

rng = np.random.default_rng(7)
close = 500.0 + np.cumsum(rng.integers(-3, 4, 3000))
high = close + rng.integers(0, 3, 3000)
low = close - rng.integers(0, 3, 3000)
columns = [high, low]
for left, right in SIDES:
    columns += talib.FRACTAL(high, low, left, right)
np.concatenate([np.asarray(c, dtype="<f8") for c in columns]).tofile(sys.argv[1])
