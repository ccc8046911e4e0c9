"""Writes ../resources/golden/sampling.json: what transformers' logits processors leave of random logits, in the order in
which generate() applies them. Each case has float32 logits, the tokens so far, the settings, and the probabilities of the
tokens that are left. Needs torch and transformers; writes the same file every time."""
import json
import pathlib

import torch
from transformers.generation.logits_process import (
    MinPLogitsWarper, RepetitionPenaltyLogitsProcessor, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper)

VOCABULARY = 160
SETTINGS = [
    dict(),
    dict(temperature=0.7), dict(temperature=2.5),
    dict(topK=1), dict(topK=7), dict(topK=159), dict(topK=160),
    dict(topP=0.05), dict(topP=0.5), dict(topP=0.9), dict(topP=0.999),
    dict(minP=0.02), dict(minP=0.3), dict(minP=1.0),
    dict(repetitionPenalty=1.3), dict(repetitionPenalty=0.6),
    dict(temperature=0.8, topK=40, topP=0.9), dict(temperature=1.4, topK=12, minP=0.1),
    dict(temperature=0.6, topP=0.8, minP=0.05, repetitionPenalty=1.1),
    dict(temperature=1.1, topK=50, topP=0.95, minP=0.02, repetitionPenalty=1.5),
]


def left(logits, seen, temperature=1.0, topK=0, topP=1.0, minP=0.0, repetitionPenalty=1.0):
    chain = []
    if repetitionPenalty != 1:
        chain.append(RepetitionPenaltyLogitsProcessor(repetitionPenalty))
    if temperature != 1:
        chain.append(TemperatureLogitsWarper(temperature))
    if topK:
        chain.append(TopKLogitsWarper(topK))
    if topP < 1:
        chain.append(TopPLogitsWarper(topP))
    if minP > 0:
        chain.append(MinPLogitsWarper(minP))
    scores = logits[None].clone()
    for step in chain:
        scores = step(seen[None], scores)
    return torch.softmax(scores[0].double(), -1)


generator = torch.Generator().manual_seed(20)
cases = []
for settings in SETTINGS:
    # multiples of 1/1024, so that the text is exact in float32
    logits = torch.round(torch.randn(VOCABULARY, generator=generator) * 3 * 1024) / 1024 + 1
    seen = torch.randint(0, VOCABULARY, (30,), generator=generator)
    probabilities = left(logits, seen, **settings)
    kept = [i for i, p in enumerate(probabilities.tolist()) if p > 0]
    cases.append(dict(
        settings=settings, logits=logits.tolist(), seen=seen.tolist(), kept=kept,
        probabilities=[float(f"{probabilities[i]:.9g}") for i in kept]))

target = pathlib.Path(__file__).parent.parent / "resources" / "golden" / "sampling.json"
target.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
