"""Makes src/test/resources/golden/families: one tiny seeded model of each family, with what transformers and PEFT
compute of it in float32.

Run with torch, transformers and peft: python families.py
"""

import json
import pathlib
import shutil

import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM, Qwen2Config, Qwen2ForCausalLM

PLACE = pathlib.Path(__file__).parent.parent / "resources" / "golden" / "families"
LENGTHS = (5, 17, 40)
GREEDY = 16

COMMON = dict(
    vocab_size=512,
    hidden_size=64,
    intermediate_size=96,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=256,
    rms_norm_eps=1e-5,
    initializer_range=0.2,
    bos_token_id=1,
    eos_token_id=2,
)

LLAMA3 = dict(
    rope_type="llama3",
    rope_theta=10000.0,
    factor=8.0,
    low_freq_factor=1.0,
    high_freq_factor=4.0,
    original_max_position_embeddings=128,
)

MODELS = {
    # wavelengths 6 to 3 162: those below 32 stay, those above 128 are stretched, 62.8 is blended
    "llama3": (LlamaForCausalLM, LlamaConfig(**COMMON, tie_word_embeddings=True, rope_parameters=LLAMA3)),
    "untied": (LlamaForCausalLM, LlamaConfig(**COMMON, tie_word_embeddings=False, attention_bias=True, mlp_bias=True)),
    "qwen2": (Qwen2ForCausalLM, Qwen2Config(**COMMON, tie_word_embeddings=True,
                                            rope_parameters=dict(rope_type="default", rope_theta=1e6))),
    "mistral": (MistralForCausalLM, MistralConfig(**COMMON, tie_word_embeddings=False, head_dim=24, sliding_window=64)),
    # windows that end within most of the texts, in all layers or in the second
    "mistral-window": (MistralForCausalLM,
                       MistralConfig(**COMMON, tie_word_embeddings=True, head_dim=24, sliding_window=8)),
    "qwen2-window": (Qwen2ForCausalLM, Qwen2Config(
        **COMMON, tie_word_embeddings=True, use_sliding_window=True, sliding_window=11, max_window_layers=1,
        rope_parameters=dict(rope_type="default", rope_theta=1e6))),
}


def randomise(model):
    """Norms and biases start as constants; every weight is made exact in float16."""
    for name, parameter in model.named_parameters():
        if name.endswith("norm.weight"):
            parameter.data += 0.1 * torch.randn_like(parameter)
        if name.endswith(".bias"):
            parameter.data = 0.3 * torch.randn_like(parameter)
        parameter.data = parameter.data.to(torch.float16).to(torch.float32)


def numbers(tensor):
    return [float(f"{v:.6g}") for v in tensor.tolist()]


def forward(model):
    inputs = []
    for length in LENGTHS:
        ids = torch.randint(3, model.config.vocab_size, (1, length))
        with torch.no_grad():
            logits = model(ids).logits[0]
            greedy = ids
            for _ in range(GREEDY):  # the whole sequence anew for each token, without a cache
                greedy = torch.cat([greedy, model(greedy).logits[:, -1].argmax(-1, keepdim=True)], 1)
        inputs.append(dict(
            input_ids=ids[0].tolist(), first_logits=numbers(logits[0]), last_logits=numbers(logits[-1]),
            greedy_ids=greedy[0, length:].tolist()))
    return inputs


def adapter(name, kind, config):
    """LoRA over an untied model with a row for one more token, in the embedding and in the output matrix."""
    model = kind.from_pretrained(PLACE / name, dtype=torch.float32)
    model.resize_token_embeddings(config.vocab_size + 1, mean_resizing=False)
    with torch.no_grad():
        for matrix in (model.get_input_embeddings().weight, model.get_output_embeddings().weight):
            matrix[-1] = matrix[[10, 20, 30]].mean(0)
    new = config.vocab_size
    peft = get_peft_model(model, LoraConfig(
        r=4, lora_alpha=8, target_modules=["q_proj", "down_proj"], task_type="CAUSAL_LM",
        trainable_token_indices={"embed_tokens": [new], "lm_head": [new]}))
    with torch.no_grad():
        for key, parameter in peft.named_parameters():
            if "lora_B" in key or "trainable_tokens_delta" in key:
                parameter += 0.2 * torch.randn_like(parameter)
    peft.save_pretrained(PLACE / f"{name}-adapter", save_embedding_layers=False)
    ids = torch.tensor([[1, 17, new, 300, 45]])
    with torch.no_grad():
        logits = peft(ids).logits[0]
    settings = PLACE / f"{name}-adapter" / "adapter_config.json"
    settings.write_text(settings.read_text().replace(str(PLACE / name), name))
    (PLACE / f"{name}-adapter" / "README.md").unlink(missing_ok=True)
    (PLACE / f"{name}-adapter" / "forward.json").write_text(json.dumps(
        dict(input_ids=ids[0].tolist(), last_logits=numbers(logits[-1]), logits_at_idk=numbers(logits[2]))))


def main():
    shutil.rmtree(PLACE, ignore_errors=True)
    for seed, (name, (kind, config)) in enumerate(MODELS.items()):
        torch.manual_seed(seed)
        model = kind(config).float().eval()
        randomise(model)
        inputs = forward(model)
        model.to(torch.float16).save_pretrained(PLACE / name)
        (PLACE / name / "forward.json").write_text(json.dumps(dict(inputs=inputs)))
        (PLACE / name / "generation_config.json").unlink(missing_ok=True)
    torch.manual_seed(99)
    adapter("untied", *MODELS["untied"])


if __name__ == "__main__":
    main()
