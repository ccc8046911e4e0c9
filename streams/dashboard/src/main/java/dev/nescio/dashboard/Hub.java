package dev.nescio.dashboard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * The state of everything shown, and its distribution to any number of listeners. Thread-safe.
 *
 * <p>A listener first gets the whole state, then every change. What it has not yet taken is kept once for each thing,
 * in its newest form, so a slow listener costs bounded memory and never sees an old state last.
 */
public final class Hub {

  private final Map<String, Update> latest = new LinkedHashMap<>();
  private final Set<Listener> listeners = new LinkedHashSet<>();

  /** Sets the state of one thing; nothing is sent when it says the same as before. */
  public void put(String type, String key, Object value) {
    Update update = new Update(type, key, value, Json.event(key, value));
    List<Listener> told;
    synchronized (this) {
      Update before = latest.put(update.id(), update);
      if (before != null && before.json().equals(update.json())) return;
      told = offer(update);
    }
    told.forEach(Listener::drain);
  }

  /** Takes one thing away and tells every listener. */
  public void remove(String type, String key) {
    Update gone = new Update(type, key, null, Json.event(key, null));
    List<Listener> told;
    synchronized (this) {
      if (latest.remove(gone.id()) == null) return;
      told = offer(gone);
    }
    told.forEach(Listener::drain);
  }

  /** Sends something that is not state, such as a heartbeat: new listeners do not get it. */
  public void tell(String type, String key, Object value) {
    List<Listener> told;
    synchronized (this) {
      told = offer(new Update(type, key, value, Json.event(key, value)));
    }
    told.forEach(Listener::drain);
  }

  /** Everything of one type, in the order in which it was first seen. */
  public synchronized List<Update> latest(String type) {
    return latest.values().stream().filter(u -> u.type().equals(type)).toList();
  }

  /** Everything. */
  public synchronized List<Update> latest() {
    return List.copyOf(latest.values());
  }

  /** Listeners connected now. */
  public synchronized int listeners() {
    return listeners.size();
  }

  /** The whole state, then a {@code synchronised} event, then changes for as long as the listener stays. */
  public Publisher<Update> updates() {
    // The listener bounds itself, so the sink's own buffer stays empty: nothing is emitted without demand.
    return Flux.create(this::connect, FluxSink.OverflowStrategy.BUFFER);
  }

  private void connect(FluxSink<Update> sink) {
    Listener listener = new Listener(sink);
    synchronized (this) {
      latest.values().forEach(listener::offer);
      listener.offer(new Update("synchronised", "", "now", Json.event("", "now")));
      listeners.add(listener);
    }
    sink.onDispose(() -> disconnect(listener));
    sink.onRequest(n -> listener.drain());
  }

  private synchronized void disconnect(Listener listener) {
    listeners.remove(listener);
  }

  private List<Listener> offer(Update update) {
    listeners.forEach(l -> l.offer(update));
    return new ArrayList<>(listeners);
  }

  /** One connected reader and what it has yet to take. */
  private static final class Listener {
    private final FluxSink<Update> sink;
    private final Map<String, Update> pending = new LinkedHashMap<>();
    private boolean draining;

    Listener(FluxSink<Update> sink) {
      this.sink = sink;
    }

    synchronized void offer(Update update) {
      // Removed first, so that the newest state goes to the end of the line and order between things is kept.
      pending.remove(update.id());
      pending.put(update.id(), update);
    }

    /** Emits while there is demand. One thread at a time; a second one leaves its work to the first. */
    void drain() {
      synchronized (this) {
        if (draining) return;
        draining = true;
      }
      for (Update next = take(); next != null; next = take()) sink.next(next);
    }

    private synchronized Update take() {
      if (pending.isEmpty() || sink.isCancelled() || sink.requestedFromDownstream() == 0) {
        draining = false;
        return null;
      }
      Update first = pending.values().iterator().next();
      pending.remove(first.id());
      return first;
    }
  }
}
