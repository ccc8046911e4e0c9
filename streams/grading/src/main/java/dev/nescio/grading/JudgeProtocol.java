package dev.nescio.grading;

import dev.nescio.grading.Judgement.Basis;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.LanguageModel;
import dev.nescio.language.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lets a model judge whether an answer means the same as an accepted one. An answer that equals an accepted one in
 * lower case with white space collapsed is correct without asking; otherwise the model sees question, knowledge,
 * accepted answers and candidate, and continues greedily for at most {@value #REPLY_TOKENS} tokens. The first word of
 * the reply that is "yes" or "no" decides; without one the judgement is unclear, which counts as incorrect.
 *
 * <p>White space in what users and models wrote is collapsed, so that no part of a case can pass for another.
 *
 * <p>Source: KWT (Lee et al. 2026, arXiv 2604.05779), section 3.1 and its program; the wording is ours, and there a
 * "yes" counts wherever it stands.
 */
public final class JudgeProtocol {

  /** Stable id; another wording is another id. */
  public static final String NAME = "judge:protocol=kwt-1";

  static final int REPLY_TOKENS = 10;

  private static final Pattern VERDICT = Pattern.compile("(?i)(?<!\\p{L})(yes|no)(?!\\p{L})");

  private final LanguageModel model;
  private final Optional<String> adapter;

  /**
   * @param model   the judge; it is not closed here
   * @param adapter id of a loaded adapter; empty for the base
   */
  public JudgeProtocol(LanguageModel model, Optional<String> adapter) {
    this.model = model;
    this.adapter = adapter;
  }

  /** Judges all cases; those that need the model are one batch. One judgement a case, in the same order. */
  public List<Judgement> judge(List<JudgeCase> cases) {
    List<Optional<Judgement>> settled = cases.stream().map(this::withoutAsking).toList();
    List<GenerationRequest> open = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) if (settled.get(i).isEmpty()) open.add(request(cases.get(i)));
    List<Generation> replies = open.isEmpty() ? List.of() : model.generate(open);
    List<Judgement> judgements = new ArrayList<>();
    int next = 0;
    for (Optional<Judgement> known : settled) {
      judgements.add(known.isPresent() ? known.get() : read(replies.get(next++).first().text()));
    }
    return List.copyOf(judgements);
  }

  /** What the model is asked. */
  static String prompt(JudgeCase asked) {
    StringBuilder prompt = new StringBuilder("Do two answers to a question mean the same?\n\n");
    prompt.append("Question: ").append(oneLine(asked.question())).append('\n');
    asked.knowledge().ifPresent(text -> prompt.append("Knowledge: ").append(oneLine(text)).append('\n'));
    prompt.append("Correct answer: ")
        .append(String.join("; or: ", asked.accepted().stream().map(JudgeProtocol::oneLine).toList()))
        .append('\n');
    prompt.append("Given answer: ").append(oneLine(asked.candidate())).append("\n\n");
    return prompt.append("Does the given answer mean the same as the correct answer? Reply with yes or no.\nReply:")
        .toString();
  }

  static Judgement read(String reply) {
    Matcher verdict = VERDICT.matcher(reply);
    if (!verdict.find()) return new Judgement(Basis.UNCLEAR, reply);
    return new Judgement(verdict.group().equalsIgnoreCase("yes") ? Basis.YES : Basis.NO, reply);
  }

  private Optional<Judgement> withoutAsking(JudgeCase asked) {
    String said = plain(asked.candidate());
    if (said.isEmpty()) return Optional.of(new Judgement(Basis.EMPTY, ""));
    if (asked.accepted().stream().map(JudgeProtocol::plain).anyMatch(said::equals)) {
      return Optional.of(new Judgement(Basis.EXACT_MATCH, ""));
    }
    return model.countTokens(prompt(asked)) + REPLY_TOKENS > model.identity().contextTokens()
        ? Optional.of(new Judgement(Basis.TOO_LONG, ""))
        : Optional.empty();
  }

  private GenerationRequest request(JudgeCase asked) {
    return new GenerationRequest(
        prompt(asked), "", 1, Sampling.GREEDY, REPLY_TOKENS, List.of(), 0, adapter, 0);
  }

  private static String plain(String text) {
    return oneLine(text).toLowerCase(Locale.ROOT);
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }
}
