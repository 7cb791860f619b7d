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
import zipfile
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


class EinsumAttention(Attention):
    """The same in Einstein's notation."""

    def forward(self, x):
        q, k, v = self.in_proj(x).chunk(3, -1)
        q, k, v = split(q, self.heads), split(k, self.heads), split(v, self.heads)
        scores = torch.einsum("bhqd,bhkd->bhqk", q, k) / q.size(-1) ** 0.5
        hidden = torch.ones(x.size(1), x.size(1), dtype=torch.bool, device=x.device).triu(1)
        weights = torch.softmax(scores.masked_fill(hidden, float("-inf")), -1)
        return self.out_proj(torch.einsum("bhqk,bhkd->bhqd", weights, v).transpose(1, 2).reshape(x.shape))


class EinsumInPlaceAttention(Attention):
    """Heads stay behind the length: other letters, other orders, and an ellipsis."""

    def forward(self, x):
        q, k, v = self.in_proj(x).chunk(3, -1)
        shape = [x.size(0), x.size(1), self.heads, x.size(2) // self.heads]
        q, k, v = q.view(shape), k.view(shape), v.view(shape)
        scores = torch.einsum("blhe,bshe->bhls", q * q.size(-1) ** -0.5, k)
        hidden = torch.ones(x.size(1), x.size(1), dtype=torch.bool, device=x.device).triu(1)
        weights = torch.softmax(scores.masked_fill(hidden, float("-inf")), 3)
        return self.out_proj(torch.einsum("bhls,bshd->blhd", weights, v).reshape(x.shape))


class ExponentialAttention(Attention):
    """The softmax written out as well."""

    def forward(self, x):
        q, k, v = self.in_proj(x).chunk(3, -1)
        q, k, v = split(q, self.heads), split(k, self.heads), split(v, self.heads)
        scores = torch.matmul(q, k.transpose(-2, -1)) / q.size(-1) ** 0.5
        hidden = torch.ones(x.size(1), x.size(1), dtype=torch.bool, device=x.device).triu(1)
        scores = scores.masked_fill(hidden, float("-inf"))
        grown = torch.exp(scores - scores.amax(-1, keepdim=True))
        weights = grown / grown.sum(-1, keepdim=True)
        return self.out_proj(torch.matmul(weights, v).transpose(1, 2).reshape(x.shape))


class SoftGate(Attention):
    """No attention: products, exp, sums and softmaxes that are there for other reasons. What attends is SDPA."""

    def forward(self, x):
        q, k, v = self.in_proj(x).chunk(3, -1)
        q, k, v = split(q, self.heads), split(k, self.heads), split(v, self.heads)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        mixed = torch.einsum("bhqd,bhkd->bhqk", q, k)
        linear = torch.einsum("bhqk,bhkd->bhqd", mixed / (mixed.abs().sum(-1, keepdim=True) + 1.0), v)
        among_heads = torch.matmul(torch.softmax(torch.matmul(q, k.transpose(-2, -1)), 1), v)
        grown = torch.exp(-y.abs())
        gate = grown / grown.sum(-1, keepdim=True)
        y = y + 0.01 * gate * linear + 0.01 * among_heads
        return self.out_proj(y.transpose(1, 2).reshape(x.shape))


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


class GroupedAttention(CopiedHeadsAttention):
    """One key/value head that all query heads share, by enable_gqa."""

    def forward(self, x):
        k, v = self.kv_proj(x).chunk(2, -1)
        y = F.scaled_dot_product_attention(split(self.q_proj(x), self.heads), k.unsqueeze(1), v.unsqueeze(1),
                                           is_causal=True, enable_gqa=True)
        return self.out_proj(y.transpose(1, 2).reshape(x.shape))


class WideValueAttention(Attention):
    """Values twice as wide as queries and keys."""

    def forward(self, x):
        q, k, v = self.in_proj(x).chunk(3, -1)
        v = torch.cat([split(v, self.heads), split(k, self.heads)], -1)
        y = F.scaled_dot_product_attention(split(q, self.heads), split(k, self.heads), v, is_causal=True)
        y, z = y.chunk(2, -1)
        return self.out_proj((y + z).transpose(1, 2).reshape(x.shape))


class OddHeadsAttention(Attention):
    """A head_dim of 6, behind a mask that flash does not take: no backend is left that pads it."""

    def forward(self, x):
        q, k, v = self.in_proj(x).chunk(3, -1)
        q, k, v = split(q, self.heads)[..., :6], split(k, self.heads)[..., :6], split(v, self.heads)[..., :6]
        mask = torch.ones(x.size(1), x.size(1), dtype=torch.bool, device=x.device).tril(2)
        y = F.pad(F.scaled_dot_product_attention(q, k, v, attn_mask=mask), [0, 2])
        return self.out_proj(y.transpose(1, 2).reshape(x.shape))


class ScatteredAttention(Attention):
    """Heads whose last dimension is not the one that is contiguous."""

    def forward(self, x):
        q, k, v = self.in_proj(x).chunk(3, -1)
        q, k, v = split(q, self.heads), split(k, self.heads), split(v, self.heads)
        k = k.transpose(-2, -1).contiguous().transpose(-2, -1)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
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


class TwoTypesModel(TextModel):
    """The head in float32, the rest as it is."""

    def widened(self):
        self.head.float()
        return self

    def forward(self, input_ids):
        x = self.embedding(input_ids)
        for layer in self.layers:
            x = layer(x)
        return self.head(x.float())


class MaskedTextModel(nn.Module):
    """BERT's way: key padding as a whole number, token types and positions as inputs, attention by the mask."""

    def __init__(self):
        super().__init__()
        self.words, self.places, self.kinds = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(LENGTH, WIDTH), nn.Embedding(2, WIDTH)
        self.self_attn = Attention()
        self.head = nn.Linear(WIDTH, VOCABULARY)

    def forward(self, input_ids, attention_mask, token_type_ids, position_ids):
        x = self.words(input_ids) + self.kinds(token_type_ids) + self.places(position_ids)
        bias = (1.0 - attention_mask[:, None, None, :].to(x.dtype)) * -10000.0
        q, k, v = self.self_attn.in_proj(x).chunk(3, -1)
        y = F.scaled_dot_product_attention(split(q, self.self_attn.heads), split(k, self.self_attn.heads), split(v, self.self_attn.heads), attn_mask=bias)
        return self.head(x + self.self_attn.out_proj(y.transpose(1, 2).reshape(x.shape)))


class UnnamedMaskModel(MaskedTextModel):
    """The same with a boolean mask whose name says nothing: true where keys are hidden."""

    def forward(self, tokens, hidden):
        x = self.words(tokens)
        q, k, v = self.self_attn.in_proj(x).chunk(3, -1)
        scores = torch.matmul(split(q, self.self_attn.heads), split(k, self.self_attn.heads).transpose(-2, -1)) * (x.size(-1) // self.self_attn.heads) ** -0.5
        scores = scores.masked_fill(hidden[:, None, None, :], float("-inf"))
        y = torch.matmul(torch.softmax(scores, -1), split(v, self.self_attn.heads))
        return self.head(x + self.self_attn.out_proj(y.transpose(1, 2).reshape(x.shape)))


class RiddleModel(nn.Module):
    """Takes a second input that nothing tells what it must be."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)

    def forward(self, tokens, riddle):
        return self.words(tokens).cumsum(-1) + torch.fft.rfft(riddle).real.sum()


class GappedModel(nn.Module):
    """Multiplies by numbers what does not fill its memory: an expanded column, a part of each row, every second one."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)

    def forward(self, input_ids):
        x = self.words(input_ids)
        return x[..., :1].expand_as(x) * 0.5 + torch.cat([x[..., 3:11] * 2.0, x[..., ::2] * 3.0], -1)


class UndefinedModel(nn.Module):
    """Logarithms of negative numbers: every element is NaN."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)

    def forward(self, input_ids):
        return torch.log(-1.0 - self.words(input_ids).abs())


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


def padded():
    mask = torch.ones(BATCH, LENGTH, dtype=torch.int64)
    mask[1, LENGTH - 4:] = 0
    return {**ids(), "attention_mask": mask, "token_type_ids": torch.randint(0, 2, (BATCH, LENGTH)),
            "position_ids": torch.arange(LENGTH).expand(BATCH, LENGTH).contiguous()}


def hidden():
    return {"tokens": ids()["input_ids"], "hidden": torch.arange(LENGTH).expand(BATCH, LENGTH) > 8}


def riddle():
    return {"tokens": ids()["input_ids"], "riddle": torch.randn(7)}


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
            "einsum": EinsumAttention, "einsum_in_place": EinsumInPlaceAttention, "exponentials": ExponentialAttention, "soft_gate": SoftGate,
            "weights": WeightedAttention, "copied_heads": CopiedHeadsAttention, "grouped": GroupedAttention,
            "wide_values": WideValueAttention, "scattered": ScatteredAttention, "odd_heads": OddHeadsAttention, "dropout": DroppingAttention}
    models = {name: (lambda a=a: TextModel(a), ids) for name, a in text.items()}
    models["vision"] = (VisionModel, images)
    models["bert_like"], models["unnamed_mask"], models["riddle"] = (MaskedTextModel, padded), (UnnamedMaskModel, hidden), (RiddleModel, riddle)
    models["gapped"], models["undefined"], models["fast_path"] = (GappedModel, ids), (UndefinedModel, ids), (FastPathModel, features)
    for name, (make, inputs_of) in models.items():
        torch.manual_seed(7)
        model, inputs = make().eval(), inputs_of()
        keep(folder, name, model, inputs)
        if name == "fast_path":
            with torch.no_grad():
                torch.jit.script(model).save(str(folder / f"{name}.pt"))
            continue
        torch.jit.script(model).save(str(folder / f"{name}.pt"))
        if name not in ("causal", "masked", "expanded", "hand_written", "einsum", "einsum_in_place", "exponentials", "soft_gate", "vision", "bert_like", "unnamed_mask", "gapped", "undefined"):
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


def keep_types(folder):
    """Models whose weights are not float32: all of them, or all but the head's."""
    torch.manual_seed(7)
    model = TextModel(Attention).eval().to(torch.bfloat16)
    torch.jit.script(model).save(str(folder / "bfloat16.pt"))
    torch.jit.script(TwoTypesModel(Attention).eval().to(torch.bfloat16).widened()).save(str(folder / "two_types.pt"))


def rewritten(source, target, change):
    """A copy of the archive \a source with what \a change makes of each record: bytes, or None to leave it out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            content = change(entry.filename, old.read(entry))
            if content is not None:
                new.writestr(zipfile.ZipInfo(entry.filename), content)


def claiming(source, target, name, size):
    """A copy of \a source whose directory says that the record ending in \a name has \a size bytes."""
    data = bytearray(source.read_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        length = struct.unpack_from("<H", data, at + 28)[0]
        if bytes(data[at + 46:at + 46 + length]).endswith(name):
            struct.pack_into("<II", data, at + 20, size, size)
        at = data.find(b"PK\x01\x02", at + 46)
    target.write_bytes(data)


def keep_hostile(folder):
    """Archives that lie, each made of one that does not: all must be refused with a sentence."""
    hostile = folder / "hostile"
    hostile.mkdir(exist_ok=True)
    script, package = folder / "causal.pt", folder / "causal.pt2"
    def of(source, name, ending, content):
        rewritten(source, hostile / name, lambda record, old: content(old) if record.endswith(ending) else old)
    of(script, "no_code.pt", "code/__torch__.py", lambda old: None)
    of(script, "empty_code.pt", "code/__torch__.py", lambda old: b"")
    of(script, "code_that_is_none.pt", "code/__torch__.py", lambda old: b"\xff(" * 99)
    of(script, "unknown_operator.pt", ".py", lambda old: old.replace(b"torch.embedding(", b"torch.no_such_thing("))
    of(script, "unknown_type.pt", "code/__torch__.py", lambda old: old.replace(b"Tensor", b"Tensr"))
    of(script, "no_data.pt", "data.pkl", lambda old: None)
    of(script, "short_data.pt", "data.pkl", lambda old: old[:len(old) // 2])
    of(script, "data_that_calls.pt", "data.pkl", lambda old: b"\x80\x02cos\nsystem\nU\x04true\x85R.")
    of(script, "no_tensor.pt", "data/3", lambda old: None)
    of(script, "short_tensor.pt", "data/3", lambda old: old[:4])
    of(script, "no_constants.pt", "constants.pkl", lambda old: None)
    of(package, "no_graph.pt2", "models/model.json", lambda old: None)
    of(package, "graph_that_is_none.pt2", "models/model.json", lambda old: b"[]")
    of(package, "other_sizes.pt2", "models/model.json", lambda old: old.replace(b'"as_int": 32', b'"as_int": 32000000'))
    of(package, "short_weights.pt2", "weights/weight_0", lambda old: old[:4])
    of(package, "no_weights.pt2", "weights/weight_0", lambda old: None)
    of(package, "no_table.pt2", "model_weights_config.json", lambda old: None)
    of(package, "unknown_operator.pt2", "models/model.json", lambda old: old.replace(b"aten.embedding.default", b"aten.no_such_thing.default"))
    claiming(script, hostile / "claims_much.pt", b"data/3", 0x7fffffff)
    claiming(package, hostile / "claims_much.pt2", b"weights/weight_0", 0x7fffffff)


if __name__ == "__main__":
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    if len(arguments) != 1:
        sys.exit(__doc__)
    main(Path(arguments[0]), "--compiled" in sys.argv)
    keep_types(Path(arguments[0]))
    keep_hostile(Path(arguments[0]))
