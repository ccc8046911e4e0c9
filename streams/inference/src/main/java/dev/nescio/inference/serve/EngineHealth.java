package dev.nescio.inference.serve;

import io.micronaut.context.annotation.Requires;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.endpoint.health.HealthEndpoint;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Readiness;
import jakarta.inject.Singleton;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** Ready until it is stopped: the model is loaded before the server listens. */
@Singleton
@Readiness
@Requires(bean = Engine.class)
@Requires(beans = HealthEndpoint.class)
final class EngineHealth implements HealthIndicator {

  private final Engine engine;
  private final Catalogue catalogue;

  EngineHealth(Engine engine, Catalogue catalogue) {
    this.engine = engine;
    this.catalogue = catalogue;
  }

  @Override
  public Publisher<HealthResult> getResult() {
    return Mono.just(
        HealthResult.builder("model", engine.ready() ? HealthStatus.UP : HealthStatus.DOWN)
            .details(
                Map.of(
                    "models", catalogue.models().stream().map(ServedModel::name).toList(), "working", engine.working(),
                    "waiting", engine.waiting()))
            .build());
  }
}
