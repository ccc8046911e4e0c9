package dev.nescio.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

class HubTest {

  /** Takes only what it asks for. */
  private static final class Slow extends BaseSubscriber<Update> {
    final List<String> seen = new ArrayList<>();

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      // Asks for nothing by itself.
    }

    @Override
    protected void hookOnNext(Update update) {
      seen.add(update.type() + ":" + update.key() + "=" + update.value());
    }
  }

  private final Hub hub = new Hub();

  private Slow connect() {
    Slow slow = new Slow();
    Flux.from(hub.updates()).subscribe(slow);
    return slow;
  }

  @Test
  void sendsTheWholeStateFirstThenChanges() {
    hub.put("slice", "a", 1);
    hub.put("slice", "b", 2);
    Slow listener = connect();
    listener.request(100);
    hub.put("slice", "a", 3);
    hub.remove("slice", "b");

    assertThat(listener.seen)
        .containsExactly("slice:a=1", "slice:b=2", "synchronised:=now", "slice:a=3", "slice:b=null");
  }

  @Test
  void givesASlowListenerTheNewestStateOfEachThingOnce() {
    Slow listener = connect();
    for (int i = 0; i < 10_000; i++) hub.put("slice", "a", i);
    hub.put("slice", "b", 1);
    listener.request(100);

    assertThat(listener.seen).containsExactly("synchronised:=now", "slice:a=9999", "slice:b=1");
  }

  @Test
  void saysNothingWhenNothingChanged() {
    hub.put("slice", "a", 1);
    Slow listener = connect();
    listener.request(2);
    listener.request(100);
    hub.put("slice", "a", 1);

    assertThat(listener.seen).containsExactly("slice:a=1", "synchronised:=now");
  }

  @Test
  void forgetsAListenerThatLeaves() {
    Slow listener = connect();
    assertThat(hub.listeners()).isEqualTo(1);
    listener.cancel();

    assertThat(hub.listeners()).isZero();
  }

  @Test
  void doesNotRepeatHeartbeatsToNewListeners() {
    hub.tell("heartbeat", "", 1);
    Slow listener = connect();
    listener.request(100);

    assertThat(listener.seen).containsExactly("synchronised:=now");
  }

  @Test
  void keepsTextOnOneLineOfTheStream() {
    hub.put("answer", "a", "first\nsecond\r\u2028");

    assertThat(hub.latest("answer").getFirst().json()).doesNotContain("\n", "\r");
  }
}
