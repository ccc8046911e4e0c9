// Open alerts on top of the page, and those that closed lately.
import { h, show } from "../dom.js";
import { counted, whenOf } from "../format.js";

export function renderAlerts(container, store) {
  const newest = (a, b) => b.atMicros - a.atMicros;
  const open = store.all("alert").sort(newest);
  const closed = store.all("closedalert").sort(newest);
  show(
    container,
    open.length ? h("ul", { class: "alerts" }, open.map((a) => item(a, `since ${whenOf(a.atMicros, store.now())}`))) : null,
    closed.length
      ? h("details", { class: "closed-alerts" }, h("summary", { class: "muted" }, `${counted(closed.length, "alert")} closed lately`), h("ul", {}, closed.map((a) => item(a, `closed ${whenOf(a.atMicros, store.now())}`))))
      : null,
  );
}

function item(alert, when) {
  const named = (what, value) => (value && value !== "*" ? `${what} ${value}` : null);
  const where = [alert.modelVersion, named("tenant", alert.tenant), named("domain", alert.domain), alert.metric, when];
  return h("li", {}, h("strong", {}, alert.message), h("span", { class: "muted" }, where.filter(Boolean).join(" · ")));
}
