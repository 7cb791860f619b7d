#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the small models of tests/data/packages: TorchScript files and packages of torch.export.

usage: make_sample_packages.py FOLDER [--compiled]

Needs torch 2.11 alone (the Python of .venv). With --compiled it makes an AOTInductor package as well, which wants a C++
compiler and is good for this machine alone; it is not kept in the repository. Weights come from a fixed seed; each
model gets NAME.inputs.safetensors and NAME.expected.safetensors beside it.
"""
import json
import struct
import sys
import warnings
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

WIDTH, HEADS, LAYERS, VOCABULARY, BATCH, LENGTH = 16, 2, 2, 32, 2, 12

warnings.filterwarnings("ignore")


def write_safetensors(path, tensors):
    names = {torch.float32: "F32", torch.int64: "I64", torch.bool: "BOOL"}
    header, data = {}, b""
    for name, tensor in tensors.items():
        raw = tensor.detach().contiguous().numpy().tobytes()
        header[name] = {"dtype": names[tensor.dtype], "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def split(x, heads: int):
    return x.view(x.size(0), x.size(1), heads, x.size(2) // heads).transpose(1, 2)


class Attention(nn.Module):
    """Self-attention through SDPA with one packed projection."""

    def __init__(self):
        super().__init__()
        self.heads = HEADS
        self.in_proj = nn.Linear(WIDTH, 3 * WIDTH)
        self.out_proj = nn.Linear(WIDTH, WIDTH)

    def forward(self, x):
        q, k, v = self.in_proj(x).chunk(3, -1)
        y = F.scaled_dot_product_attention(split(q, self.heads), split(k, self.heads), split(v, self.heads), is_causal=True)
        return self.out_proj(y.transpose(1, 2).reshape(x.shape))


class MaskedAttention(Attention):
    """The same, with the triangle handed over as a boolean mask."""

    def forward(self, x):
        q, k, v = self.in_proj(x).chunk(3, -1)
        mask = torch.ones(x.size(1), x.size(1), dtype=torch.bool, device=x.device).tril()
        y = F.scaled_dot_product_attention(split(q, self.heads), split(k, self.heads), split(v, self.heads), attn_mask=mask)
        return self.out_proj(y.transpose(1, 2).reshape(x.shape))


class ExpandedMaskAttention(Attention):
    """The triangle as a mask that was expanded to batch and heads: memory that is seen many times."""

    def forward(self, x):
        q, k, v = self.in_proj(x).chunk(3, -1)
        mask = torch.ones(x.size(1), x.size(1), dtype=torch.bool, device=x.device).tril()
        mask = mask.expand(x.size(0), self.heads, x.size(1), x.size(1))
        y = F.scaled_dot_product_attention(split(q, self.heads), split(k, self.heads), split(v, self.heads), attn_mask=mask)
        return self.out_proj(y.transpose(1, 2).reshape(x.shape))


class DroppingAttention(Attention):
    """The same, with a dropout that evaluation does not switch off."""

    def forward(self, x):
        q, k, v = self.in_proj(x).chunk(3, -1)
        y = F.scaled_dot_product_attention(split(q, self.heads), split(k, self.heads), split(v, self.heads), dropout_p=0.1, is_causal=True)
        return self.out_proj(y.transpose(1, 2).reshape(x.shape))


class HandWrittenAttention(Attention):
    """Matrix product, softmax, matrix product, with the triangle filled in."""

    def forward(self, x):
        q, k, v = self.in_proj(x).chunk(3, -1)
        q, k, v = split(q, self.heads), split(k, self.heads), split(v, self.heads)
        scores = torch.matmul(q, k.transpose(-2, -1)) / q.size(-1) ** 0.5
        hidden = torch.ones(x.size(1), x.size(1), dtype=torch.bool, device=x.device).triu(1)
        weights = torch.softmax(scores.masked_fill(hidden, float("-inf")), -1)
        return self.out_proj(torch.matmul(weights, v).transpose(1, 2).reshape(x.shape))


class CopiedHeadsAttention(nn.Module):
    """One key/value head, repeated to all heads before the call."""

    def __init__(self):
        super().__init__()
        self.heads = HEADS
        self.q_proj = nn.Linear(WIDTH, WIDTH)
        self.kv_proj = nn.Linear(WIDTH, 2 * WIDTH // HEADS)
        self.out_proj = nn.Linear(WIDTH, WIDTH)

    def forward(self, x):
        k, v = self.kv_proj(x).chunk(2, -1)
        k = k.unsqueeze(1).repeat(1, self.heads, 1, 1)
        v = v.unsqueeze(1).repeat(1, self.heads, 1, 1)
        y = F.scaled_dot_product_attention(split(self.q_proj(x), self.heads), k, v, is_causal=True)
        return self.out_proj(y.transpose(1, 2).reshape(x.shape))


class WeightedAttention(nn.Module):
    """nn.MultiheadAttention asked for its weights, which no fused kernel gives."""

    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)

    def forward(self, x):
        return self.attention(x, x, x, need_weights=True)[0]


class Block(nn.Module):
    def __init__(self, attention):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.self_attn = attention()
        self.linear1, self.linear2 = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        x = x + self.self_attn(self.norm1(x))
        return x + self.linear2(F.gelu(self.linear1(self.norm2(x))))


class TextModel(nn.Module):
    def __init__(self, attention):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH)
        self.layers = nn.ModuleList([Block(attention) for _ in range(LAYERS)])
        self.head = nn.Linear(WIDTH, VOCABULARY)

    def forward(self, input_ids):
        x = self.embedding(input_ids)
        for layer in self.layers:
            x = layer(x)
        return self.head(x)


class VisionModel(nn.Module):
    """Patches of 4 x 4 from images of 3 x 16 x 16."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, WIDTH, 4, 4)
        self.layers = nn.ModuleList([Block(Attention) for _ in range(LAYERS)])

    def forward(self, pixel_values):
        x = self.patches(pixel_values).flatten(2).transpose(1, 2)
        for layer in self.layers:
            x = layer(x)
        return x


