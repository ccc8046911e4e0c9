// Releases, the newest first: the verdict, the reason, and what the release consists of.
import { h, show, showList, empty } from "../dom.js";
import { count, figure, isNumber, short, whenOf } from "../format.js";

export function renderReleases(container, store) {
  const releases = store.entries("release").sort(([, a], [, b]) => b.releasedAtMicros - a.releasedAtMicros);
  if (!releases.length) {
    show(container, empty("No release yet", "Every candidate of the trainer appears here, promoted or refused with the reason of the gate."));
    return;
  }
  if (!container.querySelector(":scope > .releases")) show(container, h("ul", { class: "releases", tabindex: 0, "aria-labelledby": "releases-title" }));
  showList(container.querySelector(":scope > .releases"), releases.map(([key, release]) => ({
    key: `${release.version} ${release.state} ${release.releasedAtMicros} ${key}`,
    stamp: JSON.stringify(release),
    make: () => view(release, store.now()),
  })));
}

function view(release, now) {
  return h(
    "li",
    { class: release.active ? "release active" : "release" },
    h(
      "div",
      { class: "release-head" },
      h("span", { class: "version" }, release.version),
      h("span", { class: `badge ${release.state.toLowerCase()}` }, release.state.toLowerCase().replace("_", " ")),
      release.active ? h("span", { class: "muted" }, `answers on ${release.channel}`) : null,
      h("time", { class: "muted push" }, whenOf(release.releasedAtMicros, now)),
    ),
    release.gate ? h("p", { class: "gate-reason" }, release.gate.reason) : null,
    release.gate ? paired(release.gate) : null,
    details(release),
  );
}

function paired(gate) {
  const rows = gate.paired.filter((m) => isNumber(m.value)).slice(0, 4);
  if (!rows.length) return null;
  return h("ul", { class: "chips" }, rows.map((m) => h("li", {}, h("span", {}, m.name), h("b", {}, `${m.value > 0 ? "+" : ""}${figure(m.value)}`), isNumber(m.low) ? h("span", {}, `${figure(m.low)} to ${figure(m.high)}`) : null)));
}

function details(release) {
  const gate = release.gate;
  const calibrator = release.calibrator;
  return h(
    "details",
    {},
    h("summary", {}, "Details"),
    h(
      "dl",
      { class: "facts" },
      fact("Approved by", release.approver),
      fact("Gate", gate ? `${gate.rule}; ${count(gate.n)} questions against ${gate.champion}` : null),
      fact("Model", short(release.modelDigest), release.modelDigest),
      fact("Adapter", release.adapterDigest && short(release.adapterDigest), release.adapterDigest),
      fact("Dataset", release.datasetDigest && short(release.datasetDigest), release.datasetDigest),
      fact("Location", release.location),
      fact("Prompt", release.promptTemplate),
      fact("Calibrator", calibrator ? `${calibrator.version}, ${calibrator.method}, ${calibrator.estimator}, n ${count(calibrator.n)}` : "none"),
      fact("Threshold", calibrator && isNumber(calibrator.tau) ? `${calibrator.thresholdScore.toLowerCase()} > ${figure(calibrator.tau)}` : null),
      Object.entries(release.recipe).map(([name, value]) => fact(name, value)),
    ),
  );
}

function fact(name, value, title) {
  return value ? [h("dt", {}, name), h("dd", { title }, value)] : null;
}
