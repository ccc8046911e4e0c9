package dev.nescio.dashboard;

import io.micronaut.context.annotation.Requires;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.endpoint.health.HealthEndpoint;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Readiness;
import jakarta.inject.Singleton;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** Ready when the broker answers and everything that was there at the start has been read. */
@Singleton
@Readiness
@Requires(bean = TopicView.class)
@Requires(beans = HealthEndpoint.class)
final class TopicsHealth implements HealthIndicator {

  private final TopicView view;

  TopicsHealth(TopicView view) {
    this.view = view;
  }

  @Override
  public Publisher<HealthResult> getResult() {
    Status status = view.status();
    return Mono.just(
        HealthResult.builder("topics", status.ready() ? HealthStatus.UP : HealthStatus.DOWN).details(status).build());
  }
}
