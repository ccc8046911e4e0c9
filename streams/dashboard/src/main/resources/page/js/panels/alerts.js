// Open alerts on top of the page.
import { h, show } from "../dom.js";
import { whenOf } from "../format.js";

export function renderAlerts(container, store) {
  const alerts = store.all("alert").sort((a, b) => b.atMicros - a.atMicros);
  show(container, alerts.length ? h("ul", { class: "alerts" }, alerts.map((a) => h("li", {}, h("strong", {}, a.message), h("span", { class: "muted" }, `${a.modelVersion} · ${a.metric} · since ${whenOf(a.atMicros, store.now())}`)))) : null);
}
