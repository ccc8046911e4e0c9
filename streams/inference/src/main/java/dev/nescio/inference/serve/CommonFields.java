package dev.nescio.inference.serve;

import dev.nescio.language.GenerationRequest;
import dev.nescio.language.Sampling;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What plain completions and conversations have in common: model, sampling, limits. */
final class CommonFields {

  static final int MOST_STOPS = 16;
  private static final double HOTTEST = 2;

  private final Catalogue catalogue;
  private final ServeConfig config;
  private final RandomGenerator seeds;

  /**
   * @param seeds of requests that bring none; used under its own lock
   */
  CommonFields(Catalogue catalogue, ServeConfig config, RandomGenerator seeds) {
    this.catalogue = catalogue;
    this.config = config;
    this.seeds = seeds;
  }

  ServedModel model(Fields fields) {
    return catalogue.named(fields.text("model"));
  }

  int context() {
    return catalogue.model().identity().contextTokens();
  }

  int maxTokens() {
    return config.maxTokens();
  }

  /** The number of choices of each prompt. */
  int samples(Fields fields, int prompts) {
    int samples = fields.integer("n", 1, config.maxChoices()).orElse(1);
    if ((long) samples * prompts > config.maxChoices()) {
      throw ApiException.invalid("n", "at most " + config.maxChoices() + " choices in one request, not "
          + (long) samples * prompts);
    }
    int best = fields.integer("best_of", 1, config.maxChoices()).orElse(samples);
    if (best != samples) {
      throw ApiException.invalid("best_of", "unsupported_parameter", "best_of is not supported; ask for n and choose");
    }
    return samples;
  }

  /** The request for one prompt, without the prompt. */
  GenerationRequest request(Fields fields, ServedModel model, int samples, int maxTokens, int alternatives) {
    return new GenerationRequest(
        "", "", samples, sampling(fields), maxTokens, fields.texts("stop", MOST_STOPS), seed(fields), model.adapter(),
        alternatives);
  }

  void requireRoom(String param, int prompt, int generated) {
    if ((long) prompt + generated > context()) throw ApiException.tooLong(param, prompt, generated, context());
  }

  boolean includeUsage(Fields fields, boolean stream) {
    Optional<Fields> options = fields.object("stream_options");
    if (options.isPresent() && !stream) {
      throw ApiException.invalid("stream_options", "stream_options needs stream=true");
    }
    return options.map(o -> o.flag("include_usage")).orElse(false);
  }

  private Sampling sampling(Fields fields) {
    for (String name : List.of("frequency_penalty", "presence_penalty", "logit_bias")) {
      fields.refuse(name, "repetition_penalty is there");
    }
    return new Sampling(
        fields.number("temperature", 1, 0, HOTTEST),
        // vLLM's clients write -1 for no limit.
        Math.max(0, fields.integer("top_k", -1, Integer.MAX_VALUE).orElse(0)),
        fields.number("top_p", 1, Double.MIN_VALUE, 1), fields.number("min_p", 0, 0, 1),
        fields.number("repetition_penalty", 1, Double.MIN_VALUE, Double.MAX_VALUE));
  }

  private long seed(Fields fields) {
    synchronized (seeds) {
      return fields.seed().orElseGet(seeds::nextLong);
    }
  }
}
