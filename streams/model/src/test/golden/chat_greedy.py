"""Writes ../resources/golden/chat_greedy.json: conversations through a model's own chat template by transformers, their ids,
and 24 greedy tokens in float32 with margins (see greedy.py). Usage: chat_greedy.py DIRECTORY."""
import json
import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

CONVERSATIONS = [
    [("user", "What is the capital of Italy?")],
    [("system", "You answer in one word."), ("user", "Which animal barks?")],
    [("user", "Name a fruit."), ("assistant", "An apple."), ("user", "And another, a yellow one?")],
    [("user", "Écris « bonjour » en allemand.")],
]
directory = sys.argv[1]
tokenizer = AutoTokenizer.from_pretrained(directory)
model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()
cases = []
with torch.inference_mode():
    for conversation in CONVERSATIONS:
        messages = [dict(role=role, content=content) for role, content in conversation]
        ids = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False)
        step, cache, tokens, margins = list(ids), None, [], []
        for _ in range(24):
            output = model(torch.tensor([step]), past_key_values=cache, use_cache=True)
            cache, best = output.past_key_values, output.logits[0, -1].topk(2)
            tokens.append(int(best.indices[0]))
            margins.append(float(f"{float(best.values[0] - best.values[1]):.4g}"))
            step = tokens[-1:]
        cases.append(dict(messages=messages, ids=ids, tokens=tokens, margins=margins))
target = pathlib.Path(__file__).parent.parent / "resources" / "golden" / "chat_greedy.json"
target.write_text("[\n" + ",\n".join(json.dumps(c, ensure_ascii=False) for c in cases) + "\n]\n", encoding="utf-8")
