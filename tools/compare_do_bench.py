#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds a report's medians against Triton's do_bench (development only; needs torch and triton on a CUDA machine).

    compare_do_bench.py REPORT.json [--rep MS] [--least-us 100] [--csv FILE]

For each attention case of the report that passed and that one of LibTorch's backends ran, the same call is made with the
same shape in Python, forced to the same backend, and timed by triton.testing.do_bench (median). What do_bench reads for an
empty launch is taken off its readings; Headroom's have their events' cost taken off already. do_bench clears the L2 cache
before each run: compare reports measured with --l2 cold.

Prints a line a case and, at the end, the median and the largest difference among the cases of at least --least-us.
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


def tensors(problem):
    dtype = getattr(torch, problem["dtype"])

    def make(heads, length, dim):
        return torch.randn(problem["batch"], heads, length, dim, device="cuda", dtype=dtype)

    query = make(problem["queryHeads"], problem["queryLength"], problem["headDimQk"])
    key = make(problem["kvHeads"], problem["kvLength"], problem["headDimQk"])
    value = make(problem["kvHeads"], problem["kvLength"], problem["headDimV"])
    return query, key, value


def work_of(case):
    """A function that runs the case once, or None where this script cannot make it."""
    problem = case["measured"]["subject"].get("attention")
    backend = BACKENDS.get(case["measured"]["backend"])
    if not problem or not backend or problem["mask"] != "none" or problem["layout"] != "bhsd" or problem["dropout"]:
        return None
    query, key, value = tensors(problem)
    options = {"is_causal": problem["causal"], "enable_gqa": problem["queryHeads"] != problem["kvHeads"]}

    def attend():
        with sdpa_kernel(backend):
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
        work = work_of(case)
        if work is None:
            continue
        theirs = triton.testing.do_bench(work, rep=arguments.rep, return_mode="median") * 1e3 - empty
        ours = case["device"]["medianNs"] * 1e-3
        problem = case["measured"]["subject"]["attention"]
        rows.append({
            "backend": case["measured"]["backend"], "pass": case["measured"]["pass"],
            "sequence": problem["queryLength"], "head_dim": problem["headDimQk"], "causal": problem["causal"],
            "headroom_us": round(ours, 2), "do_bench_us": round(theirs, 2), "difference_percent": round(100 * (ours / theirs - 1), 2),
        })
        print(*rows[-1].values(), flush=True)
        del work
        torch.cuda.empty_cache()
    seconds = time.perf_counter() - start
    if arguments.csv and rows:
        with open(arguments.csv, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
    differences = [abs(row["difference_percent"]) for row in rows if row["do_bench_us"] >= arguments.least_us]
    if differences:
        print(f"{len(rows)} cases in {seconds:.1f} s; of {len(differences)} of at least {arguments.least_us:g} us the median "
              f"difference is {statistics.median(differences):.2f} %, the largest {max(differences):.2f} %")


main()
