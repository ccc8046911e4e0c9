"""Makes src/test/resources/golden/gguf: blocks of every supported type with what the numpy code of PyPI's gguf makes of
them, and two small models of golden/families as llama.cpp would store them, with tokenizers and their encodings.

Run after families.py, with gguf, torch, transformers, tokenizers and sentencepiece: python gguf_files.py
"""

import base64
import inspect
import io
import json
import math
import pathlib
import shutil

import numpy as np
import sentencepiece
from gguf import GGMLQuantizationType, GGUFWriter, TokenType
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize
from safetensors.numpy import load_file
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers
from transformers import Qwen2Tokenizer
from transformers.convert_slow_tokenizer import TikTokenConverter

RESOURCES = pathlib.Path(__file__).parent.parent / "resources" / "golden"
PLACE = RESOURCES / "gguf"
BLOCKS = 4
TYPES = ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"]
# Where the float16 scales of a block stand.
SCALES = {"Q8_0": [0], "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q4_K": [0, 2], "Q5_K": [0, 2],
          "Q6_K": [208]}
SPECIAL = ["<|pad|>", "<|begin|>", "<|end|>"]
SPELLED = {"self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
           "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
           "mlp.down_proj": "ffn_down", "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm"}
TEXTS = ["", "The capital of Peru is Lima.", "It's 1234567 o'clock; WE'LL see", "a  b   c\n\n d\t e \r\n", "x=3.14159!!!",
         "naïve café, cafe\u0301", "日本語と中文 and русский", "🙂👍🏽 emoji", "<|end|> is spelled out", "   ",
         "tabs\t\tand\u00a0spaces", "don't DON'T I'm", "</s><s> <unk> <0x41>"]


def blocks():
    random = np.random.default_rng(7)
    result = {}
    for name in TYPES:
        kind = GGMLQuantizationType[name]
        elements, size = GGML_QUANT_SIZES[kind]
        count = BLOCKS if elements > 1 else 64
        raw = random.integers(0, 256, (count, size), dtype=np.uint8)
        if elements == 1:  # finite values only
            values = random.standard_normal(count).astype(np.float32)
            raw = {"F32": values, "F16": values.astype(np.float16),
                   "BF16": (values.view(np.uint32) >> 16).astype(np.uint16)}[name].view(np.uint8).reshape(count, size)
        for at in SCALES.get(name, []):
            scale = (random.standard_normal(count) * 2.0 ** random.integers(-16, 3, count)).astype(np.float16)
            raw[:, at:at + 2] = scale.view(np.uint8).reshape(count, 2)
        values = dequantize(raw.reshape(-1), kind).astype(np.float32)
        assert values.size == count * elements and np.isfinite(values).all(), name
        result[name] = dict(
            id=int(kind), elements=elements, bytes=size,
            blocks=base64.b64encode(raw.tobytes()).decode(), values=base64.b64encode(values.tobytes()).decode())
    (PLACE / "blocks.json").write_text(json.dumps(result))


def permuted(weights, heads):
    """Rows of q and k as llama.cpp wants them for its rotary embedding."""
    shape = weights.shape
    return weights.reshape(heads, 2, shape[0] // heads // 2, *shape[1:]).swapaxes(1, 2).reshape(shape)


def rope_factors(config):
    rope = config["rope_parameters"]
    dim = config["head_dim"]
    factors = []
    for i in range(0, dim, 2):
        wavelength = 2 * math.pi * rope["rope_theta"] ** (i / dim)
        original = rope["original_max_position_embeddings"]
        if wavelength < original / rope["high_freq_factor"]:
            factors.append(1.0)
        elif wavelength > original / rope["low_freq_factor"]:
            factors.append(rope["factor"])
        else:
            smooth = (original / wavelength - rope["low_freq_factor"]) / (
                rope["high_freq_factor"] - rope["low_freq_factor"])
            factors.append(1 / ((1 - smooth) / rope["factor"] + smooth))
    return np.array(factors, dtype=np.float32)


def vocabulary(pattern):
    """A byte-level vocabulary of 509 tokens after the special ones."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(pattern), "isolated"), pre_tokenizers.ByteLevel(False, use_regex=False)])
    tokenizer.train_from_iterator(
        [pathlib.Path(__file__).read_text(), *TEXTS, "123 1234 456 " * 50],  # runs of digits are tokens of their own
        trainers.BpeTrainer(vocab_size=509, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
                            show_progress=False))
    saved = json.loads(tokenizer.to_str())["model"]
    trained = sorted(saved["vocab"], key=saved["vocab"].get)
    assert len(trained) == 509
    return SPECIAL + trained, [tuple(m) for m in saved["merges"]]


def sentencepieces():
    """A vocabulary of 512 as Llama 2 and Mistral have it: bytes, no normalisation, a blank before every text."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(pathlib.Path(__file__).read_text().splitlines() + TEXTS), model_writer=model,
        model_type="bpe", vocab_size=512, byte_fallback=True, split_digits=True, character_coverage=0.99,
        normalization_rule_name="identity", remove_extra_whitespaces=False, allow_whitespace_only_pieces=True,
        minloglevel=2)
    return sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


