# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks the installed LibTorch which attention backends it takes, and writes the answers as CSV.

Development only: makes tests/data/eligibility/*.csv, against which Headroom's own rules are tested.
    python tests/data/eligibility/ask_libtorch.py cuda > tests/data/eligibility/h200.csv
    python tests/data/eligibility/ask_libtorch.py cpu > tests/data/eligibility/cpu.csv
"""
import random
import sys
import warnings

import torch
from torch.backends.cuda import SDPAParams

warnings.simplefilter("ignore")
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16, "float64": torch.float64}
DIMS = [(64, 64), (80, 80), (83, 83), (128, 128), (136, 136), (192, 128), (200, 200), (232, 232), (256, 256),
        (264, 264), (512, 512), (64, 80), (80, 64), (64, 60), (4, 4), (2, 2), (1, 1)]
LENGTHS = [(128, 128), (64, 128), (128, 64), (1, 128), (128, 1), (1, 1), (7, 7)]
HEADS = [(4, 4), (4, 2), (4, 1), (6, 4), (2, 4)]
MASKS = ["none", "boolean", "additive", "additive-gradient"]
COLUMNS = ["dtype", "qk", "v", "sq", "skv", "hq", "hkv", "mask", "causal", "dropout", "gradients"]


def points(seed, count):
    """A base point, each axis varied alone around it, then random points."""
    axes = [list(DTYPES), DIMS, LENGTHS, HEADS, MASKS, [0, 1], [0.0, 0.1], [0, 1]]
    for dtype in DTYPES:
        base = [dtype, DIMS[0], LENGTHS[0], HEADS[0], "none", 0, 0.0, 0]
        for axis, values in enumerate(axes):
            for value in values:
                yield tuple(base[:axis] + [value] + base[axis + 1:])
    draw = random.Random(seed)
    for _ in range(count):
        # The first value of each axis, which every backend takes, is drawn half of the time.
        yield tuple(axis[0] if draw.random() < 0.5 else draw.choice(axis) for axis in axes)


def tensors(point, device):
    dtype, (qk, v), (sq, skv), (hq, hkv), mask, causal, dropout, gradients = point
    make = lambda h, s, d: torch.zeros(2, h, s, d, dtype=DTYPES[dtype], device=device, requires_grad=bool(gradients))
    attn_mask = None
    if mask == "boolean":
        attn_mask = torch.ones(sq, skv, dtype=torch.bool, device=device)
    elif mask != "none":
        attn_mask = torch.zeros(sq, skv, dtype=DTYPES[dtype], device=device,
                                requires_grad=mask == "additive-gradient")
    return make(hq, sq, qk), make(hkv, skv, qk), make(hkv, skv, v), attn_mask, dropout, bool(causal), hq != hkv


def answers(point, device):
    q, k, v, mask, dropout, causal, gqa = tensors(point, device)
    chosen = torch._fused_sdp_choice(q, k, v, mask, dropout, causal, enable_gqa=gqa)
    if device == "cpu":
        return [int(chosen == 1), 0, 0, int(chosen)]
    params = SDPAParams(q, k, v, mask, dropout, causal, gqa)
    return [int(torch.backends.cuda.can_use_flash_attention(params)),
            int(torch.backends.cuda.can_use_efficient_attention(params)),
            int(torch.backends.cuda.can_use_cudnn_attention(params)), int(chosen)]


def main():
    device = sys.argv[1]
    name = torch.cuda.get_device_name() if device == "cuda" else "cpu"
    capability = "".join(map(str, torch.cuda.get_device_capability())) if device == "cuda" else 0
    cudnn = torch.backends.cudnn.version() if device == "cuda" else 0
    print(f"# LibTorch {torch.__version__}, {name}")
    print(f"# capability {capability} cudnn {cudnn}")
    print(",".join(COLUMNS + ["flash", "memory-efficient", "cudnn", "default"]))
    for point in dict.fromkeys(points(1, 1200 if device == "cuda" else 500)):
        flat = []
        for value in point:
            flat += list(value) if isinstance(value, tuple) else [value]
        print(",".join(map(str, flat + answers(point, device))))


main()
