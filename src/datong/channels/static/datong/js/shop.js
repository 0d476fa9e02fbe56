"use strict";
// Sharing the position, and looking again how far an order is. The shop works without either.
(() => {
  document.querySelectorAll("[data-here]").forEach((form) => {
    const button = form.querySelector("[data-locate]");
    const said = form.querySelector("[data-locate-said]");
    if (!button || !("geolocation" in navigator)) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      button.disabled = true;
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          form.elements.lat.value = coords.latitude.toFixed(3);
          form.elements.lon.value = coords.longitude.toFixed(3);
          form.submit();
        },
        () => {
          button.disabled = false;
          said.textContent = said.dataset.denied;
        },
        { maximumAge: 600000, timeout: 8000 },
      );
    });
  });

  if (document.querySelector("[data-refresh]")) {
    setInterval(() => document.visibilityState === "visible" && !document.querySelector("#after details[open]") && location.reload(), 60000);
  }
})();
