"""Writes ../resources/golden/greedy.json: for the prompts of greedy_prompts.py, 24 greedy tokens of a model computed by
transformers in float32, each with its margin, the logit of the best token less that of the second best. Generation goes on
past end tokens. Usage: greedy.py DIRECTORY, a model in Hugging Face layout. Needs torch and transformers."""
import json
import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from greedy_prompts import prompts

TOKENS = 24
BATCH = 10

directory = sys.argv[1]
tokenizer = AutoTokenizer.from_pretrained(directory)
model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()
torch.set_num_threads(2)

cases = []
for kind, text in prompts():
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    cases.append(dict(kind=kind, prompt=text, promptTokens=len(ids), ids=ids))
order = sorted(range(len(cases)), key=lambda i: cases[i]["promptTokens"])
with torch.inference_mode():
    for begin in range(0, len(order), BATCH):
        rows = [cases[i] for i in order[begin:begin + BATCH]]
        width = max(row["promptTokens"] for row in rows)
        ids = torch.zeros(len(rows), width, dtype=torch.long)
        mask = torch.zeros(len(rows), width, dtype=torch.long)
        for r, row in enumerate(rows):
            ids[r, width - row["promptTokens"]:] = torch.tensor(row["ids"])
            mask[r, width - row["promptTokens"]:] = 1
        tokens, margins, cache = [], [], None
        for _ in range(TOKENS):
            positions = (mask.cumsum(-1) - 1).clamp(min=0)[:, -ids.shape[1]:]
            output = model(input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=cache, use_cache=True)
            cache = output.past_key_values
            best = output.logits[:, -1].float().topk(2)
            tokens.append(best.indices[:, 0])
            margins.append(best.values[:, 0] - best.values[:, 1])
            ids = best.indices[:, :1]
            mask = torch.cat([mask, torch.ones(len(rows), 1, dtype=torch.long)], 1)
        for r, row in enumerate(rows):
            row["tokens"] = [int(t[r]) for t in tokens]
            row["margins"] = [float(f"{float(m[r]):.4g}") for m in margins]
        print(begin + len(rows), "of", len(order), file=sys.stderr)
for row in cases:
    del row["ids"]
target = pathlib.Path(__file__).parent.parent / "resources" / "golden" / "greedy.json"
target.write_text(
    "[\n" + ",\n".join(json.dumps(c, ensure_ascii=False, separators=(",", ":")) for c in cases) + "\n]\n", encoding="utf-8")
