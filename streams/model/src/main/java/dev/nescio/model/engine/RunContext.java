package dev.nescio.model.engine;

import ai.djl.ndarray.NDManager;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.tokenizer.ModelTokenizer;

/**
 * What everything that runs a model needs.
 *
 * @param manager owner of what a run allocates
 */
record RunContext(LlamaForward forward, LlamaConfig config, ModelTokenizer tokenizer, NDManager manager) {

  /** Ids whose log-probabilities are always reported: the end tokens, then {@code <IDK>}. */
  long[] watched() {
    return LongRange.of(tokenizer.watched(config));
  }
}
