package dev.nescio.dashboard;

import dev.nescio.dashboard.TrainingView.StepView;
import dev.nescio.schemas.StepState;
import dev.nescio.schemas.TrainingProgress;
import dev.nescio.schemas.topics.Topics;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The trainer's nights, step by step; the newest few are kept. */
public final class TrainingSection implements Section {

  private static final int NIGHTS = 8;
  private static final String TOKEN_RATE = "tokens_per_second";

  private final Map<String, TrainingView> nights = new ConcurrentHashMap<>();
  private final List<String> order = new ArrayList<>();
  private final Set<String> changed = new LinkedHashSet<>();
  private final Set<String> forgotten = new LinkedHashSet<>();
  private final Counters runs = new Counters("training_runs", "Nights that ended, by outcome");

  @Override
  public List<Feed<?>> feeds() {
    return List.of(Feed.of(Topics.TRAINING_PROGRESS, Feed.From.TAIL, this::fold));
  }

  private void fold(Received<TrainingProgress> record) {
    TrainingProgress progress = record.value();
    if (progress == null) return;
    String night = progress.getRequestId();
    TrainingView before = nights.get(night);
    TrainingView now = with(before, progress);
    nights.put(night, now);
    changed.add(night);
    if (isOver(now) && (before == null || !isOver(before))) {
      runs.add(Labels.of("outcome", now.state().toLowerCase(Locale.ROOT)), 1);
    }
    if (before == null) order.add(night);
    if (order.size() > NIGHTS) {
      String oldest = order.removeFirst();
      nights.remove(oldest);
      forgotten.add(oldest);
    }
  }

  private static TrainingView with(TrainingView before, TrainingProgress p) {
    Map<Integer, StepView> steps = new TreeMap<>();
    if (before != null) before.stepsSeen().forEach(s -> steps.put(s.number(), s));
    StepView had = steps.get(p.getStepNumber());
    Long at = Times.micros(p.getAt());
    steps.put(
        p.getStepNumber(),
        new StepView(
            p.getStep(),
            p.getStepNumber(),
            p.getState().name(),
            p.getDone(),
            p.getTotal(),
            p.getUnit(),
            p.getRemainingSeconds(),
            AnswerView.shorten(p.getMessage()),
            new TreeMap<>(p.getFigures()),
            had == null ? at : had.startedAtMicros(),
            at));
    return new TrainingView(
        p.getRequestId(),
        p.getState().name(),
        p.getStepNumber(),
        p.getSteps(),
        before == null ? at : before.startedAtMicros(),
        at,
        List.copyOf(steps.values()));
  }

  /** A night is over when a step failed or refused, or the last one is done. */
  private static boolean isOver(TrainingView night) {
    return switch (StepState.valueOf(night.state())) {
      case FAILED, REFUSED -> true;
      case DONE -> night.stepNumber() >= night.steps();
      case STARTED, RUNNING -> false;
    };
  }

  @Override
  public void publish(Hub hub) {
    forgotten.forEach(night -> hub.remove("training", night));
    forgotten.clear();
    for (String night : changed) {
      TrainingView view = nights.get(night);
      if (view != null) hub.put("training", night, view);
    }
    changed.clear();
  }

  @Override
  public List<MetricSnapshot> metrics() {
    Gauges step = new Gauges("training_step", "Step that the running night is at, from 1");
    Gauges done = new Gauges("training_step_done_ratio", "Finished share of the step of the running night");
    Gauges rate = new Gauges("training_tokens_per_second", "Tokens per second of the step of the running night");
    for (TrainingView night : nights.values()) {
      if (isOver(night)) continue;
      StepView at =
          night.stepsSeen().stream().filter(s -> s.number() == night.stepNumber()).findFirst().orElseThrow();
      Labels labels = Labels.of("step", at.step());
      step.add(labels, at.number());
      if (at.total() > 0) done.add(labels, (double) at.done() / at.total());
      Double tokenRate = at.figures().get(TOKEN_RATE);
      if (tokenRate != null) rate.add(labels, tokenRate);
    }
    return List.of(runs.snapshot(), step.snapshot(), done.snapshot(), rate.snapshot());
  }
}
