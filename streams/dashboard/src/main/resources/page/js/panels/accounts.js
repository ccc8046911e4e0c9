// Whether every label and answer is accounted for, what was set aside, and what cannot be read.
import { h, show, empty } from "../dom.js";
import { count, counted, whenOf } from "../format.js";
import { isOverflow } from "../selection.js";

export function renderAccounts(container, store) {
  const sum = store.all("accounting").find((a) => a.partition === "*");
  show(container, h("div", { class: "accounts" }, sum ? books(sum, store) : empty("Not counted yet", "Evaluation publishes the accounts with its first commit."), deadLetters(store)));
}

function books(sum, store) {
  return h(
    "div",
    { class: "books" },
    h("p", { class: `state ${sum.closed ? "closed" : "unclosed"}` }, h("b", {}, sum.closed ? "✓ Closed" : "✕ Open"), h("span", {}, sum.closed ? "both sums hold" : "a sum does not hold"), h("time", { class: "muted" }, whenOf(sum.emittedAtMicros, store.now()))),
    ledger("Label records", sum.labels, sum.labelsRead),
    ledger("Answers", sum.answers, sum.answersRead, sum.answerDuplicates ? `${counted(sum.answerDuplicates, "repeated record")} beside them` : null),
    overflow(store),
  );
}

/** What is measured in roll-ups only. */
function overflow(store) {
  const over = store.all("slice").filter((s) => isOverflow(s) && s.window === "7d" && s.tenant !== "*" && s.domain !== "*");
  const answers = over.reduce((sum, s) => sum + (s.counts.answers ?? 0), 0);
  return answers ? h("p", { class: "notice span-all" }, `${counted(answers, "answer")} of the last 7 days are beyond max.slices: they count in the figures of their model, but have no slice of their own`) : null;
}

function ledger(title, classes, read, aside) {
  const names = Object.keys(classes).sort((a, b) => classes[b] - classes[a] || a.localeCompare(b));
  return h(
    "div",
    { class: "ledger" },
    h("h3", {}, title, h("span", { class: "muted" }, `${count(read)} read`)),
    h("dl", {}, names.map((name) => h("div", { class: classes[name] ? null : "zero" }, h("dt", {}, name), h("dd", {}, count(classes[name]))))),
    aside ? h("p", { class: "muted" }, aside) : null,
  );
}

function deadLetters(store) {
  const letters = store.all("deadletter").sort((a, b) => b.count - a.count);
  const status = store.status;
  const undecodable = Object.entries((status && status.undecodable) || {});
  return h(
    "div",
    { class: "ledger set-aside" },
    h("h3", {}, "Set aside"),
    letters.length || undecodable.length ? null : h("p", { class: "muted" }, "No dead letters. Whatever a stage cannot process is listed here with its cause."),
    h("ul", {}, letters.map((l) => h("li", {}, h("p", {}, h("b", {}, count(l.count)), ` ${l.cause} in ${l.stage}`), l.message ? h("p", { class: "muted" }, `${l.message} (${l.origin})`) : h("p", { class: "muted" }, l.origin)))),
    undecodable.map(([topic, n]) => h("p", {}, h("b", {}, count(n)), ` not decodable on ${topic}`)),
    status && status.missingTopics.length ? h("p", { class: "muted" }, `Topics that do not exist yet: ${status.missingTopics.join(", ")}`) : null,
  );
}
