// Wires the event stream to the panels: what changed is drawn again, nothing else.
import { h, show } from "./dom.js";
import { timeOf } from "./format.js";
import { Store } from "./store.js";
import { Selection, champion, models, ownSlices } from "./selection.js";
import { renderAccounts } from "./panels/accounts.js";
import { renderActivity } from "./panels/activity.js";
import { renderAlerts } from "./panels/alerts.js";
import { renderAnswers } from "./panels/answers.js";
import { renderFigures } from "./panels/figures.js";
import { renderModels } from "./panels/models.js";
import { renderReleases } from "./panels/releases.js";
import { renderReliability } from "./panels/reliability.js";
import { renderTraining } from "./panels/training.js";

const at = (id) => document.getElementById(id);
const store = new Store();
const selection = new Selection();
const trends = new Map();

/** Panels with the types that they show; "view" is the selection or the width. */
const PANELS = [
  { needs: ["alert", "closedalert"], draw: () => renderAlerts(at("alerts"), store) },
  { needs: ["slice", "release", "activity", "view", "trend"], draw: drawFigures },
  { needs: ["slice", "release", "view"], draw: () => renderReliability(at("reliability"), chosenSlice()) },
  { needs: ["activity", "release", "slice", "view"], draw: () => renderActivity(at("activity"), store, chosenModel(), selection.window) },
  { needs: ["slice", "release", "activity", "view"], draw: () => renderModels(at("models"), store, selection, chosenModel()) },
  { needs: ["training"], draw: () => renderTraining(at("training"), at("training-note"), store) },
  { needs: ["release"], draw: () => renderReleases(at("releases"), store) },
  { needs: ["answer", "release", "slice", "view"], draw: () => renderAnswers(at("answers"), at("answers-note"), store, chosenModel()) },
  { needs: ["accounting", "deadletter", "status", "slice"], draw: () => renderAccounts(at("accounts"), store) },
  { needs: ["slice", "release", "activity", "view"], draw: drawSelectors },
  { needs: ["link", "status"], draw: drawConnection },
];

const chosenModel = () => selection.modelOf(store);
const chosenSlice = () => (selection.sliceOf(store, chosenModel()) || [])[1];

function draw(changed) {
  for (const panel of PANELS) if (panel.needs.some((type) => changed.has(type))) panel.draw();
  at("updated").textContent = store.synchronised ? `Updated ${timeOf(store.now() * 1000)}` : "";
}

function drawFigures() {
  const [key, slice] = selection.sliceOf(store, chosenModel()) || [];
  renderFigures(at("figures"), at("slice"), slice, chosenModel(), trends.get(key), selection);
  if (key !== undefined && !trends.has(key)) loadTrend(key);
}

/** The past of a slice comes once; what follows is in its events. */
async function loadTrend(key) {
  trends.set(key, []);
  const response = await fetch(`/api/trend?key=${encodeURIComponent(key)}`);
  if (!response.ok) return;
  trends.set(key, (await response.json()).points);
  store.touch("trend");
}

/** Adds what the events say to the trends that are shown. */
function extendTrends() {
  for (const [key, points] of trends) {
    const slice = store.state.slice.get(key);
    const last = points.at(-1);
    if (!slice || (last && slice.emittedAtMicros - last.atMicros < 2e6)) continue;
    const { ece = {}, aFpr = {} } = slice.figures;
    points.push({ atMicros: slice.emittedAtMicros, ece: ece.value, eceLow: ece.low, eceHigh: ece.high, aFpr: aFpr.value, aFprLow: aFpr.low, aFprHigh: aFpr.high });
    if (points.length > 480) points.splice(0, points.length, ...points.filter((_, i) => i % 2 === 0));
  }
}

function drawSelectors() {
  const now = champion(store);
  options(at("model"), [["", now ? `Champion (${now})` : chosenModel() || "Champion"], ...models(store).map((m) => [m, m])], selection.model);
  for (const name of ["tenant", "domain", "estimator"]) {
    const values = [...new Set(ownSlices(store).map((v) => v[name]))].filter((v) => v !== "*").sort();
    options(at(name), [["*", name === "estimator" ? "Most labels" : "All"], ...values.map((v) => [v, v])], selection[name]);
    at(`${name}-field`).hidden = values.length < 2 && selection[name] === "*";
  }
}

/** Changes the options of a select only when they differ, so an open list stays open. */
function options(select, wanted, chosen) {
  const stamp = JSON.stringify(wanted);
  if (select.stamp !== stamp) {
    select.stamp = stamp;
    show(select, wanted.map(([value, words]) => h("option", { value }, words)));
  }
  if (select.value !== chosen) select.value = wanted.some(([v]) => v === chosen) ? chosen : wanted[0][0];
}

function drawConnection() {
  const [state, words] = connection();
  at("connection").dataset.state = state;
  at("connection").title = (store.status && store.status.problem) || "";
  if (at("connection-text").textContent !== words) at("connection-text").textContent = words;
}

function connection() {
  const status = store.status;
  if (store.link === "lost") return ["lost", "Dashboard not reached, trying again"];
  if (!status) return ["connecting", "Connecting"];
  if (!status.reading) return ["lost", "Stopped reading the topics"];
  if (store.link === "silent") return ["lost", "Dashboard silent, waiting"];
  if (!status.connected) return ["lost", "Broker not reached, trying again"];
  if (status.problem) return ["degraded", "Reading is disturbed, trying again"];
  if (!status.caughtUp) return ["catching-up", "Catching up"];
  return ["live", "Live"];
}

function choose(name, value) {
  selection.set(name, value);
  store.touch("view");
}

for (const name of ["model", "tenant", "domain", "estimator"]) at(name).addEventListener("change", (e) => choose(name, e.target.value));
for (const radio of document.querySelectorAll("input[name=window]")) {
  radio.checked = radio.value === selection.window;
  radio.addEventListener("change", () => choose("window", radio.value));
}
let width = 0;
new ResizeObserver(([entry]) => {
  // Drawing changes the height; only another width is a reason to draw again.
  if (entry.contentRect.width === width) return;
  width = entry.contentRect.width;
  store.touch("view");
}).observe(at("main"));
// Windows that end now move on though nothing happens.
setInterval(() => selection.window !== "all" && store.touch("view"), 10_000);

store.listen((changed) => {
  if (changed.has("slice")) extendTrends();
  draw(changed);
});
store.connect();
draw(new Set(["alert", "slice", "activity", "training", "release", "answer", "accounting", "status", "link", "view"]));
