package dev.nescio.loadtests.kill;

import dev.nescio.loadtests.kill.KillCase.Moment;
import dev.nescio.loadtests.kill.KillCase.Phase;
import dev.nescio.loadtests.kill.KillCase.Signal;
import dev.nescio.loadtests.kill.KillCase.Victim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run: records flow, the signal falls, the victim comes back, and what is shown in the end is compared. */
final class KillRun {

  private static final Logger log = LoggerFactory.getLogger(KillRun.class);

  private static final double NANOS = 1e9;
  private static final double RECORDS_PER_SECOND = 150;
  /** Of the records, before the signal of a run under load. */
  private static final double WARM = 0.2;
  /** Of the records, after which a transaction is no longer waited for. */
  private static final double LATE = 0.8;
  private static final Duration CHECK_INTERVAL = Duration.ofMillis(500);
  private static final Duration SHORT_INTERVAL = Duration.ofMillis(20);
  private static final Duration REPLACEMENT_PATIENCE = Duration.ofSeconds(90);
  private static final Duration RECOVERY_PATIENCE = Duration.ofSeconds(180);
  /** What an app logs when the brokers no longer take it for what it was. */
  private static final Pattern REFUSALS = Pattern.compile("ProducerFenced|InvalidProducerEpoch|FencedInstanceId"
      + "|TaskMigrated|CommitFailed|IllegalGeneration|UnknownMemberId|is being fenced|not aware of this member");

  private final KillSystem system;
  private final Watch watch;
  private final Sender sender;
  private final Ledger ledger;
  private final Mirror mirror;
  private final KillCase what;
  private Child victim;
  private List<String> transactions = List.of();
  private String group;
  private int broker;
  private long outputBefore;

  KillRun(KillSystem system, Watch watch, Sender sender, Ledger ledger, Mirror mirror, KillCase what) {
    this.system = system;
    this.watch = watch;
    this.sender = sender;
    this.ledger = ledger;
    this.mirror = mirror;
    this.what = what;
  }

  /** @param events the records of this run */
  KillRecord execute(List<Traffic.Event> events) throws InterruptedException {
    int held = choose();
    Sender.Sending sending = null;
    if (what.moment() != Moment.IDLE) {
      sending = sender.start(events, RECORDS_PER_SECOND);
      while (sending.share() < WARM) pause(SHORT_INTERVAL);
    }
    String seen = what.moment() == Moment.COMMIT ? awaitTransaction(sending) : phaseNow();
    pause(Duration.ofMillis(what.delayMillis()));
    if (what.moment() != Moment.IDLE && what.delayMillis() > 0) seen = phaseNow();
    outputBefore = victim.outputSize();
    long hit = System.nanoTime();
    switch (what.signal()) {
      case TERM -> victim.terminate();
      case KILL -> victim.kill();
      case STOP -> victim.sleep();
    }
    String left = victimIsBroker() ? "unknown" : phaseNow();
    if (sending == null) sending = sender.start(events, RECORDS_PER_SECOND);
    Boolean fenced = what.signal() == Signal.STOP ? awaitReplacement() : null;
    pause(Duration.ofMillis(what.downMillis()));
    if (what.signal() == Signal.STOP) victim.wake();
    else victim.start();
    long back = System.nanoTime();
    sending.finish();
    List<String> ended = new ArrayList<>();
    Comparison.Result result = awaitEqual(ended);
    long equal = System.nanoTime();
    Boolean refused = what.signal() == Signal.STOP && !victimIsBroker()
        ? REFUSALS.matcher(victim.outputSince(outputBefore)).find() : null;
    return new KillRecord(what, held, seen, left, (back - hit) / NANOS, (equal - back) / NANOS, fenced, refused, ended,
        ledger.askIds.size(), mirror.refresh().labels.size(), result);
  }

  private boolean victimIsBroker() {
    return what.victim() == Victim.BROKER;
  }

  /** @return input partitions that the victim holds, -1 for a broker */
  private int choose() throws InterruptedException {
    long end = System.nanoTime() + REPLACEMENT_PATIENCE.toNanos();
    while (true) {
      try {
        chooseNow();
        return group == null ? -1 : watch.held(group, victim.name());
      } catch (Watch.NotNowException e) {
        if (System.nanoTime() > end) throw e;
        pause(CHECK_INTERVAL);
      }
    }
  }

  private void chooseNow() throws InterruptedException {
    int instance = what.instance();
    switch (what.victim()) {
      case EVALUATION -> {
        victim = system.evaluation(instance);
        transactions = watch.ofEvaluation(system.evaluationState(instance));
        group = EvaluationMain.APPLICATION;
      }
      case INFERENCE -> {
        victim = system.inference(instance);
        transactions = Watch.ofInference(KillSystem.inferenceName(instance));
        group = InferenceMain.GROUP;
      }
      case BROKER -> {
        transactions = watch.ofEvaluation(system.evaluationState(instance));
        broker = switch (what.role()) {
          case CONTROLLER -> watch.controller();
          case LEADER_OF_LABELS -> watch.leaderOfLabels(instance);
          case TRANSACTION_COORDINATOR -> watch.transaction(transactions)
              .map(TransactionDescription::coordinatorId).orElseGet(() -> 1);
        };
        victim = system.broker(broker);
      }
    }
  }

  /** Returns as soon as a transaction is in the phase, or when most of the records are out. */
  private String awaitTransaction(Sender.Sending sending) throws InterruptedException {
    String now = phaseNow();
    while (sending.share() < LATE) {
      if (now.equals("ending") || (what.phase() == Phase.OPEN && now.equals("open"))) return now;
      now = phaseNow();
    }
    return now;
  }

  private String phaseNow() throws InterruptedException {
    try {
      Optional<TransactionDescription> found = watch.transaction(transactions);
      if (found.isPresent() && Watch.isEnding(found.get())) return "ending";
      return found.isPresent() && Watch.isOpen(found.get()) ? "open" : "none";
    } catch (Watch.NotNowException e) {
      log.debug("the transaction's coordinator does not answer now", e);
      return "unknown";
    }
  }

  /** @return false when nobody took over in time */
  private boolean awaitReplacement() throws InterruptedException {
    long end = System.nanoTime() + REPLACEMENT_PATIENCE.toNanos();
    while (!isReplaced()) {
      if (System.nanoTime() > end) return false;
      pause(CHECK_INTERVAL);
    }
    return true;
  }

  private boolean isReplaced() throws InterruptedException {
    try {
      if (victimIsBroker()) return watch.isFenced(broker);
      return watch.worksWithout(group, victim.name()) && phaseNow().equals("none");
    } catch (Watch.NotNowException e) {
      log.debug("the brokers cannot tell now", e);
      return false;
    }
  }

  private Comparison.Result awaitEqual(List<String> ended) throws InterruptedException {
    long end = System.nanoTime() + RECOVERY_PATIENCE.toNanos();
    while (true) {
      ended.addAll(system.revive());
      Seen seen = mirror.refresh();
      boolean over = System.nanoTime() > end;
      if (over || Comparison.settled(ledger, seen)) {
        Comparison.Result result = mirror.compare(ledger);
        if (over || result.clean()) return result;
      }
      pause(CHECK_INTERVAL);
    }
  }

  private static void pause(Duration time) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(time.toNanos());
  }
}
