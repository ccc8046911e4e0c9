// Outcomes over time: stacked bars of what was answered, withheld, right, wrong and not yet labelled.
import { h, s, show, empty } from "../dom.js";
import { count, counted, tickOf } from "../format.js";
import { axis, line, scale, text, widthOf } from "../charts.js";

/** In the order of the numbers that the server sends. */
const OUTCOMES = [
  { name: "Answered, right", tone: "answered-correct" },
  { name: "Answered, wrong", tone: "answered-wrong" },
  { name: "Answered, no label yet", tone: "answered-open" },
  { name: "<IDK>, would be right", tone: "idk-correct" },
  { name: "<IDK>, would be wrong", tone: "idk-wrong" },
  { name: "<IDK>, no label yet", tone: "idk-open" },
  { name: "Error", tone: "error" },
];

/** Bottom to top. */
const STACK = [0, 1, 2, 4, 3, 5, 6];

const SHOWN = { "5m": [10, 30], "1h": [60, 60], "24h": [900, 96], "7d": [7200, 84] };
const MOST_BARS = 120;

export function renderActivity(container, store, model, window) {
  const buckets = bucketsOf(store, model, window);
  if (!buckets || !buckets.rows.some((r) => sum(r) > 0)) {
    const where = window === "all" ? "" : " in this window";
    show(container, empty(`No answers${where} yet`, "Bars appear with the first answers and take their colours as labels arrive."));
    return;
  }
  show(container, totals(buckets), chart(widthOf(container), buckets));
}

/** Rows of [start, ...counts] without holes, and the length of a bucket in seconds. */
function bucketsOf(store, model, window) {
  const lines = store.all("activity").filter((l) => l.model === model).sort((a, b) => a.bucketSeconds - b.bucketSeconds);
  if (!lines.length) return null;
  let seconds, first, last, chosen;
  if (window === "all") {
    chosen = lines.find((l) => l.whole && spanOf(l) <= MOST_BARS) || lines.at(-1);
    seconds = chosen.bucketSeconds;
    last = chosen.buckets.at(-1)[0];
    first = Math.min(chosen.buckets[0][0], last - 11 * seconds);
  } else {
    const [length, shown] = SHOWN[window];
    chosen = lines.find((l) => l.bucketSeconds === length);
    seconds = length;
    last = Math.floor(store.now() / 1000 / length) * length;
    first = last - (shown - 1) * length;
  }
  const had = new Map(chosen.buckets.map((row) => [row[0], row]));
  const rows = [];
  for (let t = first; t <= last; t += seconds) rows.push(had.get(t) || [t, 0, 0, 0, 0, 0, 0, 0]);
  return { rows, seconds };
}

const spanOf = (l) => (l.buckets.at(-1)[0] - l.buckets[0][0]) / l.bucketSeconds + 1;
const sum = (row) => row.slice(1).reduce((a, b) => a + b, 0);

function totals({ rows }) {
  const per = OUTCOMES.map((_, i) => rows.reduce((n, row) => n + row[i + 1], 0));
  const all = per.reduce((a, b) => a + b, 0);
  const shown = OUTCOMES.map((o, i) => ({ ...o, n: per[i] })).filter((o, i) => o.n > 0 || i === 0 || i === 1 || i === 4);
  return h(
    "ul",
    { class: "totals" },
    h("li", { class: "total-all" }, h("b", {}, count(all)), h("span", {}, all === 1 ? "answer" : "answers")),
    shown.map((o) => h("li", {}, h("b", {}, count(o.n)), h("span", {}, h("i", { class: `swatch ${o.tone}`, "aria-hidden": "true" }), o.name))),
  );
}

function chart(width, { rows, seconds }) {
  const left = 36, right = 6, top = 10, plot = width > 560 ? 352 : 220, below = 26, height = top + plot + below;
  const most = axis(Math.max(...rows.map(sum)));
  const y = scale(0, most.end, top + plot, top);
  const step = (width - left - right) / rows.length;
  const parts = [];
  for (let v = 0; v <= most.end; v += most.step) {
    parts.push(line(left, y(v), width - right, y(v), v ? "grid" : "axis-line"), text(left - 6, y(v) + 4, "end", count(v)));
  }
  rows.forEach((row, i) => parts.push(bar(row, left + i * step, Math.max(1, step - Math.min(3, step * 0.22)), y, seconds)));
  const ticks = Math.min(rows.length, Math.max(2, Math.floor((width - left) / 110)));
  const every = Math.ceil(rows.length / ticks);
  for (let i = 0; i < rows.length; i += every) {
    const anchor = i === 0 ? "start" : "middle";
    if (left + i * step < width - 40) parts.push(text(left + i * step, height - 7, anchor, tickOf(rows[i][0], rows.length * seconds)));
  }
  return s(
    "svg",
    { class: "chart activity", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": summary(rows, seconds) },
    parts,
  );
}

function bar(row, x, width, y, seconds) {
  const parts = [];
  let below = 0;
  for (const i of STACK) {
    const n = row[i + 1];
    if (!n) continue;
    const [y0, y1] = [y(below + n), y(below)];
    parts.push(s("rect", { class: OUTCOMES[i].tone, x, y: y0, width, height: Math.max(0.5, y1 - y0 - (y1 - y0 > 3 ? 0.75 : 0)) }));
    below += n;
  }
  if (!parts.length) return null;
  const words = OUTCOMES.map((o, i) => (row[i + 1] ? `${o.name}: ${count(row[i + 1])}` : null)).filter(Boolean);
  return s("g", {}, s("title", {}, `${tickOf(row[0], 300)} (${spanWords(seconds)})\n${words.join("\n")}`), parts);
}

const spanWords = (seconds) => (seconds < 60 ? `${seconds} s` : seconds < 3600 ? `${seconds / 60} min` : seconds < 86400 ? `${seconds / 3600} h` : "1 day");

function summary(rows, seconds) {
  const per = OUTCOMES.map((o, i) => `${o.name}: ${count(rows.reduce((n, r) => n + r[i + 1], 0))}`);
  return `Stacked bars, ${counted(rows.length, "bar")} of ${spanWords(seconds)} each. In all, ${per.join("; ")}.`;
}
