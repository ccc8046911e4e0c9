package dev.nescio.answering;

import dev.nescio.confidence.ConfidenceEstimator;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.LanguageModel;
import dev.nescio.language.PromptTooLongException;
import dev.nescio.language.Sampling;
import java.util.ArrayList;
import java.util.List;

/**
 * From questions to candidates with evidence and raw scores, greedily and as one batch. It decides nothing: see
 * {@link Decider}. Live inference, the trainer's gate and offline evaluation all answer through this class, so that
 * their figures are about the same thing. Thread-safe when the model is.
 */
public final class Answerer {

  /** An answer ends with its first line. */
  public static final List<String> STOP = List.of("\n");

  private final LanguageModel model;
  private final Assessor assessor;
  private final int alternatives;

  /**
   * Without alternatives in the evidence.
   *
   * @throws IllegalArgumentException if two estimators share a name
   */
  public Answerer(LanguageModel model, List<ConfidenceEstimator> estimators) {
    this(model, estimators, 0);
  }

  /**
   * @param alternatives most likely tokens to report at each position, 0 to 20; none of a model that cannot
   * @throws IllegalArgumentException if two estimators share a name
   */
  public Answerer(LanguageModel model, List<ConfidenceEstimator> estimators, int alternatives) {
    this.model = model;
    this.assessor = new Assessor(model.evidence(), estimators);
    this.alternatives = model.evidence().contains(EvidenceKind.ALTERNATIVES) ? alternatives : 0;
  }

  /**
   * Answers all questions as one batch.
   *
   * @param asks any number
   * @return one draft a question, in the same order
   * @throws PromptTooLongException if one of the prompts does not fit; {@link #tokens} tells which before
   */
  public List<Draft> answer(List<Ask> asks) {
    if (asks.isEmpty()) return List.of();
    List<Generation> generations = model.generate(asks.stream().map(this::request).toList());
    if (generations.size() != asks.size()) {
      throw new IllegalStateException(
          "the model " + model.identity().name() + " gave " + generations.size() + " generations for "
              + asks.size() + " questions");
    }
    List<Draft> drafts = new ArrayList<>(asks.size());
    for (Generation generation : generations) drafts.add(assessor.assess(generation, generation.first()));
    return drafts;
  }

  /** Tokens that a question takes of the model's context: its prompt and what it may generate. */
  public int tokens(Ask ask) {
    return model.countTokens(Prompts.render(ask)) + ask.maxTokens();
  }

  private GenerationRequest request(Ask ask) {
    return new GenerationRequest(
        Prompts.render(ask), Prompts.prefix(ask.exemplars()), 1, Sampling.GREEDY, ask.maxTokens(), STOP,
        ask.seed(), ask.adapter(), alternatives);
  }
}
