package dev.nescio.loadtests.server;

import static dev.nescio.loadtests.server.BrokenPromiseException.require;

import dev.nescio.language.ChatMessage;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Finish;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.Sampling;
import dev.nescio.language.UnsupportedEvidenceException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;

/** Answers, samples and streams. */
final class AnswerChecks {

  private static final int TOKENS = 16;
  private static final int SAMPLES = 4;
  private static final String CHARACTERS =
      "Repeat: \uD83E\uDD8A na\u00EFve \u65E5\u672C\u8A9E \uD83D\uDC69\u200D\uD83D\uDE80\nRepeat: \uD83E\uDD8A na";

  private AnswerChecks() {}

  static List<Check> all() {
    return List.of(
        new Check("greedy answers", Optional.empty(), AnswerChecks::greedy),
        new Check("log-probabilities", Optional.of(EvidenceKind.TOKEN_LOG_PROBS), AnswerChecks::logProbs),
        new Check("alternatives", Optional.of(EvidenceKind.ALTERNATIVES), AnswerChecks::alternatives),
        new Check("samples", Optional.of(EvidenceKind.SAMPLES), AnswerChecks::samples),
        new Check("raw log-probabilities of samples", Optional.of(EvidenceKind.SAMPLES), AnswerChecks::raw),
        new Check("stop string", Optional.empty(), AnswerChecks::stop),
        new Check("end and length", Optional.empty(), AnswerChecks::ends),
        new Check("conversation", Optional.empty(), AnswerChecks::conversation),
        new Check("parts of characters", Optional.empty(), AnswerChecks::characters),
        new Check("stream", Optional.of(EvidenceKind.TOKEN_LOG_PROBS), AnswerChecks::stream),
        new Check("cancelled stream", Optional.of(EvidenceKind.TOKEN_LOG_PROBS), AnswerChecks::cancelled));
  }

  private static String greedy(Subject subject) {
    List<GenerationRequest> asked = requests(subject, 0);
    List<Sequence> there = first(subject.server().generate(asked));
    long empty = there.stream().filter(s -> s.text().isBlank()).count();
    return there.size() - empty + " of " + there.size() + " with a text, such as \""
        + there.getFirst().text().strip() + "\", " + beside(subject, there, asked);
  }

  private static String logProbs(Subject subject) {
    if (!subject.server().evidence().contains(EvidenceKind.TOKEN_LOG_PROBS)) refusedLogProbs(subject);
    List<GenerationRequest> asked = requests(subject, 0);
    List<Sequence> there = first(subject.server().generate(asked));
    int untold = 0;
    for (Sequence sequence : there) {
      if (sequence.tokens().isEmpty() && !sequence.text().isEmpty()) {
        untold++;
        continue;
      }
      String tokens = sequence.tokens().stream().map(Token::text).collect(Collectors.joining());
      require(!isText(tokens) || tokens.equals(sequence.text()),
          "the text is \"" + sequence.text() + "\", its tokens \"" + tokens + "\"");
    }
    return (untold == 0 ? "" : untold + " without tokens, ") + beside(subject, there, asked);
  }

  /** Without log-probabilities nothing may look like some. */
  private static void refusedLogProbs(Subject subject) {
    Sequence sequence = subject.server().generate(requests(subject, 0)).getFirst().first();
    require(sequence.tokens().isEmpty(), "tokens are told though evidence() has no log-probabilities");
    throw new UnsupportedEvidenceException("no tokens are told, only the text");
  }

  private static void requireTokens(Subject subject) {
    if (subject.server().evidence().contains(EvidenceKind.TOKEN_LOG_PROBS)) return;
    throw new UnsupportedEvidenceException("no tokens are told, so there is nothing to stream");
  }

  private static String alternatives(Subject subject) {
    int most = Math.max(1, subject.server().kind().alternatives());
    List<GenerationRequest> asked = requests(subject, most);
    List<Sequence> there = first(subject.server().generate(asked));
    for (Token token : there.stream().flatMap(s -> s.tokens().stream()).toList()) {
      require(token.alternatives().size() >= Math.min(2, most) && token.alternatives().size() <= most,
          token.alternatives().size() + " alternatives of \"" + token.text() + "\", asked for were " + most);
      double best = token.alternatives().getFirst().logProb();
      require(Math.abs(best - token.logProb()) < 1e-3,
          "a greedy answer has not the best token: \"" + token.text() + "\"");
    }
    return most + " a token, " + beside(subject, there, asked);
  }

