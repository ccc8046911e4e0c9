// Every model version side by side in the chosen window.
import { h, show, empty } from "../dom.js";
import { count, fraction, isNumber, percent, points, reason } from "../format.js";
import { intervalBar } from "../charts.js";
import { models } from "../selection.js";

const COLUMNS = [
  { field: "ece", name: "ECE", text: fraction, bar: 0.5, tone: "main" },
  { field: "aFpr", name: "A-FPR", text: percent, bar: 0.5, tone: "idk" },
  { field: "brier", name: "Brier", text: fraction },
  { field: "auroc", name: "AUROC", text: fraction },
  { field: "aurocPIdk", name: "AUROC p(IDK)", text: fraction },
  { field: "coverage", name: "Coverage", text: percent },
  { field: "accuracy", name: "Accuracy", text: percent },
  { field: "naupc", name: "nAUPC", text: points },
];

export function renderModels(container, store, selection, chosen) {
  const rows = models(store).map((model) => [model, selection.sliceOf(store, model)]);
  if (!rows.length) {
    show(container, empty("No model has answered yet", "A version is listed as soon as it answers or is released."));
    return;
  }
  show(container, h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Model versions" }, h(
    "table",
    { class: "models" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Version"), COLUMNS.map((c) => h("th", { scope: "col" }, c.name)), h("th", { scope: "col" }, "Labelled"))),
    h("tbody", {}, rows.map(([model, entry]) => row(store, model, entry && entry[1], model === chosen))),
  )));
}

function row(store, model, slice, isChosen) {
  const releases = store.all("release").filter((r) => r.version === model);
  const release = releases.find((r) => r.active) || releases.sort((a, b) => b.releasedAtMicros - a.releasedAtMicros)[0];
  return h(
    "tr",
    { class: isChosen ? "chosen" : null },
    h("th", { scope: "row" }, h("span", { class: "version" }, model), release ? h("span", { class: `badge ${release.state.toLowerCase()}` }, release.state.toLowerCase().replace("_", " ")) : null),
    slice
      ? COLUMNS.map((c) => cell(c, slice.figures[c.field]))
      : h("td", { colspan: COLUMNS.length, class: "muted" }, "No labelled answers in this window"),
    h("td", { class: "num" }, slice ? count(slice.counts.labelled ?? 0) : "0"),
  );
}

function cell(column, metric) {
  if (!metric || !isNumber(metric.value)) {
    return h("td", { class: "muted", title: reason(metric?.reason) }, (metric?.reason || "").startsWith("uncalibrated") ? "uncalibrated" : "–", h("span", { class: "sr" }, ` ${reason(metric?.reason)}`));
  }
  const interval = isNumber(metric.low) && isNumber(metric.high);
  return h(
    "td",
    {},
    h("span", { class: "num strong" }, column.text(metric.value)),
    interval ? h("span", { class: "num range" }, `${column.text(metric.low)} – ${column.text(metric.high)}`) : null,
    interval && column.bar ? intervalBar(metric.value, metric.low, metric.high, column.bar, column.tone) : null,
  );
}
