"""What sweeps take in memory as whole commands, and that one that was interrupted comes to the same file.

usage: sweep_memory.py PLAYVM BARS_90D.arrow BARS_730D.arrow WORK_DIR

One line of JSON a sweep: its variants, seconds of wall and processor time, and the most memory that its process had.
"""
import filecmp
import json
import os
import shutil
import signal
import subprocess
import sys
import time

playvm, short, long, work = sys.argv[1:]
MEMORY_MIB = 1024


def sweep(play, bars, out, *more, interrupt_after=None):
    """Exit code, wall and processor seconds, MiB at most; what it says goes nowhere."""
    command = [playvm, "sweep", play, "--data", bars, "--out", out, "--memory", str(MEMORY_MIB), *more]
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if interrupt_after is not None:
        time.sleep(interrupt_after)
        process.send_signal(signal.SIGINT)
    _, status, used = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return code, time.monotonic() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def fresh(name):
    folder = os.path.join(work, name)
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def told(name, bars, variants, measured, **more):
    code, wall, cpu, mib = measured
    if code != 0:
        sys.exit(f"{name}: playvm sweep ended with {code}")
    line = {"sweep_memory": name, "bars": bars, "variants": variants, "wall": wall, "cpu": cpu, "memory_mib": mib}
    print(json.dumps(line | {"limit_mib": MEMORY_MIB} | more), flush=True)


S3, WIDE = "tests/hosts/bench/s3.yml", "benches/plays/wide.yml"
told("`s3`, all figures", "730 days", 1000, sweep(S3, long, fresh("memory_s3")))
told("`s3 --quick`", "730 days", 1000, sweep(S3, long, fresh("memory_s3_quick"), "--quick"))
told("`wide --quick`, a tenth of it", "90 days", 10_000, sweep(WIDE, short, fresh("memory_part"), "--quick", "--sample", "10000"))
whole = sweep(WIDE, short, fresh("memory_whole"), "--quick")
told("`wide --quick`", "90 days", 100_000, whole)

cut = fresh("memory_cut")
code = sweep(WIDE, short, cut, "--quick", "--threads", "1", interrupt_after=whole[1] / 2)[0]
if code != 6:
    sys.exit(f"an interrupted sweep ended with {code}, not 6")
resumed = sweep(WIDE, short, cut, "--quick", "--resume")
same = filecmp.cmp(os.path.join(cut, "sweep.parquet"), os.path.join(work, "memory_whole", "sweep.parquet"), shallow=False)
if not same:
    sys.exit("the resumed sweep comes to another file")
told("`wide --quick`, interrupted, then gone on with", "90 days", 100_000, resumed, same_file=same)
