// Builds elements. Text only ever becomes a text node or an attribute value: markup in an answer stays text.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element: h("p", {class: "muted"}, "text", child, ...). Absent children and attributes are left out. */
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function s(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "vars") for (const [key, v] of Object.entries(value)) element.style.setProperty(key, v);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** Replaces the content of an element. */
export function show(container, ...children) {
  container.replaceChildren(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
}

/**
 * Shows a list in order; an item is rebuilt only when its stamp changed, so open details and selected text survive.
 * Each item: {key, stamp, make: () => element}.
 */
export function showList(container, items) {
  const had = new Map([...container.children].map((e) => [e.dataset.key, e]));
  const wanted = items.map(({ key, stamp, make }) => {
    const old = had.get(key);
    if (old && old.stamp === stamp) return old;
    const made = make();
    made.dataset.key = key;
    made.stamp = stamp;
    const wasOpen = old && [...old.querySelectorAll("details")].map((d) => d.open);
    if (wasOpen) [...made.querySelectorAll("details")].forEach((d, i) => { d.open = wasOpen[i]; });
    return made;
  });
  if (wanted.length === container.children.length && wanted.every((e, i) => e === container.children[i])) return;
  container.replaceChildren(...wanted);
}

/** What stands where there is nothing yet: what is awaited. */
export function empty(title, text) {
  return h("div", { class: "empty" }, h("strong", {}, title), text);
}
