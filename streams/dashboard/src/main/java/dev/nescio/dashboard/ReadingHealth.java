package dev.nescio.dashboard;

import io.micronaut.context.annotation.Requires;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.endpoint.health.HealthEndpoint;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Liveness;
import jakarta.inject.Singleton;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** Alive unless reading ended because of an error of this program: a broker that is away is no reason to restart. */
@Singleton
@Liveness
@Requires(bean = TopicView.class)
@Requires(beans = HealthEndpoint.class)
final class ReadingHealth implements HealthIndicator {

  private final TopicView view;

  ReadingHealth(TopicView view) {
    this.view = view;
  }

  @Override
  public Publisher<HealthResult> getResult() {
    Status status = view.status();
    HealthResult.Builder result =
        HealthResult.builder("reading", status.reading() ? HealthStatus.UP : HealthStatus.DOWN);
    if (!status.reading()) result.details(Map.of("problem", status.problem()));
    return Mono.just(result.build());
  }
}
