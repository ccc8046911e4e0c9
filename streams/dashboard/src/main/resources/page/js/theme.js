// Runs before the first paint. The stylesheet knows one dark palette, under data-theme; "system" is resolved here.
(function () {
  "use strict";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const order = ["system", "light", "dark"];
  let chosen = "system";

  function stored() {
    try {
      const value = localStorage.getItem("nescio.theme");
      return order.includes(value) ? value : "system";
    } catch (e) {
      // Storage is switched off: the choice then lasts for this page only.
      return chosen;
    }
  }

  function apply() {
    const choice = stored();
    document.documentElement.dataset.theme = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
    const button = document.getElementById("theme");
    if (button) {
      const words = { system: "as the system", light: "light", dark: "dark" };
      button.setAttribute("aria-label", "Colour theme: " + words[choice]);
      button.title = "Colour theme: " + words[choice];
    }
  }

  function next() {
    const opposite = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    // Two steps round: the opposite of what the system wants, and back to the system.
    choose(stored() === "system" ? opposite : "system");
  }

  function choose(theme) {
    chosen = theme;
    try {
      localStorage.setItem("nescio.theme", theme);
    } catch (e) {
      console.info("The colour theme is not remembered: " + e.message);
    }
    apply();
  }

  apply();
  dark.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", function () {
    document.getElementById("theme").addEventListener("click", next);
    apply();
  });
})();
