package dev.nescio.loadtests.model;

import dev.nescio.grading.Graders;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.LanguageModel;
import dev.nescio.producers.QuestionItem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a model says of questions and their answers.
 *
 * @param logProbs    of the tokens of question and answer as a text, nats
 * @param confidences sequence probability of each greedy answer
 * @param correct     whether it is right, by the default grader
 * @param answers     the greedy answers
 */
record WeightsReading(List<Double> logProbs, List<Double> confidences, List<Boolean> correct, List<String> answers) {

  private static final int ANSWER_TOKENS = 16;
  private static final String EXEMPLARS = """
      Question: What is the capital of Austria?
      Answer: Vienna

      Question: What is the currency of Japan?
      Answer: yen

      """;

  static WeightsReading of(LanguageModel model, List<QuestionItem> items) {
    List<GenerationRequest> asked = new ArrayList<>();
    List<ContinuationRequest> texts = new ArrayList<>();
    for (QuestionItem item : items) {
      String prompt = EXEMPLARS + "Question: " + item.text() + "\nAnswer:";
      asked.add(GenerationRequest.greedy(prompt, ANSWER_TOKENS));
      texts.add(new ContinuationRequest(EXEMPLARS + "Question:", prompt.substring(EXEMPLARS.length() + 9) + " "
          + item.answers().getFirst(), Optional.empty()));
    }
    List<Double> logProbs = model.score(texts).stream()
        .flatMap(s -> s.tokens().stream()).map(Token::logProb).toList();
    List<Generation> generations = model.generate(asked);
    List<Double> confidences = new ArrayList<>();
    List<Boolean> correct = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      Generation.Sequence answer = generations.get(i).first();
      confidences.add(Math.exp(answer.sequenceLogProb()));
      answers.add(answer.text().strip());
      correct.add(Graders.DEFAULT.correct(answer.text(), items.get(i).answers()));
    }
    return new WeightsReading(logProbs, confidences, correct, answers);
  }

  Map<String, Object> figures() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("perplexity", Math.exp(-logProbs.stream().mapToDouble(p -> p).average().orElseThrow()));
    figures.put("accuracy", correct.stream().mapToDouble(c -> c ? 1 : 0).average().orElseThrow());
    auroc().ifPresent(value -> figures.put("aurocOfSequenceProbability", value));
    return figures;
  }

  Map<String, Object> change(WeightsReading other) {
    double sum = 0;
    double most = 0;
    for (int i = 0; i < logProbs.size(); i++) {
      double change = Math.abs(logProbs.get(i) - other.logProbs.get(i));
      sum += change;
      most = Math.max(most, change);
    }
    int same = 0;
    for (int i = 0; i < answers.size(); i++) if (answers.get(i).equals(other.answers.get(i))) same++;
    Map<String, Object> change = new LinkedHashMap<>();
    change.put("tokens", logProbs.size());
    change.put("meanAbsoluteLogProbNats", sum / logProbs.size());
    change.put("greatestAbsoluteLogProbNats", most);
    change.put("sameAnswers", (double) same / answers.size());
    return change;
  }

  /** Share of pairs of a right and a wrong answer in which the right one is more confident, ties half. */
  private Optional<Double> auroc() {
    double wins = 0;
    long pairs = 0;
    for (int i = 0; i < correct.size(); i++) {
      for (int j = 0; j < correct.size(); j++) {
        if (!correct.get(i) || correct.get(j)) continue;
        wins += .5 + .5 * Math.signum(confidences.get(i) - confidences.get(j));
        pairs++;
      }
    }
    return pairs == 0 ? Optional.empty() : Optional.of(wins / pairs);
  }
}
