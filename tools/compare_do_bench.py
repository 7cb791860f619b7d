#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds a report's medians against Triton's do_bench (development only; needs torch and triton on a CUDA machine).

    compare_do_bench.py REPORT.json [--rep MS] [--least-us 100] [--csv FILE]

For each attention case of the report that passed and that one of LibTorch's backends ran, the same call is made with the
same shape in Python, forced to the same backend, and timed as triton.testing.do_bench does it (median; with --plain by
do_bench itself). What it reads for an empty launch is taken off its readings; Headroom's have their events' cost taken off
already. do_bench clears the L2 cache before each run: compare reports measured with --l2 cold.

do_bench keeps one kernel busy for a tenth of a second, and a sweep that takes turns does not: at its power limit a card
then runs at another clock. So a timestamp kernel runs before and after each timed run, outside of its events, and gives
its SM clock; cases that are not held up by the memory are also compared at one clock.

Prints a line a case and, at the end, the median and the largest difference among the cases of at least --least-us, as they
stand and at one clock.
"""

import argparse
import csv
import json
import statistics
import time

import torch
import triton
import triton.language as tl
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import scaled_dot_product_attention

BACKENDS = {
    "cudnn": SDPBackend.CUDNN_ATTENTION,
    "flash": SDPBackend.FLASH_ATTENTION,
    "memory-efficient": SDPBackend.EFFICIENT_ATTENTION,
    "math": SDPBackend.MATH,
}


@triton.jit
def empty_kernel(pointer):
    tl.load(pointer)


@triton.jit
def stamp_kernel(pointer):
    """Each program stores its multiprocessor, the global timer (ns) and the multiprocessor's cycle counter."""
    program = tl.program_id(0)
    multiprocessor = tl.inline_asm_elementwise("mov.u32 $0, %smid;", "=r,r", [program], dtype=tl.int32, is_pure=False, pack=1)
    cycles = tl.inline_asm_elementwise("mov.u64 $0, %clock64;", "=l,r", [program], dtype=tl.int64, is_pure=False, pack=1)
    ns = tl.inline_asm_elementwise("mov.u64 $0, %globaltimer;", "=l,r", [program], dtype=tl.int64, is_pure=False, pack=1)
    tl.store(pointer + 3 * program, multiprocessor.to(tl.int64))
    tl.store(pointer + 3 * program + 1, ns)
    tl.store(pointer + 3 * program + 2, cycles)


PROGRAMS = 2 * torch.cuda.get_device_properties(0).multi_processor_count


def clock_between(before, after):
    """MHz of a multiprocessor that both timestamps have seen."""
    last = {sm: (ns, cycles) for sm, ns, cycles in before.tolist()}
    for sm, ns, cycles in after.tolist():
        if sm in last and ns - last[sm][0] > 20_000:
            return (cycles - last[sm][1]) / (ns - last[sm][0]) * 1e3
    return None


def do_bench_with_clocks(work, rep, warmup=25):
    """triton.testing.do_bench, run by run: [(ms, MHz or None)]."""
    driver = triton.runtime.driver.active
    cache = driver.get_empty_cache_for_benchmark()
    events = [(torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True))]
    work()
    torch.cuda.synchronize()
    events[0][0].record()
    for _ in range(5):
        driver.clear_cache(cache)
        work()
    events[0][1].record()
    torch.cuda.synchronize()
    estimate = events[0][0].elapsed_time(events[0][1]) / 5
    warmups, repeats = (max(1, int(budget / estimate)) for budget in (warmup, rep))
    events = [tuple(torch.cuda.Event(enable_timing=True) for _ in range(2)) for _ in range(repeats)]
    stamps = torch.zeros(repeats, 2, PROGRAMS, 3, dtype=torch.int64, device="cuda")
    for _ in range(warmups):
        work()
    for at, (begin, end) in enumerate(events):
        driver.clear_cache(cache)
        stamp_kernel[(PROGRAMS,)](stamps[at, 0], num_warps=1)
        begin.record()
        work()
        end.record()
        stamp_kernel[(PROGRAMS,)](stamps[at, 1], num_warps=1)
    torch.cuda.synchronize()
    stamps = stamps.cpu()
    return [(begin.elapsed_time(end), clock_between(*stamps[at])) for at, (begin, end) in enumerate(events)]


def at_one_clock(times, clocks, mhz):
    """Median of the times as they would be at \a mhz."""
    return statistics.median(time * clock / mhz for time, clock in zip(times, clocks))


def tensors(problem):
    dtype = getattr(torch, problem["dtype"])

    def make(heads, length, dim):
        return torch.randn(problem["batch"], heads, length, dim, device="cuda", dtype=dtype)

    query = make(problem["queryHeads"], problem["queryLength"], problem["headDimQk"])
    key = make(problem["kvHeads"], problem["kvLength"], problem["headDimQk"])
    value = make(problem["kvHeads"], problem["kvLength"], problem["headDimV"])
    return query, key, value


