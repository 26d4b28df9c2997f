// Gives links of Streamlit's navigation what holds for all pages (language, edition) when they are about to be used, so
// that a page opened in a new tab or a copied address has it too. A plain click is Streamlit's own.
"use strict";

(() => {
  const carriedOn = document.currentScript.dataset.carriedOn.split(" ");
  const links = "[data-testid=stTopNavLink], [data-testid=stSidebarNavLink], [data-testid=stLogoLink]";

  const complete = (event) => {
    const link = event.target instanceof Element && event.target.closest(links);
    if (!link || !link.href) return;
    const address = new URL(link.href);
    const shown = new URLSearchParams(location.search);
    for (const name of carriedOn) {
      if (shown.has(name)) address.searchParams.set(name, shown.get(name));
    }
    link.href = address.href;
  };

  for (const kind of ["pointerdown", "focusin", "pointerover"]) document.addEventListener(kind, complete, true);
})();
