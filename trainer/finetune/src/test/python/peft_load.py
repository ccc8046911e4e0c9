"""Loads an adapter that nescio trained with the real PEFT, by the recipe of the README, and compares log-probabilities.

    python peft_load.py BASE ADAPTER VALUES.json

VALUES.json holds texts in tokens with the log-probabilities that nescio computed of their last tokens; those of PEFT are
added to it. Exit code 1 when a key is missing or unexpected, or a value differs by more than 1e-4.
"""

import json
import sys
import warnings

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

TOLERANCE = 1e-4
base, adapter, file = sys.argv[1:]

# PEFT only warns of keys that an adapter lacks.
warnings.filterwarnings("error", message=".*(missing|unexpected).*")
model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
model.resize_token_embeddings(model.config.vocab_size + 1, mean_resizing=False)
model = PeftModel.from_pretrained(model, adapter)

again = model.load_adapter(adapter, "again")
# The base's own weights are no part of an adapter's file, so they are always called missing.
missing = [key for key in again.missing_keys if "lora_" in key or "trainable_tokens" in key]
if missing or again.unexpected_keys:
    sys.exit(f"missing keys {missing}, unexpected keys {again.unexpected_keys}")

with open(file) as text:
    values = json.load(text)
model.eval()
largest = 0.0
with torch.no_grad():
    for case in values["cases"]:
        ids = torch.tensor([case["ids"]])
        logits = model(ids).logits[0]
        count = len(case["ours"])
        wanted = torch.log_softmax(logits[-count - 1:-1], -1).gather(1, ids[0, -count:, None])[:, 0]
        case["peft"] = [round(x, 6) for x in wanted.tolist()]
        largest = max(largest, max(abs(a - b) for a, b in zip(case["ours"], case["peft"])))
with open(file, "w") as text:
    json.dump(values, text)
    text.write("\n")
print(f"{len(values['cases'])} texts, largest difference {largest:.2e}")
if not largest <= TOLERANCE:
    sys.exit(f"log-probabilities differ by {largest}")
