// The reliability diagram: accuracy by confidence with Wilson intervals, and how many answers each bin has.
import { h, s, show, empty } from "../dom.js";
import { count, counted, fraction, isNumber, percent } from "../format.js";
import { axis, line, scale, text, widthOf, wilson } from "../charts.js";

export function renderReliability(container, slice) {
  const bins = slice ? slice.bins : [];
  const total = bins.reduce((sum, b) => sum + b.n, 0);
  if (!total) {
    show(container, empty("No confidence to compare yet", "The diagram fills when answers that carry a calibrated confidence get their labels."));
    return;
  }
  const wasOpen = container.querySelector("details")?.open;
  show(container, diagram(widthOf(container), bins, total), legend(), table(bins, wasOpen));
}

function diagram(width, bins, total) {
  const left = 40, right = 8, top = 8, plot = Math.min(300, Math.max(200, width * 0.6)), gap = 14, counts = 54, below = 36;
  const height = top + plot + gap + counts + below;
  const x = scale(0, 1, left, width - right);
  const y = scale(0, 1, top + plot, top);
  const most = axis(Math.max(...bins.map((b) => b.n)));
  const countTop = top + plot + gap;
  const countY = scale(0, most.end, countTop + counts, countTop);
  const parts = [];
  for (let i = 0; i <= 4; i++) {
    const v = i / 4;
    parts.push(line(left, y(v), width - right, y(v), "grid"), text(left - 6, y(v) + 4, "end", percentTick(v)));
  }
  for (let i = 0; i <= 5; i++) parts.push(text(x(i / 5), height - 19, i === 5 ? "end" : "middle", percentTick(i / 5)));
  parts.push(line(x(0), y(0), x(1), y(1), "diagonal"));
  for (const bin of bins) parts.push(...drawBin(bin, x, y, countY, countTop + counts));
  parts.push(line(left, countTop + counts, width - right, countTop + counts, "axis-line"));
  parts.push(text(left - 6, countTop + 9, "end", count(most.end)), text(left - 6, countTop + counts, "end", "0"));
  parts.push(text((left + width - right) / 2, height - 3, "middle", "Confidence", "axis-name"));
  return s(
    "svg",
    { class: "chart reliability", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": summary(bins, total) },
    parts,
  );
}

function drawBin(bin, x, y, countY, base) {
  if (!bin.n) return [];
  const accuracy = bin.correct / bin.n;
  const middle = isNumber(bin.meanConfidence) ? bin.meanConfidence : (bin.lower + bin.upper) / 2;
  const [low, high] = wilson(bin.correct, bin.n);
  const title = s("title", {}, sentence(bin));
  const [x0, x1] = [x(bin.lower) + 2, x(bin.upper) - 2];
  return [
    s(
      "g",
      {},
      title,
      s("rect", { class: "bin", x: x0, y: y(accuracy), width: x1 - x0, height: Math.max(0, y(0) - y(accuracy)), rx: 2 }),
      line(x(middle), y(accuracy), x(middle), y(middle), "gap"),
      line(x(middle), y(low), x(middle), y(high), "whisker"),
      s("circle", { class: "point", cx: x(middle), cy: y(accuracy), r: 4.5 }),
      s("rect", { class: "count", x: x0, y: countY(bin.n), width: x1 - x0, height: base - countY(bin.n), rx: 2 }),
    ),
  ];
}

const percentTick = (v) => `${Math.round(v * 100)} %`;

const sentence = (bin) =>
  `Confidence ${bin.lower.toFixed(1)} to ${bin.upper.toFixed(1)}: ${counted(bin.n, "answer")}, ` +
  `${bin.n ? percent(bin.correct / bin.n) : "–"} right, mean confidence ${percent(bin.meanConfidence)}`;

function summary(bins, total) {
  const filled = bins.filter((b) => b.n);
  return `Reliability diagram of ${counted(total, "labelled answer")}. ${filled.map(sentence).join(". ")}.`;
}

function legend() {
  return h(
    "ul",
    { class: "legend", "aria-hidden": "true" },
    h("li", {}, h("i", { class: "key point-key" }), "Accuracy, 95 % interval"),
    h("li", {}, h("i", { class: "key dash-key" }), "Perfect calibration"),
    h("li", {}, h("i", { class: "key gap-key" }), "Gap"),
    h("li", {}, h("i", { class: "key count-key" }), "Answers per bin"),
  );
}

function table(bins, open) {
  const rows = bins.filter((b) => b.n).map((b) => h(
    "tr",
    {},
    h("th", { scope: "row" }, `${b.lower.toFixed(1)} – ${b.upper.toFixed(1)}`),
    h("td", {}, count(b.n)),
    h("td", {}, count(b.correct)),
    h("td", {}, fraction(b.correct / b.n)),
    h("td", {}, fraction(b.meanConfidence)),
  ));
  return h(
    "details",
    { class: "as-table", open },
    h("summary", {}, "As a table"),
    h("div", { class: "scroll" }, h(
      "table",
      {},
      h("thead", {}, h("tr", {}, ["Confidence", "Answers", "Right", "Accuracy", "Mean confidence"].map((t) => h("th", { scope: "col" }, t)))),
      h("tbody", {}, rows),
    )),
  );
}
