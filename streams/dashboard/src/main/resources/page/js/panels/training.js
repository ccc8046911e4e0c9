// The trainer's nights, step by step, the newest first.
import { h, show, showList, empty } from "../dom.js";
import { count, duration, figure, whenOf } from "../format.js";

const STEPS = {
  dataset: "Dataset",
  knowledge: "Knowledge scores",
  weights: "Weights and targets",
  finetune: "Fine-tuning",
  threshold: "<IDK> threshold",
  gate: "Gate",
  release: "Release",
  report: "Report",
};

const WORDS = { STARTED: "running", RUNNING: "running", DONE: "done", FAILED: "failed", REFUSED: "refused" };
const MARKS = { STARTED: "•", RUNNING: "•", DONE: "✓", FAILED: "✕", REFUSED: "–" };

export function renderTraining(container, note, store) {
  const nights = store.entries("training").sort(([, a], [, b]) => b.startedAtMicros - a.startedAtMicros);
  note.textContent = nights.length ? nightNote(nights[0][1]) : "";
  if (!nights.length) {
    show(container, empty("No night of training yet", "A request on qa.training-requests.v1 starts one; its steps appear here with progress and remaining time."));
    return;
  }
  if (!container.querySelector(":scope > .nights")) show(container, h("div", { class: "nights" }));
  const items = nights.map(([key, night], i) => ({
    key,
    stamp: JSON.stringify(night) + (i === 0),
    make: () => (i === 0 ? nightView(night) : h("details", { class: "older" }, h("summary", {}, `${night.requestId} · ${WORDS[night.state]} · ${whenOf(night.startedAtMicros, store.now())}`), nightView(night))),
  }));
  showList(container.querySelector(":scope > .nights"), items);
}

function nightNote(night) {
  const over = ended(night);
  const took = duration((night.updatedAtMicros - night.startedAtMicros) / 1e6);
  return over ? `${night.requestId}: ${WORDS[night.state]} after ${took}` : `${night.requestId}: step ${night.stepNumber} of ${night.steps}, ${took} so far`;
}

const ended = (night) => night.state === "FAILED" || night.state === "REFUSED" || (night.state === "DONE" && night.stepNumber >= night.steps);

function nightView(night) {
  const seen = new Map(night.stepsSeen.map((step) => [step.number, step]));
  const names = Object.keys(STEPS);
  const rows = [];
  for (let i = 1; i <= Math.max(night.steps, night.stepNumber); i++) {
    const step = seen.get(i);
    if (step) rows.push(stepView(step, seen.has(i + 1)));
    else if (!ended(night)) rows.push(h("li", { class: "step ahead" }, h("span", { class: "mark", "aria-hidden": "true" }, String(i)), h("div", {}, h("p", { class: "step-name" }, ahead(night, names, i)))));
  }
  return h("ol", { class: "steps" }, rows);
}

/** Name of a step that has not begun; known when the steps so far stand in the usual order. */
function ahead(night, names, number) {
  const usual = night.stepsSeen.every((step) => names[step.number - 1] === step.step);
  return (usual && STEPS[names[number - 1]]) || `Step ${number}`;
}

function stepView(step, isPast) {
  const running = step.state === "STARTED" || step.state === "RUNNING";
  const known = step.total > 0;
  const share = known ? Math.min(1, step.done / step.total) : null;
  const state = running && isPast ? "DONE" : step.state;
  return h(
    "li",
    { class: `step ${state.toLowerCase()}`, "data-step": step.step },
    h("span", { class: "mark", "aria-hidden": "true" }, MARKS[state]),
    h(
      "div",
      {},
      h("p", { class: "step-name" }, STEPS[step.step] || step.step, h("span", { class: "step-state" }, stateWords(step, state))),
      running && !isPast ? progress(step, known, share) : null,
      step.message ? h("p", { class: "step-message" }, step.message) : null,
      figures(step.figures),
    ),
  );
}

function stateWords(step, state) {
  if (state === "DONE") return duration((step.updatedAtMicros - step.startedAtMicros) / 1e6);
  if (state === "FAILED" || state === "REFUSED") return WORDS[state];
  return typeof step.remainingSeconds === "number" ? `about ${duration(step.remainingSeconds)} left` : "running";
}

function progress(step, known, share) {
  const words = known ? `${count(step.done)} of ${count(step.total)} ${step.unit}` : `${count(step.done)} ${step.unit}`;
  return [
    h(
      "div",
      { class: known ? "meter" : "meter unknown", role: "progressbar", "aria-label": STEPS[step.step] || step.step, "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": known ? Math.round(100 * share) : null, "aria-valuetext": words },
      h("i", { vars: { "--share": known ? share : 1 } }),
    ),
    h("p", { class: "muted" }, words),
  ];
}

function figures(all) {
  // The time that a step took stands beside its name.
  const shown = Object.entries(all || {}).filter(([name]) => name !== "duration_seconds").slice(0, 6);
  if (!shown.length) return null;
  return h("ul", { class: "chips" }, shown.map(([name, value]) => h("li", {}, h("span", {}, name.replaceAll("_", " ")), h("b", {}, figure(value)))));
}
