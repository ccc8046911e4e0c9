// The headline figures of the chosen slice and window, each with its interval, or the reason why there is none.
import { h, show, empty } from "../dom.js";
import { count, counted, duration, fraction, isNumber, percent, points, reason } from "../format.js";
import { intervalBar, sparkline } from "../charts.js";

const FIGURES = [
  { field: "ece", name: "ECE", long: "Expected calibration error", says: "How far confidence is from accuracy. Lower is better.", text: fraction, end: 0.5, tone: "main", trend: ["ece", "eceLow", "eceHigh"] },
  { field: "aFpr", name: "A-FPR", long: "Abstention false positive rate", says: "Right answers that were withheld as <IDK>. Lower is better.", text: percent, end: 0.5, tone: "idk", trend: ["aFpr", "aFprLow", "aFprHigh"] },
  { field: "brier", name: "Brier", long: "Brier score", says: "Squared error of the confidence. Lower is better.", text: fraction, end: 0.5 },
  { field: "auroc", name: "AUROC", long: "AUROC of the confidence", says: "Ranks right above wrong. Higher is better.", text: fraction, end: 1 },
  { field: "coverage", name: "Coverage", long: "Coverage", says: "Share that was answered, not <IDK>.", text: percent, end: 1 },
  { field: "answeredAccuracy", name: "Answered accuracy", long: "Accuracy of what was answered", says: "Of what was answered. Higher is better.", text: percent, end: 1 },
  { field: "idkPrecision", name: "IDK precision", long: "Precision of <IDK>", says: "Of what was withheld, wrong. Higher is better.", text: percent, end: 1 },
  { field: "naupc", name: "nAUPC", long: "Normalised area under the penalised curve", says: "Accuracy and abstention in one. Higher is better.", text: points, end: 100 },
];

export function renderFigures(container, note, slice, model, trend, selection) {
  if (!slice) {
    note.textContent = "";
    show(container, h("div", { class: "span-all" }, waiting(model, selection)));
    return;
  }
  const labelled = slice.counts.labelled ?? slice.figures.ece?.n ?? 0;
  note.textContent = [
    slice.modelVersion,
    `${counted(labelled, "labelled answer")}${isNumber(slice.labelCoverage) ? ` (${percent(slice.labelCoverage)} of the window)` : ""}`,
    `graded ${slice.grader}`,
    slice.estimator,
    slice.calibratorVersion ? `calibrator ${slice.calibratorVersion}` : "no calibrator yet",
    ...delays(slice.figures.labelDelayMedian, slice.figures.labelDelayP99),
    ...agreement("grader", slice.figures.graderAgreement),
    ...agreement("judge", slice.figures.judgeAgreement),
  ].join(" · ");
  show(container, FIGURES.map((figure) => card(figure, slice, trend)));
}

/** How late the labels are that these figures rest on. */
function delays(median, last) {
  if (!isNumber(median?.value) || !isNumber(last?.value)) return [];
  return [`half of the labels within ${duration(median.value)}, 99 % within ${duration(last.value)}`];
}

/** Whether verdicts that are not of people can be trusted. */
function agreement(who, metric) {
  return isNumber(metric?.value) ? [`${who} agrees with people on ${percent(metric.value)} of ${count(metric.n)}`] : [];
}

function waiting(model, selection) {
  const where = selection.window === "all" ? "" : " in this window";
  return empty(
    model ? `No calibration figures for ${model}${where} yet` : "No calibration figures yet",
    "They appear with the first labelled answers; ECE follows as soon as a calibrator has been fitted on enough of them.",
  );
}

function card(figure, slice, trend) {
  const metric = slice.figures[figure.field];
  const defined = metric && isNumber(metric.value);
  return h(
    "article",
    { class: `figure ${figure.tone || ""}`, "data-figure": figure.field },
    h("h3", { title: figure.long }, figure.name, h("span", { class: "sr" }, ` (${figure.long})`)),
    defined ? value(figure, metric) : h("p", { class: "why" }, why(figure, metric, slice)),
    defined || !figure.tone ? null : towards(metric?.reason),
    figure.trend ? line(figure, trend, metric, slice) : null,
    h("p", { class: "muted" }, figure.says),
  );
}

function value(figure, metric) {
  const hasInterval = isNumber(metric.low) && isNumber(metric.high);
  return [
    h("p", { class: "value" }, figure.text(metric.value)),
    hasInterval ? intervalBar(metric.value, metric.low, metric.high, figure.end, figure.tone) : null,
    h(
      "p",
      { class: "interval-text" },
      hasInterval ? h("span", { class: "num" }, `${figure.text(metric.low)} to ${figure.text(metric.high)}`) : null,
      h("span", { class: "num muted" }, `n ${count(metric.n)}`),
    ),
  ];
}

/** Why there is no value; a share of nothing needs no calibrator to be undefined. */
function why(figure, metric, slice) {
  const { idk_correct: right = 0, idk_incorrect: wrong = 0, labelled = 0 } = slice.counts;
  const nothingWithheld = figure.field === "idkPrecision" && labelled > 0 && right + wrong === 0;
  return nothingWithheld ? "Nothing was withheld" : reason(metric?.reason);
}

/** A bar towards the labels that are needed, where the reason counts them. */
function towards(code) {
  const found = /(\d+) of (\d+) labels needed/.exec(code || "");
  if (!found) return null;
  const [have, need] = [Number(found[1]), Number(found[2])];
  return h(
    "div",
    { class: "meter", role: "progressbar", "aria-label": "Labels until the first calibrator", "aria-valuemin": 0, "aria-valuemax": need, "aria-valuenow": have },
    h("i", { vars: { "--share": Math.min(1, have / need) } }),
  );
}

/** How the figure moved; three points at least. */
function line(figure, trend, metric, slice) {
  const [y, low, high] = figure.trend;
  const points = (trend || [])
    .filter((p) => isNumber(p[y]))
    .map((p) => ({ x: p.atMicros, y: p[y], low: p[low], high: p[high] }));
  if (metric && isNumber(metric.value)) {
    points.push({ x: slice.emittedAtMicros, y: metric.value, low: metric.low, high: metric.high });
  }
  return points.length > 2 ? sparkline(points, figure.tone) : null;
}
