// Gives Streamlit's built-in English labels their words in the language of the page, and stops its single-key shortcuts.
"use strict";

(() => {
  const labels = JSON.parse(document.getElementById("yp-labels").textContent);
  const attributes = ["aria-label", "title", "placeholder"];

  // the buttons beside a chosen file: "Remove members.csv"
  const named = (text) => {
    const found = /^(Remove|Cancel upload of) (.+)$/.exec(text);
    return found && labels[`${found[1]} {name}`].replace("{name}", () => found[2]);
  };

  const translate = (element) => {
    const isOfUploader = element.closest("[data-testid=stFileUploader]");
    for (const name of attributes) {
      const label = element.getAttribute(name);
      const word = labels[label] ?? (label && isOfUploader && named(label));
      if (word && word !== element.getAttribute(name)) element.setAttribute(name, word);
    }
  };

  // the button of the navigation for pages that have no room: "2 more"
  // and the announcement of a list of choices: "11 options available."
  const counted = (text) => {
    const found = /^(\d+) (more|options? available)\.?$/.exec(text);
    return found && labels[found[2] === "more" ? "{n} more" : "{n} options available"].replace("{n}", found[1]);
  };

  const translateTree = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const word = labels[node.data.trim()] ?? counted(node.data.trim());
      const isNew = word && word !== node.data.trim();  // an English word is its own: writing it again would never end
      if (isNew && node.parentElement && !node.parentElement.closest("[data-testid=stHtml]")) node.data = word;
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    translate(node);
    for (const child of node.childNodes) translateTree(child);
  };

  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") translate(change.target);
      else if (change.type === "characterData") translateTree(change.target);
      else for (const node of change.addedNodes) translateTree(node);
    }
  }).observe(document.documentElement, {
    attributes: true,
    attributeFilter: attributes,
    characterData: true,
    childList: true,
    subtree: true,
  });
  translateTree(document.documentElement); // what was drawn before this script ran

  // the first sight of the front page goes when the page itself stands, or says why it can't
  const sight = document.getElementById("yp-first-sight");
  const stands = "#root :is(.yp-figures, .yp-footer, .yp-notice-problem), [role=dialog]";
  if (sight) {
    const watch = new MutationObserver(() => {
      if (!document.querySelector(stands)) return;
      watch.disconnect();
      sight.remove();
    });
    watch.observe(document.body, { childList: true, subtree: true });
  }

  // Plotly draws in pixels of the screen: with a viewBox a chart shrinks to the sheet instead of being cut
  window.addEventListener("beforeprint", () => {
    for (const chart of document.querySelectorAll(".js-plotly-plot .main-svg")) {
      chart.setAttribute("viewBox", `0 0 ${chart.getAttribute("width")} ${chart.getAttribute("height")}`);
    }
  });
  window.addEventListener("afterprint", () => {
    for (const chart of document.querySelectorAll(".js-plotly-plot .main-svg")) chart.removeAttribute("viewBox");
  });

  window.addEventListener(
    "keydown",
    (event) => {
      const single = ["r", "c"].includes(event.key.toLowerCase()) && !event.ctrlKey && !event.metaKey && !event.altKey;
      const writing = event.target instanceof HTMLElement && event.target.matches("input, textarea, [contenteditable]");
      if (single && !writing) event.stopImmediatePropagation();
    },
    true,
  );
})();
