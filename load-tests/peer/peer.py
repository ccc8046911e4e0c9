"""The peer of the model benchmark: transformers and PEFT behind JSON lines.

    python peer.py --model DIR --threads N

Reads one request a line from standard input and answers each with one line on standard output, with the seconds that the
work itself took. Between requests it waits for input and uses no core. Requests:

    {"op": "hello"}
    {"op": "generate", "ids": [[...]], "samples": N, "newTokens": N, "temperature": T, "seed": N}
    {"op": "train", "examples": [{"prompt": [...], "target": [...]}], "rank": N, "alpha": A, "rate": R, "steps": N, "seed": N}
"""

import argparse
import json
import os
import sys
import time


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--threads", type=int, required=True)
    return parser.parse_args()


options = arguments()
# Before torch is loaded, so that every library of it has the same number of threads.
os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(options.threads)
os.environ["HF_HUB_OFFLINE"] = "1"

import peft  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402

torch.set_num_threads(options.threads)
transformers.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()


class Peer:
    def __init__(self, directory):
        self.model = transformers.AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32)
        self.model.eval()
        # Both sides write exactly as many tokens as they are asked for, past the end token.
        self.end = self.model.generation_config.eos_token_id
        self.model.generation_config.eos_token_id = None
        self.model.generation_config.pad_token_id = 0
        self.tuned = None

    def hello(self, request):
        return {
            "versions": {"torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__,
                         "python": sys.version.split()[0]},
            "threads": torch.get_num_threads(),
            "attention": self.model.config._attn_implementation,
            "parameters": sum(p.numel() for p in self.model.parameters()),
        }

    def generate(self, request):
        prompts = request["ids"]
        longest = max(map(len, prompts))
        ids = torch.tensor([[0] * (longest - len(p)) + p for p in prompts])
        mask = torch.tensor([[0] * (longest - len(p)) + [1] * len(p) for p in prompts])
        how = dict(max_new_tokens=request["newTokens"], num_return_sequences=request["samples"])
        if request["temperature"] > 0:
            # As the other side draws: temperature alone, nothing cut off.
            how.update(do_sample=True, temperature=request["temperature"], top_k=0, top_p=1.0)
        else:
            how.update(do_sample=False)
        torch.manual_seed(request["seed"])
        start = time.perf_counter()
        with torch.inference_mode():
            out = self.model.generate(input_ids=ids, attention_mask=mask, **how)
        seconds = time.perf_counter() - start
        new = out[:, longest:].tolist()
        return {"seconds": seconds, "ids": new}

    def train(self, request):
        if self.tuned is None:
            torch.manual_seed(request["seed"])
            config = peft.LoraConfig(
                r=request["rank"], lora_alpha=request["alpha"], lora_dropout=0.0, bias="none", task_type="CAUSAL_LM",
                target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"])
            self.tuned = peft.get_peft_model(self.model, config)
            self.trained = [p for p in self.tuned.parameters() if p.requires_grad]
            self.optimiser = torch.optim.AdamW(self.trained, lr=request["rate"], weight_decay=0.01)
        self.tuned.train()
        rows = [e["prompt"] + e["target"] for e in request["examples"]]
        # The last token is predicted and need not be read.
        longest = max(map(len, rows)) - 1
        seconds, losses = 0.0, []
        for _ in range(request["steps"]):
            start = time.perf_counter()
            ids = torch.tensor([r[:-1] + [0] * (longest - len(r) + 1) for r in rows])
            mask = torch.tensor([[1] * (len(r) - 1) + [0] * (longest - len(r) + 1) for r in rows])
            labels = torch.full_like(ids, -100)
            for i, example in enumerate(request["examples"]):
                first = len(example["prompt"]) - 1
                labels[i, first:first + len(example["target"])] = torch.tensor(example["target"])
            logits = self.tuned(input_ids=ids, attention_mask=mask, use_cache=False).logits
            each = torch.nn.functional.cross_entropy(
                logits.flatten(0, 1), labels.flatten(), reduction="none", ignore_index=-100).view(labels.shape)
            loss = (each.sum(1) / (labels != -100).sum(1)).mean()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.trained, 1.0)
            self.optimiser.step()
            self.optimiser.zero_grad()
            seconds += time.perf_counter() - start
            losses.append(loss.item())
        return {"seconds": seconds, "losses": losses, "trained": sum(p.numel() for p in self.trained)}


def main():
    # Libraries print too; only answers may reach the other side.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    peer = Peer(options.model)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = getattr(peer, {"hello": "hello", "generate": "generate", "train": "train"}[request["op"]])(request)
        except Exception as failure:  # the other side decides what a failure means
            answer = {"error": f"{type(failure).__name__}: {failure}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


main()