def work_of(case):
    """A function that runs the case once with the backend that is chosen, or None where this script cannot make it."""
    problem = case["measured"]["subject"].get("attention")
    if not problem or case["measured"]["backend"] not in BACKENDS or problem["mask"] != "none" or problem["layout"] != "bhsd" or problem["dropout"]:
        return None
    query, key, value = tensors(problem)
    options = {"is_causal": problem["causal"], "enable_gqa": problem["queryHeads"] != problem["kvHeads"]}

    def attend():
        return scaled_dot_product_attention(query, key, value, **options)

    if case["measured"]["pass"] == "forward":
        return attend
    for tensor in (query, key, value):
        tensor.requires_grad_(True)
    output = attend()
    gradient = torch.randn_like(output)

    def backward():
        torch.autograd.grad(output, (query, key, value), gradient, retain_graph=True)

    def step():
        torch.autograd.grad(attend(), (query, key, value), gradient)

    return backward if case["measured"]["pass"] == "backward" else step


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report")
    parser.add_argument("--rep", type=float, default=100, help="do_bench's measuring time in ms (its own default: 100)")
    parser.add_argument("--least-us", type=float, default=100, help="shorter kernels are listed, but not summed up")
    parser.add_argument("--csv", help="write the table there")
    parser.add_argument("--plain", action="store_true", help="triton's do_bench as it is, without clocks")
    arguments = parser.parse_args()
    with open(arguments.report, encoding="utf-8") as file:
        cases = json.load(file)["cases"]

    pointer = torch.zeros(1, device="cuda")
    empty = triton.testing.do_bench(lambda: empty_kernel[(1,)](pointer), return_mode="median") * 1e3
    print(f"do_bench reads {empty:.2f} us for an empty launch", flush=True)
    rows = []
    start = time.perf_counter()
    for case in cases:
        if case["outcome"] != "passed" or case["measured"]["launch"] != "eager":
            continue
        # Chosen once and not in each run: do_bench holds no launches back, and would time the choosing with short kernels.
        with sdpa_kernel(BACKENDS.get(case["measured"]["backend"], SDPBackend.MATH)):
            work = work_of(case)
            if work is None:
                continue
            rows.append(row_of(case, work, empty, arguments))
            print(*rows[-1].values(), flush=True)
            del work
        torch.cuda.empty_cache()
    seconds = time.perf_counter() - start
    if arguments.csv and rows:
        with open(arguments.csv, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
    long = [row for row in rows if row["do_bench_us"] >= arguments.least_us]
    for name, text in (("difference_percent", "as they stand"), ("at_one_clock_percent", "at one clock")):
        differences = sorted(abs(row[name]) for row in long if row[name] is not None)
        if differences:
            print(f"{text}: of {len(differences)} cases of at least {arguments.least_us:g} us the median difference is "
                  f"{statistics.median(differences):.2f} %, nine in ten are within {differences[int(0.9 * len(differences))]:.2f} %, "
                  f"the largest is {differences[-1]:.2f} %")
    print(f"{len(rows)} cases in {seconds:.1f} s")


def row_of(case, work, empty, arguments):
    """Ours beside theirs, in microseconds."""
    if arguments.plain:
        runs = [(triton.testing.do_bench(work, rep=arguments.rep, return_mode="median"), None)]
    else:
        runs = do_bench_with_clocks(work, arguments.rep)
    times = [ms * 1e3 - empty for ms, _ in runs]
    theirs = statistics.median(times)
    ours = case["device"]["medianNs"] * 1e-3
    clocks = [mhz for _, mhz in runs]
    scaled = None
    our_clock = their_clock = None
    if case["smMhz"] and len(case["smMhz"]) == len(case["deviceNs"]) and all(clocks):
        our_clock, their_clock = statistics.median(case["smMhz"]), statistics.median(clocks)
        roofline = case["roofline"]
        # What is far from the memory's roof is not held up by it, whatever its intensity says.
        if roofline and (roofline["boundBy"] == "compute" or roofline["shareOfAttainable"] < 0.5):
            scaled = at_one_clock(case["deviceNs"], case["smMhz"], 1000) * 1e-3 / at_one_clock(times, clocks, 1000)
        else:
            scaled = ours / theirs
    problem = case["measured"]["subject"]["attention"]
    return {
        "backend": case["measured"]["backend"], "pass": case["measured"]["pass"],
        "sequence": problem["queryLength"], "head_dim": problem["headDimQk"], "causal": problem["causal"],
        "headroom_us": round(ours, 2), "do_bench_us": round(theirs, 2), "difference_percent": round(100 * (ours / theirs - 1), 2),
        "headroom_mhz": our_clock and round(our_clock), "do_bench_mhz": their_clock and round(their_clock),
        "at_one_clock_percent": scaled and round(100 * (scaled - 1), 2),
    }


main()