class FastPathModel(nn.Module):
    """torch.nn's encoder, whose inference takes the fused layer."""

    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 4 * WIDTH, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, LAYERS)

    def forward(self, features):
        return self.encoder(features)


def ids():
    return {"input_ids": torch.randint(0, VOCABULARY, (BATCH, LENGTH))}


def features():
    return {"features": torch.randn(BATCH, LENGTH, WIDTH)}


def images():
    return {"pixel_values": torch.randn(BATCH, 3, 16, 16)}


def keep(folder, name, model, inputs):
    write_safetensors(folder / f"{name}.inputs.safetensors", inputs)
    with torch.no_grad():
        write_safetensors(folder / f"{name}.expected.safetensors", {"output": model(*inputs.values())})


def main(folder, compiled):
    folder.mkdir(parents=True, exist_ok=True)
    text = {"causal": Attention, "masked": MaskedAttention, "expanded": ExpandedMaskAttention, "hand_written": HandWrittenAttention,
            "weights": WeightedAttention, "copied_heads": CopiedHeadsAttention, "dropout": DroppingAttention}
    models = {name: (lambda a=a: TextModel(a), ids) for name, a in text.items()}
    models["vision"] = (VisionModel, images)
    models["fast_path"] = (FastPathModel, features)
    for name, (make, inputs_of) in models.items():
        torch.manual_seed(7)
        model, inputs = make().eval(), inputs_of()
        keep(folder, name, model, inputs)
        if name == "fast_path":
            with torch.no_grad():
                torch.jit.script(model).save(str(folder / f"{name}.pt"))
            continue
        torch.jit.script(model).save(str(folder / f"{name}.pt"))
        if name not in ("causal", "masked", "expanded", "hand_written", "vision"):
            continue
        package = torch.export.export(model, tuple(inputs.values()), strict=False)
        torch.export.save(package, str(folder / f"{name}.pt2"))
        if name == "causal":
            torch.jit.trace(model, tuple(inputs.values())).save(str(folder / "traced.pt"))
            torch.export.save(package.run_decompositions(), str(folder / "decomposed.pt2"))
            keep(folder, "traced", model, inputs)
            keep(folder, "decomposed", model, inputs)
            torch.save(model.state_dict(), folder / "state_dict.pt")
            if compiled:
                torch._inductor.aoti_compile_and_package(package, package_path=str(folder / "compiled.pt2"))
                keep(folder, "compiled", model, inputs)


if __name__ == "__main__":
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    if len(arguments) != 1:
        sys.exit(__doc__)
    main(Path(arguments[0]), "--compiled" in sys.argv)