def add_sentencepieces(writer, pieces):
    def kind(i):
        if pieces.is_unknown(i):
            return TokenType.UNKNOWN
        if pieces.is_control(i):
            return TokenType.CONTROL
        return TokenType.BYTE if pieces.is_byte(i) else TokenType.NORMAL

    every = range(pieces.vocab_size())
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([pieces.id_to_piece(i) for i in every])
    writer.add_token_scores([pieces.get_score(i) for i in every])
    writer.add_token_types([kind(i) for i in every])
    writer.add_unk_token_id(0)
    writer.add_add_space_prefix(True)


def add_merging(writer, pre, tokens, merges):
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types([TokenType.CONTROL] * len(SPECIAL) + [TokenType.NORMAL] * (len(tokens) - len(SPECIAL)))
    writer.add_token_merges([" ".join(merge) for merge in merges])


def write(name, architecture, add_tokenizer):
    config = json.loads((RESOURCES / "families" / name / "config.json").read_text())
    weights = load_file(RESOURCES / "families" / name / "model.safetensors")
    writer = GGUFWriter(PLACE / f"{name}.gguf", architecture)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    rope = config["rope_parameters"]
    writer.add_rope_freq_base(rope["rope_theta"])
    if rope["rope_type"] == "llama3":
        writer.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])
        writer.add_tensor("rope_freqs.weight", rope_factors(config))
    if config["model_type"] == "mistral":
        writer.add_sliding_window(config["sliding_window"])
        writer.add_key_length(config["head_dim"])
        writer.add_value_length(config["head_dim"])
        writer.add_rope_dimension_count(config["head_dim"])
    add_tokenizer(writer)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(architecture == "llama")
    for key, tensor in weights.items():
        stored = {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight",
                  "lm_head.weight": "output.weight"}.get(key)
        if stored is None:
            _, _, layer, inner = key.split(".", 3)
            inner, kind = inner.rsplit(".", 1)
            stored = f"blk.{layer}.{SPELLED[inner]}.{kind}"
        if architecture == "llama" and ("q_proj" in key or "k_proj" in key):
            tensor = permuted(tensor, config["num_attention_heads" if "q_proj" in key else "num_key_value_heads"])
        if tensor.ndim == 1:
            tensor = tensor.astype(np.float32)
        writer.add_tensor(stored, np.ascontiguousarray(tensor))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def encodings(name, encode):
    (PLACE / f"{name}-tokens.json").write_text(json.dumps([dict(text=t, ids=encode(t)) for t in TEXTS]))


def main():
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir()
    blocks()
    llama3 = inspect.signature(TikTokenConverter.__init__).parameters["pattern"].default
    tokens, merges = vocabulary(llama3)
    ids = {token: i for i, token in enumerate(tokens)}
    write("llama3", "llama", lambda writer: add_merging(writer, "llama-bpe", tokens, merges))
    tokenizer = Tokenizer(models.BPE(ids, merges, ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(llama3), "isolated"), pre_tokenizers.ByteLevel(False, use_regex=False)])
    encodings("llama3", lambda text: tokenizer.encode(text).ids)

    write("qwen2", "qwen2", lambda writer: add_merging(writer, "qwen2", tokens, merges))
    # "<|end|>" would be parsed; as plain text it must be spelled out, so that the class gets other special tokens.
    plain = dict(ids)
    qwen2 = Qwen2Tokenizer(vocab=plain, merges=merges, unk_token="<|pad|>", eos_token="<|pad|>", pad_token="<|pad|>")
    encodings("qwen2", lambda text: qwen2.encode(text, add_special_tokens=False))

    pieces = sentencepieces()
    write("mistral", "llama", lambda writer: add_sentencepieces(writer, pieces))
    encodings("mistral", lambda text: pieces.encode(text))


if __name__ == "__main__":
    main()
