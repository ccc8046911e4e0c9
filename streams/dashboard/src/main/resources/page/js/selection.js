// Which model, window, tenant, domain and estimator are looked at; kept in the address, so a view can be shared.

const WINDOWS = ["5m", "1h", "24h", "7d", "all"];

export class Selection {
  constructor() {
    const given = new URLSearchParams(location.hash.slice(1));
    this.window = WINDOWS.includes(given.get("window")) ? given.get("window") : "all";
    this.model = given.get("model") || "";
    this.tenant = given.get("tenant") || "*";
    this.domain = given.get("domain") || "*";
    this.estimator = given.get("estimator") || "*";
  }

  set(name, value) {
    this[name] = value;
    const kept = new URLSearchParams();
    if (this.window !== "all") kept.set("window", this.window);
    if (this.model) kept.set("model", this.model);
    if (this.tenant !== "*") kept.set("tenant", this.tenant);
    if (this.domain !== "*") kept.set("domain", this.domain);
    if (this.estimator !== "*") kept.set("estimator", this.estimator);
    history.replaceState(null, "", kept.toString() ? `#${kept}` : location.pathname);
  }

  /** The version that is looked at: the one chosen, else the champion, else the one with the newest figures. */
  modelOf(store) {
    return this.model || champion(store) || newestModel(store);
  }

  /** [key, slice] of a model in the window: the most rolled-up one of those that match, then that with the most labels. */
  sliceOf(store, model) {
    const stars = (v) => [v.tenant, v.domain, v.policyVersion].filter((x) => x === "*").length;
    const labelled = (v) => v.counts.labelled ?? 0;
    const wanted = (chosen, actual) => chosen === "*" || chosen === actual;
    return store
      .entries("slice")
      .filter(([, v]) => v.window === this.window && v.modelVersion === model)
      .filter(([, v]) => wanted(this.tenant, v.tenant) && wanted(this.domain, v.domain) && wanted(this.estimator, v.estimator))
      .sort(([, a], [, b]) => stars(b) - stars(a) || labelled(b) - labelled(a) || a.estimator.localeCompare(b.estimator) || b.emittedAtMicros - a.emittedAtMicros)[0];
  }
}

/** The version that answers on the champion channel. */
export function champion(store) {
  const release = store.all("release").find((r) => r.active && r.channel === "champion");
  return release ? release.version : "";
}

/** True for a slice that takes the answers of several, since there are more than are measured on their own. */
export const isOverflow = (slice) => slice.modelVersion.startsWith("(overflow ");

/** Slices of one model each. */
export const ownSlices = (store) => store.all("slice").filter((slice) => !isOverflow(slice));

/** Every version that is known from anywhere. */
export function models(store) {
  const versions = new Set();
  for (const slice of ownSlices(store)) versions.add(slice.modelVersion);
  for (const line of store.all("activity")) versions.add(line.model);
  for (const release of store.all("release")) if (release.active) versions.add(release.version);
  versions.delete("*");
  return [...versions].sort();
}

function newestModel(store) {
  const newest = ownSlices(store).sort((a, b) => b.emittedAtMicros - a.emittedAtMicros)[0];
  return newest ? newest.modelVersion : models(store)[0] || "";
}
