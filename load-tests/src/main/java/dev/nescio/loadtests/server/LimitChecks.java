package dev.nescio.loadtests.server;

import static dev.nescio.loadtests.server.BrokenPromiseException.require;

import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.PromptTooLongException;
import dev.nescio.language.UnknownAdapterException;
import dev.nescio.language.openai.OpenAiConfig;
import dev.nescio.language.openai.OpenAiModel;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Scores, counts, adapters, and what is refused. */
final class LimitChecks {

  private static final List<String> TEXTS =
      List.of("Hello, world.", "  two blanks", "na\u00EFve \u65E5\u672C\u8A9E \uD83E\uDD8A", "a\nb\n\nc", "");

  private LimitChecks() {}

  static List<Check> all() {
    return List.of(
        new Check("scores", Optional.of(EvidenceKind.CONTINUATION_SCORES), LimitChecks::scores),
        new Check("scores of answers", Optional.of(EvidenceKind.CONTINUATION_SCORES), LimitChecks::sameScores),
        new Check("counted tokens", Optional.empty(), LimitChecks::counts),
        new Check("adapter", Optional.empty(), LimitChecks::adapter),
        new Check("answers at the same time", Optional.empty(), LimitChecks::together),
        new Check("prompt too long", Optional.empty(), LimitChecks::tooLong),
        new Check("answer too long", Optional.empty(), LimitChecks::answerTooLong),
        new Check("unknown model", Optional.empty(), LimitChecks::unknownModel),
        new Check("unknown adapter", Optional.empty(), LimitChecks::unknownAdapter));
  }

  private static String scores(Subject subject) {
    List<ContinuationRequest> pairs = subject.prompts().stream()
        .map(prompt -> new ContinuationRequest(prompt, " It is na\u00EFve \uD83E\uDD8A.", Optional.empty())).toList();
    List<Sequence> there = subject.server().score(pairs);
    if (subject.local().isEmpty()) return there.size() + " texts of " + there.getFirst().tokens().size() + " tokens";
    List<Sequence> here = subject.local().get().score(pairs);
    Likeness likeness = new Likeness(subject.atMost());
    for (int i = 0; i < here.size(); i++) {
      require(there.get(i).tokens().size() == here.get(i).tokens().size(), there.get(i).tokens().size()
          + " tokens are scored, " + here.get(i).tokens().size() + " here");
      likeness.add(there.get(i), here.get(i));
    }
    return likeness.words();
  }

  private static String sameScores(Subject subject) {
    GenerationRequest asked = AnswerChecks.requests(subject, 0).getFirst().withStop(List.of());
    subject.server().score(List.of(new ContinuationRequest(asked.prompt(), " yes", Optional.empty())));
    Sequence answer = subject.server().generate(List.of(asked)).getFirst().first();
    require(!answer.text().isEmpty(), "the first prompt is answered with nothing");
    if (!AnswerChecks.isText(answer.text())) throw new NothingToCheckException("the answer is no text");
    ContinuationRequest pair = new ContinuationRequest(asked.prompt(), answer.text(), Optional.empty());
    Likeness likeness = new Likeness(subject.atMost());
    likeness.add(subject.server().score(List.of(pair)).getFirst(), answer);
    return likeness.words();
  }

  private static String counts(Subject subject) {
    List<Integer> there = TEXTS.stream().map(subject.server()::countTokens).toList();
    if (subject.local().isEmpty()) return there.toString();
    List<Integer> here = TEXTS.stream().map(subject.local().get()::countTokens).toList();
    require(there.equals(here), there + ", here " + here);
    return there + ", as here";
  }

  private static String adapter(Subject subject) {
    String name = subject.adapter().orElseThrow(() -> new NothingToCheckException("no --adapter"));
    List<GenerationRequest> asked = AnswerChecks.requests(subject, 0).stream()
        .map(request -> request.withAdapter(Optional.of(name)).withStop(List.of())).toList();
    List<Sequence> there = AnswerChecks.first(subject.server().generate(asked));
    List<Sequence> base = AnswerChecks.first(
        subject.server().generate(asked.stream().map(request -> request.withAdapter(Optional.empty())).toList()));
    require(!there.equals(base), "the adapter answers as the base does");
    String digest = subject.server().digest(Optional.of(name));
    require(!digest.equals(subject.server().digest(Optional.empty())), "the adapter has the digest of the base");
    return AnswerChecks.beside(
        subject, there, asked.stream().map(request -> request.withAdapter(subject.beside())).toList());
  }

  private static String together(Subject subject) {
    List<GenerationRequest> asked = AnswerChecks.requests(subject, 0);
    List<Sequence> together = AnswerChecks.first(subject.server().generate(asked));
    int alike = 0;
    for (int i = 0; i < asked.size(); i++) {
      String alone = subject.server().generate(List.of(asked.get(i))).getFirst().first().text();
      if (alone.equals(together.get(i).text())) alike++;
    }
    return alike + " of " + asked.size() + " as when asked alone";
  }

  private static String tooLong(Subject subject) {
    int context = subject.server().identity().contextTokens();
    GenerationRequest request = GenerationRequest.greedy("hello ".repeat(context + 10), 4);
    try {
      Sequence sequence = subject.server().generate(List.of(request)).getFirst().first();
      throw new BrokenPromiseException("it was answered, with " + sequence.generatedTokens() + " tokens");
    } catch (PromptTooLongException e) {
      return "refused: " + e.getMessage();
    }
  }

  /** Some servers refuse beforehand, others end the answer where the context does. */
  private static String answerTooLong(Subject subject) {
    int context = subject.server().identity().contextTokens();
    GenerationRequest request = GenerationRequest.greedy("hello ".repeat(context / 2), context - 8);
    try {
      Sequence sequence = subject.server().generate(List.of(request)).getFirst().first();
      return "answered all the same; it ended by " + sequence.finish() + " after " + sequence.generatedTokens();
    } catch (PromptTooLongException e) {
      return "refused: " + e.getMessage();
    }
  }

  private static String unknownModel(Subject subject) {
    OpenAiConfig known = subject.config();
    OpenAiConfig wrong = new OpenAiConfig(known.url(), Optional.of("no-such-model"), known.kind(),
        OptionalInt.of(subject.server().identity().contextTokens()), known.concurrency(), known.retry(),
        known.connectTimeout(), known.requestTimeout(), known.keyVariable());
    try (OpenAiModel model = OpenAiModel.open(wrong, System::getenv)) {
      throw new BrokenPromiseException("it was opened as " + model.identity());
    } catch (IllegalArgumentException e) {
      return "refused: " + e.getMessage();
    }
  }

  private static String unknownAdapter(Subject subject) {
    GenerationRequest asked = AnswerChecks.requests(subject, 0).getFirst().withAdapter(Optional.of("no-such-adapter"));
    try {
      subject.server().generate(List.of(asked));
      throw new BrokenPromiseException("it was answered");
    } catch (UnknownAdapterException e) {
      return "refused: " + e.getMessage();
    }
  }
}
