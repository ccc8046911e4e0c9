package dev.nescio.dashboard;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.sse.Event;
import java.time.Duration;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** The event stream of the page: the whole state, then every change as it comes. */
@Controller("/events")
@Requires(bean = Hub.class)
final class EventsController {

  private static final Duration RECONNECT = Duration.ofSeconds(2);

  private final Hub hub;

  EventsController(Hub hub) {
    this.hub = hub;
  }

  @Get
  @Produces(MediaType.TEXT_EVENT_STREAM)
  Publisher<Event<String>> events() {
    return Flux.from(hub.updates()).map(u -> Event.of(u.json()).name(u.type()).retry(RECONNECT));
  }
}
