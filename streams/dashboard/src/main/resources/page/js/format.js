// Numbers and times as text.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const hourMinute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const dayHour = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

export const isNumber = (x) => typeof x === "number" && Number.isFinite(x);

export const count = (n) => whole.format(n);

/** "1 label", "2 labels". */
export const counted = (n, one, many) => `${count(n)} ${n === 1 ? one : many || one + "s"}`;

/** A fraction to three places. */
export const fraction = (x) => (isNumber(x) ? x.toFixed(3) : "–");

/** A probability to three places; a tiny one is not shown as 0. */
export const probability = (x) => (isNumber(x) && x > 0 && x < 0.0005 ? "< 0.001" : fraction(x));

/** A share in percent to one place. */
export const percent = (x) => (isNumber(x) ? `${(100 * x).toFixed(1)} %` : "–");

/** A value that is in percent already. */
export const points = (x) => (isNumber(x) ? x.toFixed(1) : "–");

/** A small figure of any size: 0.00123, 1.23, 1,234. */
export function figure(x) {
  if (!isNumber(x)) return "–";
  if (Number.isInteger(x)) return count(x);
  return Math.abs(x) >= 100 ? count(x) : Number(x.toPrecision(3)).toString();
}

export const timeOf = (micros) => clock.format(new Date(micros / 1000));

export function whenOf(micros, now) {
  const date = new Date(micros / 1000);
  return Math.abs(now - date.getTime()) < 20 * 3600 * 1000 ? clock.format(date) : dayHour.format(date);
}

/** Label of an axis of time, by the span that is shown. */
export function tickOf(seconds, span) {
  const date = new Date(seconds * 1000);
  if (span <= 600) return clock.format(date);
  if (span <= 26 * 3600) return hourMinute.format(date);
  return day.format(date);
}

/** "less than a second", "42 s", "3 min 5 s", "2 h 10 min". */
export function duration(seconds) {
  if (!isNumber(seconds) || seconds < 0) return "unknown";
  if (seconds < 1) return "less than a second";
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min${s % 60 ? ` ${s % 60} s` : ""}`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

export function latency(micros) {
  const ms = micros / 1000;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** First characters of a digest. */
export const short = (digest) => (digest && digest.length > 14 ? digest.slice(0, 12) + "…" : digest || "–");

/** Reasons as sentences; one without a translation is shown as it is. */
export function reason(code) {
  if (!code) return "Not defined for this window yet";
  if (code === "uncalibrated") return "No calibrator yet: one is fitted as soon as enough labels have arrived";
  if (code === "no-threshold") return "No threshold fitted yet: the answer stands";
  const said = code.replace(/^uncalibrated: (?=\d)/, "No calibrator yet: ").replace(/^uncalibrated: /, "");
  return said.charAt(0).toUpperCase() + said.slice(1);
}