  private static String samples(Subject subject) {
    GenerationRequest asked = requests(subject, 0).getFirst().withSamples(SAMPLES, new Sampling(1, 0, 1, 0, 1), 11);
    List<String> once = texts(subject.server().generate(List.of(asked)).getFirst());
    List<String> again = texts(subject.server().generate(List.of(asked)).getFirst());
    List<String> other =
        texts(subject.server().generate(List.of(asked.withSamples(SAMPLES, asked.sampling(), 12))).getFirst());
    require(once.size() == SAMPLES, once.size() + " samples, asked for were " + SAMPLES);
    require(new HashSet<>(once).size() > 1 || new HashSet<>(other).size() > 1, "all samples are alike: " + once);
    return new HashSet<>(once).size() + " of " + SAMPLES + " differ; the same seed gives "
        + (once.equals(again) ? "the same" : "OTHERS") + ", another seed "
        + (once.equals(other) ? "THE SAME" : "others");
  }

  /** Those after temperature would be another model's: the same text is scored in this process. */
  private static String raw(Subject subject) {
    GenerationRequest asked =
        requests(subject, 0).getFirst().withSamples(SAMPLES, new Sampling(0.5, 20, 0.9, 0, 1), 11);
    List<Sequence> there = subject.server().generate(List.of(asked)).getFirst().sequences();
    var local = subject.local().orElseThrow(() -> new NothingToCheckException("no model beside it"));
    Likeness likeness = new Likeness(subject.atMost());
    for (Sequence sequence : there) {
      if (sequence.text().isEmpty() || !isText(sequence.text())) continue;
      var pair = new ContinuationRequest(asked.prompt(), sequence.text(), Optional.empty());
      likeness.add(sequence, local.score(List.of(pair)).getFirst());
    }
    if (likeness.isEmpty()) throw new NothingToCheckException("no sample is a text");
    return "at temperature 0.5, " + likeness.words();
  }

  private static String stop(Subject subject) {
    GenerationRequest free = requests(subject, 0).getFirst().withStop(List.of());
    String text = subject.server().generate(List.of(free)).getFirst().first().text();
    int middle = Math.max(1, text.length() / 2);
    String stop = text.substring(middle, Math.min(text.length(), middle + 3));
    Sequence cut = subject.server().generate(List.of(free.withStop(List.of(stop)))).getFirst().first();
    require(cut.finish() == Finish.STOP, "stopped by \"" + stop + "\" it says " + cut.finish());
    String before = text.substring(0, text.indexOf(stop));
    require(before.startsWith(cut.text()), "\"" + cut.text() + "\" is not what stands before \"" + stop + "\"");
    return "\"" + before + "\" before \"" + stop + "\", "
        + (before.equals(cut.text()) ? "whole" : "cut at a token: \"" + cut.text() + "\"");
  }

  private static String ends(Subject subject) {
    GenerationRequest three = new GenerationRequest(
        subject.prompts().getFirst(), "", 1, Sampling.GREEDY, 3, List.of(), 0, Optional.empty(), 0);
    Sequence cut = subject.server().generate(List.of(three)).getFirst().first();
    require(cut.finish() == Finish.LENGTH, "three tokens end by " + cut.finish());
    GenerationRequest talk = GenerationRequest.greedy("", 120).withStop(List.of())
        .withChat(List.of(ChatMessage.user("What is 1+1? Answer with one word.")));
    Sequence whole = subject.server().generate(List.of(talk)).getFirst().first();
    return "LENGTH after " + cut.generatedTokens() + " tokens; a conversation ends by " + whole.finish() + " after "
        + whole.generatedTokens() + ", the end token "
        + whole.endLogProb().map(value -> "at " + value + " nats").orElse("not told");
  }

