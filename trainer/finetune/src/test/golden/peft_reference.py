"""Reference values of LoRA variants with PyTorch and PEFT: gradients, AdamW steps, logits.

    python peft_reference.py          # torch, transformers and peft are needed

Writes into the test resources of this module and of streams/model. Seeded; float32 on the CPU.
"""

import json
import shutil
from pathlib import Path

import peft
import torch
import transformers
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

HERE = Path(__file__).resolve().parent
TRAINER = HERE.parent / "resources" / "golden"
MODEL = HERE.parents[4] / "streams" / "model" / "src" / "test" / "resources" / "golden"
IDK = 512
VERSIONS = {"torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__}

# Prompt and target of three examples; the second target has <IDK> where the model has one.
EXAMPLES = [
    ([481, 434, 363, 328, 24], [380, 244, 49, 127, 278, 372, 2]),
    ([314, 446, 352, 186], [330, 307, 58, IDK, 2]),
    ([200, 307, 167, 117, 79, 197, 418, 207, 196, 295], [501, 202, 303, 226, 2]),
]
WEIGHTS = [1.0, 1 / 6, 0.5]
PROBES = [[1, 17, 300, 44, 5], [500, 2, 260, 260, 7]]


def base(idk):
    model = AutoModelForCausalLM.from_pretrained(MODEL / "tiny", dtype=torch.float32)
    if idk:
        model.resize_token_embeddings(IDK + 1, mean_resizing=False)
        with torch.no_grad():
            rows = model.get_input_embeddings().weight
            rows[IDK] = rows[[10, 20, 30]].mean(0)
    return model


def adapted(config, idk):
    torch.manual_seed(7)
    model = get_peft_model(base(idk), config)
    # Not the directory of the machine that this ran on.
    model.peft_config["default"].base_model_name_or_path = "tiny"
    for name, parameter in sorted(model.named_parameters()):
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.05)
    return model


def examples(idk):
    return [(p, t if idk else [i for i in t if i != IDK]) for p, t in EXAMPLES]


def batch(idk):
    rows = [p + t for p, t in examples(idk)]
    longest = max(map(len, rows))
    ids = torch.tensor([r + [0] * (longest - len(r)) for r in rows])
    mask = torch.tensor([[1] * len(r) + [0] * (longest - len(r)) for r in rows])
    labels = torch.tensor(
        [[-100] * len(p) + t + [-100] * (longest - len(p) - len(t)) for p, t in examples(idk)])
    return ids, mask, labels


def losses(logits, labels):
    """Mean cross-entropy of the target tokens of each example."""
    token = torch.nn.functional.cross_entropy(
        logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), reduction="none", ignore_index=-100)
    token = token.view(labels.shape[0], -1)
    return token.sum(1) / (labels[:, 1:] != -100).sum(1)


def trained(model):
    return {n: p for n, p in model.named_parameters() if p.requires_grad}


def probe(model):
    model.eval()
    with torch.no_grad():
        logits = model(torch.tensor(PROBES)).logits
    model.train()
    return [[round(x, 6) for x in row] for row in logits[:, -1].tolist()]


def train(name, config, idk, decay, clip):
    model = adapted(config, idk)
    model.train()
    model.save_pretrained(TRAINER / f"peft_{name}_before", save_embedding_layers=False)
    ids, mask, labels = batch(idk)
    rates = {"lora": 1e-2, "row": 3e-3}
    groups = [
        {"params": [p for n, p in trained(model).items() if "lora_" in n], "lr": rates["lora"]},
        {"params": [p for n, p in trained(model).items() if "lora_" not in n], "lr": rates["row"]},
    ]
    optimiser = torch.optim.AdamW([g for g in groups if g["params"]], betas=(0.9, 0.999), eps=1e-8, weight_decay=decay)
    steps = []
    weights = torch.tensor(WEIGHTS)
    for step in range(4):
        optimiser.zero_grad()
        each = losses(model(input_ids=ids, attention_mask=mask).logits, labels)
        loss = (weights * each).mean()
        loss.backward()
        record = {"step": step, "loss": loss.item(), "per_sample": each.tolist()}
        record["grad_norms"] = {n: p.grad.norm().item() for n, p in trained(model).items()}
        record["grad_sums"] = {n: p.grad.sum().item() for n, p in trained(model).items()}
        steps.append(record)
        if step < 3:
            if clip:
                torch.nn.utils.clip_grad_norm_(list(trained(model).values()), clip)
            optimiser.step()
    after = TRAINER / f"peft_{name}_after"
    model.save_pretrained(after, save_embedding_layers=False)
    (after / "README.md").unlink(missing_ok=True)
    (TRAINER / f"peft_{name}_before" / "README.md").unlink(missing_ok=True)
    record = {
        "versions": VERSIONS, "w": WEIGHTS, "rates": rates, "decay": decay, "clip": clip,
        "prompts": [p for p, _ in examples(idk)], "targets": [t for _, t in examples(idk)],
        "steps": steps,
    }
    (TRAINER / f"peft_{name}.json").write_text(json.dumps(record) + "\n")
    forward(name, model, after)


def forward(name, model, saved):
    """Hands an adapter and its logits to the tests of the model."""
    target = MODEL / f"peft_{name}"
    if saved != target:
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(saved, target)
    (target / "README.md").unlink(missing_ok=True)
    (MODEL / f"peft_{name}.json").write_text(
        json.dumps({"versions": VERSIONS, "ids": PROBES, "last_logits": probe(model)}) + "\n")


def dropped(config):
    """Loss and gradient of one example with dropout, after seeding the generator with 11."""
    model = adapted(config, False)
    model.train()
    model.save_pretrained(TRAINER / "peft_dropout_before")
    (TRAINER / "peft_dropout_before" / "README.md").unlink(missing_ok=True)
    prompt, target = EXAMPLES[0]
    # Only what is read: the last token is predicted and never an input.
    ids = torch.tensor([(prompt + target)[:-1]])
    torch.manual_seed(11)
    logits = model(ids).logits[0, len(prompt) - 1:]
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor(target))
    loss.backward()
    (TRAINER / "peft_dropout.json").write_text(json.dumps({
        "versions": VERSIONS, "seed": 11, "prompt": prompt, "target": target, "loss": loss.item(),
        "grad_norms": {n: p.grad.norm().item() for n, p in trained(model).items()}}) + "\n")


common = dict(task_type="CAUSAL_LM", bias="none", lora_dropout=0.0)
train("rslora", LoraConfig(r=4, lora_alpha=8, use_rslora=True, target_modules="all-linear", **common), False, 0.0, None)
train("layers", LoraConfig(r=2, lora_alpha=3, layers_to_transform=[1],
                           target_modules=["k_proj", "down_proj"], **common), False, 0.0, None)
train("idk", LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj",
                                                          "up_proj", "down_proj"],
                        trainable_token_indices={"embed_tokens": [IDK]}, **common), True, 0.01, 0.5)
patterns = adapted(LoraConfig(
    r=4, lora_alpha=8, use_rslora=True, target_modules=r".*\.(q|v|o)_proj", exclude_modules=["layers.0.self_attn.o_proj"],
    rank_pattern={"layers.1.self_attn.q_proj": 6, "v_proj": 2}, alpha_pattern={"v_proj": 10}, **common), False)
patterns.save_pretrained(MODEL / "peft_patterns")
forward("patterns", patterns, MODEL / "peft_patterns")
dropped(LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM", lora_dropout=0.25))
