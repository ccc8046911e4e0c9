package dev.nescio.judge;

import dev.nescio.grading.Judgement;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What the judge has done since its start, by name of the series. Any thread may read. */
final class JudgeFigures {

  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  void judged(Judgement.Basis basis) {
    count("judge_answers_total{basis=\"" + basis.name().toLowerCase(Locale.ROOT) + "\"}");
  }

  void passed(String reason) {
    count("judge_passed_total{reason=\"" + reason + "\"}");
  }

  void deadLetter() {
    count("judge_dead_letters_total");
  }

  void restarted() {
    count("judge_restarts_total");
  }

  Map<String, Double> all() {
    Map<String, Double> all = new TreeMap<>();
    counts.forEach((name, count) -> all.put(name, count.doubleValue()));
    return all;
  }

  private void count(String name) {
    counts.computeIfAbsent(name, ignored -> new LongAdder()).increment();
  }
}