  private static String conversation(Subject subject) {
    GenerationRequest asked = GenerationRequest.greedy("", 24).withStop(List.of())
        .withChat(List.of(ChatMessage.user("What is the capital of France?")));
    Generation there = subject.server().generate(List.of(asked)).getFirst();
    String words = "\"" + there.first().text() + "\", " + there.promptTokens() + " tokens of prompt";
    if (subject.local().isEmpty()) return words;
    Generation here = subject.local().get().generate(List.of(asked)).getFirst();
    return words + " (here " + here.promptTokens() + "), " + beside(subject, List.of(there.first()), List.of(asked));
  }

  private static String characters(Subject subject) {
    GenerationRequest asked =
        new GenerationRequest(CHARACTERS, "", 1, Sampling.GREEDY, 24, List.of(), 0, Optional.empty(), 2);
    if (subject.server().kind().alternatives() == 0) asked = asked.withAlternatives(0);
    Sequence there = subject.server().generate(List.of(asked)).getFirst().first();
    String words = there.tokens().size() + " of " + there.generatedTokens() + " tokens told, ";
    return words + beside(subject, List.of(there), List.of(asked));
  }

  private static String stream(Subject subject) {
    requireTokens(subject);
    GenerationRequest asked = requests(subject, 0).getFirst().withStop(List.of());
    List<Token> heard = new ArrayList<>();
    List<Long> times = new ArrayList<>();
    Generation streamed = subject.server().generate(List.of(asked), (request, sample, token) -> {
      heard.add(token);
      times.add(System.nanoTime());
    }).getFirst();
    Generation whole = subject.server().generate(List.of(asked)).getFirst();
    require(heard.equals(streamed.first().tokens()), "told were " + heard.size() + " tokens, the end has "
        + streamed.first().tokens().size());
    require(streamed.first().text().equals(whole.first().text()),
        "\"" + streamed.first().text() + "\" as a stream, \"" + whole.first().text() + "\" in one piece");
    require(streamed.promptTokens() == whole.promptTokens(), streamed.promptTokens() + " tokens of prompt as a stream, "
        + whole.promptTokens() + " in one piece");
    return heard.size() + " tokens told over " + (times.getLast() - times.getFirst()) / 1_000_000 + " ms";
  }

  private static String cancelled(Subject subject) {
    requireTokens(subject);
    int most = Math.min(400, subject.server().identity().contextTokens() / 4);
    GenerationRequest asked = new GenerationRequest(
        subject.prompts().getFirst(), "", 1, Sampling.GREEDY, most, List.of(), 0, Optional.empty(), 0);
    int[] heard = new int[1];
    try {
      subject.server().generate(List.of(asked), (request, sample, token) -> {
        if (++heard[0] == 3) throw new CancellationException("heard enough");
      });
    } catch (CancellationException e) {
      long start = System.nanoTime();
      subject.server().generate(List.of(requests(subject, 0).getFirst()));
      return "after " + heard[0] + " tokens; the next answer came within " + (System.nanoTime() - start) / 1_000_000
          + " ms";
    }
    throw new BrokenPromiseException("it went on to its end");
  }

  /** False for bytes that are no characters, of which the text says too little to ask for it again. */
  static boolean isText(String text) {
    return text.indexOf('\uFFFD') < 0;
  }

  static List<GenerationRequest> requests(Subject subject, int alternatives) {
    return subject.prompts().stream()
        .map(prompt -> GenerationRequest.greedy(prompt, TOKENS).withAlternatives(alternatives)).toList();
  }

  static List<Sequence> first(List<Generation> generations) {
    return generations.stream().map(Generation::first).toList();
  }

  /** @return the likeness in words, or that there is nothing to compare with */
  static String beside(Subject subject, List<Sequence> there, List<GenerationRequest> asked) {
    if (subject.local().isEmpty()) return there.size() + " texts";
    List<Sequence> here = first(subject.local().get().generate(asked));
    Likeness likeness = new Likeness(subject.atMost());
    for (int i = 0; i < here.size(); i++) likeness.add(there.get(i), here.get(i));
    return likeness.words();
  }

  private static List<String> texts(Generation generation) {
    return generation.sequences().stream().map(Sequence::text).toList();
  }
}
