package dev.nescio.dashboard;

import io.micronaut.context.annotation.Requires;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The state as JSON, for scripts; the page uses the event stream. Answers are lists of {@code {key, value}}. */
@Controller("/api")
@Requires(bean = Hub.class)
@Produces(MediaType.APPLICATION_JSON)
final class ApiController {

  private static final String ANY = "*";

  private final Hub hub;
  private final CalibrationSection calibration;
  private final HistorySection history;

  ApiController(Hub hub, CalibrationSection calibration, HistorySection history) {
    this.hub = hub;
    this.calibration = calibration;
    this.history = history;
  }

  /** Everything, by type. */
  @Get("/state")
  String state() {
    Map<String, Map<String, Object>> state = new LinkedHashMap<>();
    for (Update update : hub.latest()) {
      state.computeIfAbsent(update.type(), t -> new LinkedHashMap<>()).put(update.key(), update.value());
    }
    return Json.of(state);
  }

  /** Slices and windows whole, with every metric; each parameter that is given must match. */
  @Get("/calibration{?tenant,domain,model,policy,estimator,window}")
  String calibration(
      @Nullable @QueryValue String tenant,
      @Nullable @QueryValue String domain,
      @Nullable @QueryValue String model,
      @Nullable @QueryValue String policy,
      @Nullable @QueryValue String estimator,
      @Nullable @QueryValue String window) {
    Stream<SnapshotView> found =
        calibration.snapshots().entrySet().stream()
            .filter(e -> matches(tenant, e.getValue().getTenant()))
            .filter(e -> matches(domain, e.getValue().getDomain()))
            .filter(e -> matches(model, e.getValue().getModelVersion()))
            .filter(e -> matches(policy, e.getValue().getPolicyVersion()))
            .filter(e -> matches(estimator, e.getValue().getEstimator()))
            .filter(e -> matches(window, e.getValue().getWindow()))
            .map(e -> SnapshotView.of(e.getKey(), e.getValue()));
    return Json.of(found.toList());
  }

  /** How the headline figures of one slice and window moved; 404 for an unknown key. */
  @Get("/trend{?key}")
  HttpResponse<String> trend(@QueryValue String key) {
    Optional<Trend> trend = calibration.trend(key);
    return trend
        .map(t -> HttpResponse.ok(Json.of(t)))
        .orElseGet(() -> HttpResponse.notFound(Json.of(Map.of("message", "no slice and window has the key " + key))));
  }

  /**
   * Closed panes of a minute, oldest first, from the time {@code from} to before {@code to}; the roll-up over tenants,
   * domains and policies unless these are given, of every model and estimator unless these are.
   */
  @Get("/history{?tenant,domain,model,policy,estimator,from,to}")
  HttpResponse<String> history(
      @Nullable @QueryValue String tenant,
      @Nullable @QueryValue String domain,
      @Nullable @QueryValue String model,
      @Nullable @QueryValue String policy,
      @Nullable @QueryValue String estimator,
      @Nullable @QueryValue String from,
      @Nullable @QueryValue String to) {
    try {
      long first = from == null ? Long.MIN_VALUE : Times.micros(Instant.parse(from));
      long end = to == null ? Long.MAX_VALUE : Times.micros(Instant.parse(to));
      return HttpResponse.ok(Json.of(history.panes(pane ->
          matches(tenant == null ? ANY : tenant, pane.tenant())
              && matches(domain == null ? ANY : domain, pane.domain())
              && matches(policy == null ? ANY : policy, pane.policyVersion())
              && matches(model, pane.modelVersion())
              && matches(estimator, pane.estimator())
              && pane.windowStartMicros() >= first
              && pane.windowStartMicros() < end)));
    } catch (DateTimeParseException e) {
      return HttpResponse.badRequest(Json.of(Map.of("message",
          "from and to are times like 2026-01-31T12:00:00Z, not " + e.getParsedString())));
    }
  }

  /** The newest answers, newest first. */
  @Get("/answers/latest{?limit}")
  HttpResponse<String> answers(@Nullable @QueryValue Integer limit) {
    if (limit != null && limit < 1) {
      return HttpResponse.badRequest(Json.of(Map.of("message", "limit is at least 1, not " + limit)));
    }
    List<AnswerView> answers =
        hub.latest("answer").stream()
            .map(u -> (AnswerView) u.value())
            .sorted(Comparator.comparing(AnswerView::answeredAtMicros).reversed())
            .limit(limit == null ? Long.MAX_VALUE : limit)
            .toList();
    return HttpResponse.ok(Json.of(answers));
  }

  /** Releases, newest first. */
  @Get("/releases")
  String releases() {
    return Json.of(values("release").reversed());
  }

  /** Nights of the trainer, oldest first. */
  @Get("/training")
  String training() {
    return Json.of(values("training"));
  }

  /** Open alerts, and the last ones that closed. */
  @Get("/alerts")
  String alerts() {
    return Json.of(Stream.concat(values("alert").stream(), values("closedalert").stream()).toList());
  }

  /** Where every label and answer is. */
  @Get("/accounting")
  String accounting() {
    return Json.of(values("accounting"));
  }

  private List<Object> values(String type) {
    return hub.latest(type).stream().map(Update::value).toList();
  }

  private static boolean matches(String wanted, String actual) {
    return wanted == null || wanted.equals(actual);
  }
}
