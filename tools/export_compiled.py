#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports Headroom's BenchmarkTransformer as an AOTInductor package, with the same weights beside it.

Development only: Headroom itself needs no Python. Writes OUTPUT.pt2 (compiled for this machine's device and this version
of PyTorch) and OUTPUT.safetensors (the weights, float32), which belong together:

    python3 tools/export_compiled.py --d-model 64 --num-layers 2 --num-heads 4 --vocab-size 211 \\
        --batch-size 2 --seq-len 16 --max-seq-len 32 --output /tmp/small
    headroom-cli validate --d-model 64 ... --weights /tmp/small.safetensors --compiled /tmp/small.pt2
"""

import argparse
import json
import struct

import torch
from torch import nn
from torch.nn import functional as F


class SelfAttention(nn.Module):
    def __init__(self, d_model: int, heads: int):
        super().__init__()
        self.heads = heads
        self.in_proj = nn.Linear(d_model, 3 * d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    def forward(self, hidden: torch.Tensor, causal: bool) -> torch.Tensor:
        batch, length, width = hidden.shape
        packed = self.in_proj(hidden).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = (packed[:, :, part].transpose(1, 2) for part in range(3))
        attended = F.scaled_dot_product_attention(query, key, value, is_causal=causal)
        return self.out_proj(attended.transpose(1, 2).reshape(batch, length, width))


class EncoderLayer(nn.Module):
    def __init__(self, d_model: int, heads: int, feed_forward: int):
        super().__init__()
        self.self_attn = SelfAttention(d_model, heads)
        self.linear1 = nn.Linear(d_model, feed_forward)
        self.linear2 = nn.Linear(feed_forward, d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)

    def forward(self, hidden: torch.Tensor, causal: bool) -> torch.Tensor:
        hidden = self.norm1(hidden + self.self_attn(hidden, causal))
        return self.norm2(hidden + self.linear2(F.relu(self.linear1(hidden))))


class Encoder(nn.Module):
    def __init__(self, layers: int, d_model: int, heads: int, feed_forward: int):
        super().__init__()
        self.layers = nn.ModuleList(EncoderLayer(d_model, heads, feed_forward) for _ in range(layers))


class BenchmarkTransformer(nn.Module):
    """The twin of core/engine/model/benchmark_transformer.h, parameter for parameter."""

    def __init__(self, args: argparse.Namespace):
        super().__init__()
        self.causal = args.causal
        self.token_embedding = nn.Embedding(args.vocab_size, args.d_model)
        self.position_embedding = nn.Embedding(args.max_seq_len, args.d_model)
        self.encoder = Encoder(args.num_layers, args.d_model, args.num_heads, 4 * args.d_model)
        self.output_projection = nn.Linear(args.d_model, args.vocab_size)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        positions = torch.arange(tokens.shape[1], device=tokens.device)
        hidden = self.token_embedding(tokens) + self.position_embedding(positions).unsqueeze(0)
        for layer in self.encoder.layers:
            hidden = layer(hidden, self.causal)
        return self.output_projection(hidden)


def write_safetensors(path: str, tensors: dict) -> None:
    """The format of github.com/huggingface/safetensors: header length, JSON header, raw bytes."""
    header, chunks, offset = {}, [], 0
    for name, tensor in tensors.items():
        data = tensor.detach().to("cpu", torch.float32).contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
        chunks.append(data)
        offset += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(chunks))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vocab-size", type=int, default=50257)
    parser.add_argument("--d-model", type=int, default=768)
    parser.add_argument("--num-layers", type=int, default=12)
    parser.add_argument("--num-heads", type=int, default=12)
    parser.add_argument("--max-seq-len", type=int, default=1024)
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--seq-len", type=int, default=128)
    parser.add_argument("--causal", action="store_true")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--output", required=True, help="path without an ending")
    return parser.parse_args()


def main() -> None:
    args = parse_arguments()
    torch.manual_seed(args.seed)
    model = BenchmarkTransformer(args).to(args.device).eval()
    write_safetensors(args.output + ".safetensors", dict(model.named_parameters()))
    tokens = torch.randint(0, args.vocab_size, (args.batch_size, args.seq_len), device=args.device)
    with torch.no_grad():
        program = torch.export.export(model, (tokens,))
        torch._inductor.aoti_compile_and_package(program, package_path=args.output + ".pt2")
    print(f"wrote {args.output}.pt2 and {args.output}.safetensors")


if __name__ == "__main__":
    main()
