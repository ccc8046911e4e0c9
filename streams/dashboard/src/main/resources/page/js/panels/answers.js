// The newest answers: question, what the model produced, how sure it was, what was decided and why, and the truth.
import { h, show, showList, empty } from "../dom.js";
import { fraction, isNumber, latency, probability, reason, whenOf } from "../format.js";

const DECISIONS = { ANSWER: "Answered", IDK: "<IDK>", ERROR: "Error" };

export function renderAnswers(container, note, store, model) {
  const all = store.entries("answer").sort(([, a], [, b]) => b.answeredAtMicros - a.answeredAtMicros);
  const own = all.filter(([, a]) => a.modelVersion === model);
  // Early on, or after a release, the chosen version may have no recent answers: then all are listed.
  const listed = own.length ? own : all;
  note.textContent = !listed.length ? "" : own.length ? `Answered by ${model}, newest first` : "Of all models, newest first";
  if (!listed.length) {
    show(container, empty("No answers yet", "Publish a question to qa.questions.v1, for example with nescio ask, and its answer appears here."));
    return;
  }
  if (!container.querySelector(":scope > .answers")) {
    show(
      container,
      h("div", { class: "answers-head", "aria-hidden": "true" }, ["Question and answer", "Confidence", "Decision", "Label"].map((t) => h("span", {}, t))),
      h("ul", { class: "answers", tabindex: 0, "aria-labelledby": "answers-title" }),
    );
  }
  showList(container.querySelector(":scope > .answers"), listed.map(([key, answer]) => ({
    key,
    stamp: JSON.stringify(answer),
    make: () => view(answer, store.now()),
  })));
}

function view(a, now) {
  return h(
    "li",
    { class: "answer" },
    h(
      "div",
      { class: "qa" },
      h("p", { class: "question" }, a.question || h("span", { class: "muted" }, "Question not on the topic any more")),
      h("p", { class: a.decision === "IDK" ? "candidate withheld" : "candidate" }, a.candidate || h("span", { class: "muted" }, "No text")),
      h("p", { class: "muted meta" }, [whenOf(a.answeredAtMicros, now), a.modelVersion, a.latencyMicros ? latency(a.latencyMicros) : null, a.channel === "champion" ? null : a.channel, a.foreign ? "answered elsewhere" : null, a.audited ? "drawn for audit" : null].filter(Boolean).join(" · ")),
    ),
    confidence(a),
    h("div", { class: "decision" }, h("span", { class: `badge d-${a.decision.toLowerCase()}` }, DECISIONS[a.decision] || a.decision), h("p", { class: "muted" }, reason(a.reason))),
    label(a.label),
  );
}

function confidence(a) {
  if (!isNumber(a.confidence)) {
    return h("div", { class: "confidence" }, h("p", { class: "muted" }, (a.confidenceReason || "").startsWith("uncalibrated") ? "Not calibrated yet" : a.confidenceReason || "None"), pIdk(a));
  }
  return h(
    "div",
    { class: "confidence" },
    h("p", { class: "strong" }, h("span", { class: "sr" }, "Confidence "), fraction(a.confidence)),
    h("div", { class: "meter thin", "aria-hidden": "true" }, h("i", { vars: { "--share": a.confidence } })),
    pIdk(a),
  );
}

const pIdk = (a) => (isNumber(a.pIdk) ? h("p", { class: "muted" }, `p(IDK) ${probability(a.pIdk)}`) : null);

function label(l) {
  if (!l) return h("div", { class: "label open" }, h("span", { class: "verdict" }, "No label yet"));
  const ungradable = l.correct === undefined || l.correct === null;
  const words = ungradable ? "Ungradable" : l.correct ? "✓ Right" : "✕ Wrong";
  return h(
    "div",
    { class: `label ${ungradable ? "open" : l.correct ? "right" : "wrong"}` },
    h("span", { class: "verdict" }, words),
    h("p", { class: "muted" }, l.principal.startsWith(l.source.toLowerCase()) ? l.principal : `${l.source.toLowerCase()} · ${l.principal}`),
    l.correction ? h("p", { class: "muted" }, `Should be: ${l.correction}`) : null,
    ungradable && l.reason ? h("p", { class: "muted" }, l.reason) : null,
  );
}
