// The state of the page: what the event stream said last about each thing.

const TYPES = ["status", "slice", "activity", "answer", "training", "release", "calibrator", "accounting", "alert", "closedalert", "deadletter"];
const SILENCE_MILLIS = 25_000;

/** State by type and key; tells its listeners, at most once a frame, which types changed. */
export class Store {
  constructor() {
    this.state = Object.fromEntries(TYPES.map((type) => [type, new Map()]));
    this.link = "connecting";
    this.synchronised = false;
    this.clockSkewMillis = 0;
    this.lastHeard = performance.now();
    this.listeners = [];
    this.changed = new Set();
    this.scheduled = false;
  }

  /** Calls back with the set of types that changed; "link" is the connection. */
  listen(callback) {
    this.listeners.push(callback);
  }

  all(type) {
    return [...this.state[type].values()];
  }

  entries(type) {
    return [...this.state[type].entries()];
  }

  get status() {
    return this.state.status.get("");
  }

  /** The server's clock, in milliseconds. */
  now() {
    return Date.now() + this.clockSkewMillis;
  }

  connect() {
    const source = new EventSource("/events");
    let fresh = Object.fromEntries(TYPES.map((type) => [type, new Set()]));
    source.onopen = () => {
      fresh = Object.fromEntries(TYPES.map((type) => [type, new Set()]));
      this.setLink("open");
    };
    source.onerror = () => this.setLink("lost");
    for (const type of TYPES) {
      source.addEventListener(type, (event) => {
        this.heard();
        const { key, value, gone } = JSON.parse(event.data);
        if (gone) this.state[type].delete(key);
        else this.state[type].set(key, value);
        fresh[type].add(key);
        this.touch(type);
      });
    }
    source.addEventListener("synchronised", () => {
      // What the server did not mention after a reconnect is gone.
      for (const type of TYPES) {
        for (const key of [...this.state[type].keys()]) if (!fresh[type].has(key)) this.state[type].delete(key);
        this.touch(type);
      }
      this.synchronised = true;
      this.heard();
    });
    source.addEventListener("heartbeat", (event) => {
      this.clockSkewMillis = JSON.parse(event.data).value / 1000 - Date.now();
      this.heard();
    });
    setInterval(() => {
      if (performance.now() - this.lastHeard > SILENCE_MILLIS) this.setLink("silent");
    }, 5_000);
  }

  heard() {
    this.lastHeard = performance.now();
    this.setLink("open");
  }

  setLink(link) {
    if (this.link === link) return;
    this.link = link;
    this.touch("link");
  }

  /** Marks a type as changed. */
  touch(type) {
    this.changed.add(type);
    if (this.scheduled) return;
    this.scheduled = true;
    // A timer rather than a frame: a page in the background still keeps its title and state right.
    setTimeout(() => {
      this.scheduled = false;
      const changed = this.changed;
      this.changed = new Set();
      for (const listener of this.listeners) listener(changed);
    }, 50);
  }
}
