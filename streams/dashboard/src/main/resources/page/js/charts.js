// Parts that the charts share.
import { s } from "./dom.js";

/** Width to draw at: that of the container, within limits. */
export function widthOf(container, least = 260) {
  return Math.max(least, Math.floor(container.clientWidth || 600));
}

export const line = (x1, y1, x2, y2, name) => s("line", { x1, y1, x2, y2, class: name });

export const text = (x, y, anchor, words, name = "tick") => s("text", { x, y, "text-anchor": anchor, class: name }, words);

/** A linear scale. */
export const scale = (d0, d1, r0, r1) => (v) => r0 + ((v - d0) / (d1 - d0 || 1)) * (r1 - r0);

/** Round upper end and step of an axis from 0 that holds n. */
export function axis(n) {
  const rough = Math.max(1, n) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((m) => m * power).find((v) => v >= rough));
  return { step, end: Math.ceil(Math.max(1, n) / step) * step };
}

/** Wilson's 95 % interval of k out of n. */
export function wilson(k, n) {
  const z = 1.959964;
  const p = k / n;
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** Value and interval on a line from 0 to the end; drawn in a box of 100 x 8 that stretches. */
export function intervalBar(value, low, high, end, name) {
  const at = (v) => `${Math.min(100, Math.max(0, (100 * v) / end))}%`;
  const width = `${(100 * (Math.min(high, end) - Math.min(low, end))) / end}%`;
  return s(
    "svg",
    { class: `interval ${name || ""}`, width: "100%", height: 12, "aria-hidden": "true" },
    s("rect", { class: "track", x: 0, y: 4, width: "100%", height: 4, rx: 2 }),
    s("rect", { class: "range", x: at(low), y: 4, width, height: 4, rx: 2 }),
    s("circle", { class: "value", cx: at(value), cy: 6, r: 4.5 }),
  );
}

/** A line of values with a band, newest right; points: [{x, y, low, high}]. */
export function sparkline(points, name) {
  const [w, height] = [200, 36];
  const ys = points.flatMap((p) => [p.y, p.low ?? p.y, p.high ?? p.y]);
  const x = scale(points[0].x, points.at(-1).x, 2, w - 4);
  // From 0, so that a small move looks small.
  const y = scale(0, Math.max(...ys) * 1.05 + 1e-9, height - 1, 3);
  const path = points.map((p, i) => `${i ? "L" : "M"}${x(p.x).toFixed(1)} ${y(p.y).toFixed(1)}`).join("");
  const upper = points.map((p, i) => `${i ? "L" : "M"}${x(p.x).toFixed(1)} ${y(p.high ?? p.y).toFixed(1)}`).join("");
  const lower = [...points].reverse().map((p) => `L${x(p.x).toFixed(1)} ${y(p.low ?? p.y).toFixed(1)}`).join("");
  return s(
    "svg",
    { class: `spark ${name || ""}`, viewBox: `0 0 ${w} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    s("path", { class: "band", d: `${upper}${lower}Z` }),
    s("path", { class: "line", d: path, "vector-effect": "non-scaling-stroke" }),
  );
}
