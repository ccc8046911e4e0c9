"""llama.cpp as the peer of the model benchmark, with weights of eight bits: the protocol of peer.py, without training.

    python llama_cpp_peer.py --model FILE.gguf --threads N

Needs llama-cpp-python and numpy. Every call has a context of its own, made before the clock starts: a sequence for each
sample, with a cache of its own, as llama.cpp is fastest. Greedy tokens are the largest logit; others are drawn by
llama.cpp's samplers. Tokens are written past the end token, as the other side does.
"""

import argparse
import ctypes
import json
import sys
import time

import llama_cpp
import numpy

PIECE = 512


class Peer:
    def __init__(self, options):
        self.threads = options.threads
        llama_cpp.llama_backend_init()
        self.quiet = llama_cpp.llama_log_callback(lambda level, text, data: None)
        llama_cpp.llama_log_set(self.quiet, ctypes.c_void_p(0))
        parameters = llama_cpp.llama_model_default_params()
        self.model = llama_cpp.llama_model_load_from_file(options.model.encode(), parameters)
        if not self.model:
            raise RuntimeError("llama.cpp cannot load " + options.model)
        self.vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(self.model))

    def hello(self, request):
        described = ctypes.create_string_buffer(256)
        llama_cpp.llama_model_desc(self.model, described, len(described))
        return {
            "versions": {"llama-cpp-python": llama_cpp.__version__, "llama.cpp model": described.value.decode(),
                         "python": sys.version.split()[0]},
            "threads": self.threads,
        }

    def generate(self, request):
        prompts, samples = request["ids"], request["samples"]
        length = max(map(len, prompts)) + request["newTokens"]
        parameters = llama_cpp.llama_context_default_params()
        parameters.n_seq_max = len(prompts) * samples
        parameters.n_ctx = parameters.n_seq_max * (-(-length // 256) * 256)
        parameters.n_batch = parameters.n_ubatch = PIECE
        parameters.n_threads = parameters.n_threads_batch = self.threads
        parameters.kv_unified = False
        context = llama_cpp.llama_init_from_model(self.model, parameters)
        if not context:
            raise RuntimeError("llama.cpp cannot make a context of %d tokens" % parameters.n_ctx)
        batch = llama_cpp.llama_batch_init(PIECE, 0, 1)
        try:
            return Run(self, context, batch, request).generate()
        finally:
            llama_cpp.llama_batch_free(batch)
            llama_cpp.llama_free(context)


class Run:
    """One call, in a context of its own."""

    def __init__(self, peer, context, batch, request):
        self.peer, self.context, self.batch = peer, context, batch
        self.prompts, self.samples, self.new = request["ids"], request["samples"], request["newTokens"]
        self.rows = len(self.prompts) * self.samples
        self.written = [[] for _ in range(self.rows)]
        self.samplers = [self.sampler(request, row) for row in range(self.rows)]

    def sampler(self, request, row):
        if request["temperature"] == 0:
            return None
        chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
        llama_cpp.llama_sampler_chain_add(chain, llama_cpp.llama_sampler_init_temp(request["temperature"]))
        llama_cpp.llama_sampler_chain_add(chain, llama_cpp.llama_sampler_init_dist((request["seed"] + row) & 0xFFFFFFFF))
        return chain

    def generate(self):
        start = time.perf_counter()
        self.read()
        for _ in range(self.new - 1):
            self.batch.n_tokens = 0
            for row in range(self.rows):
                prompt = self.prompts[row // self.samples]
                self.add(self.written[row][-1], len(prompt) + len(self.written[row]) - 1, row, True)
            self.decode()
            for row in range(self.rows):
                self.draw(row, row)
        seconds = time.perf_counter() - start
        for sampler in self.samplers:
            if sampler:
                llama_cpp.llama_sampler_free(sampler)
        return {"seconds": seconds, "ids": self.written}

    def read(self):
        """Reads all prompts, in pieces that a batch holds, and draws the first token of every sample."""
        self.batch.n_tokens = 0
        ended = []
        for index, prompt in enumerate(self.prompts):
            for position, token in enumerate(prompt):
                last = position + 1 == len(prompt)
                self.add(token, position, index * self.samples, last)
                if last:
                    ended.append((index, self.batch.n_tokens - 1))
                if self.batch.n_tokens == PIECE:
                    ended = self.flush(ended)
        if self.batch.n_tokens:
            self.flush(ended)

    def flush(self, ended):
        self.decode()
        memory = llama_cpp.llama_get_memory(self.context)
        for index, place in ended:
            first = index * self.samples
            for row in range(first, first + self.samples):
                if row > first:
                    llama_cpp.llama_memory_seq_cp(memory, first, row, -1, -1)
                self.draw(row, place)
        self.batch.n_tokens = 0
        return []

    def add(self, token, position, sequence, wanted):
        place = self.batch.n_tokens
        self.batch.token[place] = token
        self.batch.pos[place] = position
        self.batch.n_seq_id[place] = 1
        self.batch.seq_id[place][0] = sequence
        self.batch.logits[place] = wanted
        self.batch.n_tokens = place + 1

    def decode(self):
        code = llama_cpp.llama_decode(self.context, self.batch)
        if code != 0:
            raise RuntimeError("llama_decode gave %d" % code)

    def draw(self, row, place):
        if self.samplers[row]:
            token = llama_cpp.llama_sampler_sample(self.samplers[row], self.context, place)
        else:
            logits = llama_cpp.llama_get_logits_ith(self.context, place)
            token = int(numpy.ctypeslib.as_array(logits, shape=(self.peer.vocabulary,)).argmax())
        self.written[row].append(token)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--threads", type=int, required=True)
    peer = Peer(parser.parse_args())
    for line in sys.stdin:
        request = json.loads(line)
        try:
            work = {"hello": peer.hello, "generate": peer.generate}.get(request["op"])
            if work is None:
                raise ValueError("llama.cpp is no peer for " + request["op"])
            answer = work(request)
        except Exception as e:  # Told to the other side, which ends the benchmark.
            answer = {"error": "%s: %s" % (type(e).__name__, e)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
