//! Whatever the Play and the bars: causality, equality of every way to run, round trips.
