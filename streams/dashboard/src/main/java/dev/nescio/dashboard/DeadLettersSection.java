package dev.nescio.dashboard;

import dev.nescio.schemas.topics.DeadLetters;
import dev.nescio.schemas.topics.Topics;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** Records that no stage could process, by stage and cause, with the newest message of each. */
public final class DeadLettersSection implements Section {

  private static final String UNKNOWN = "unknown";

  /** Dead letters of one stage and cause; the message and the place of origin are of the newest. */
  public record View(String stage, String cause, long count, String message, String origin, Long atMicros) {}

  private final Map<String, View> views = new TreeMap<>();
  private final Set<String> changed = new LinkedHashSet<>();
  private final Counters records = new Counters("dlq_records", "Dead letters seen on the topic by this process");

  @Override
  public List<Feed<?>> feeds() {
    return List.of(Feed.raw(Topics.DEAD_LETTERS, Feed.From.TAIL, this::fold));
  }

  private void fold(Received<byte[]> record) {
    Headers headers = record.headers();
    String stage = text(headers, DeadLetters.STAGE, UNKNOWN);
    String cause = text(headers, DeadLetters.CAUSE, UNKNOWN);
    String origin =
        "%s-%s@%s"
            .formatted(
                text(headers, DeadLetters.TOPIC, UNKNOWN),
                text(headers, DeadLetters.PARTITION, "?"),
                text(headers, DeadLetters.OFFSET, "?"));
    String key = stage + ' ' + cause;
    View had = views.get(key);
    views.put(
        key,
        new View(
            stage,
            cause,
            had == null ? 1 : had.count() + 1,
            AnswerView.shorten(text(headers, DeadLetters.MESSAGE, "")),
            origin,
            Times.micros(record.at())));
    changed.add(key);
    records.add(Labels.of("stage", stage, "error", cause), 1);
  }

  private static String text(Headers headers, String name, String otherwise) {
    Header header = headers.lastHeader(name);
    return header == null || header.value() == null ? otherwise : new String(header.value(), StandardCharsets.UTF_8);
  }

  @Override
  public void publish(Hub hub) {
    changed.forEach(key -> hub.put("deadletter", key, views.get(key)));
    changed.clear();
  }

  @Override
  public List<MetricSnapshot> metrics() {
    return List.of(records.snapshot());
  }
}
