"use strict";
// Tables: select rows and act on them, move between rows with j and k, and show how many rows are chosen.
(() => {
  const refresh = (form) => {
    const boxes = [...form.querySelectorAll("tbody input[type=checkbox][name=id]")];
    const chosen = boxes.filter((box) => box.checked);
    boxes.forEach((box) => box.closest("tr").setAttribute("aria-selected", String(box.checked)));
    const all = form.querySelector("[data-all]");
    if (all) {
      all.checked = chosen.length > 0 && chosen.length === boxes.length;
      all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
    }
    const bar = form.querySelector("[data-bulk]");
    if (bar) {
      bar.hidden = !chosen.length;
      bar.querySelector("[data-bulk-count]").textContent = String(chosen.length);
    }
  };
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-rows]");
    if (!form) return;
    if (event.target.matches("[data-all]")) {
      form.querySelectorAll("tbody input[type=checkbox][name=id]").forEach((box) => { box.checked = event.target.checked; });
    }
    refresh(form);
  });
  // A button with data-hotkey is pressed by that letter, wherever nothing is being typed.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName)) return;
    const button = [...document.querySelectorAll("button[data-hotkey]")].find((one) => one.dataset.hotkey === event.key);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !["j", "k", "x"].includes(event.key)) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName) && document.activeElement.type !== "checkbox") return;
    const links = [...document.querySelectorAll("table[data-keys] tbody .table-name")];
    if (!links.length) return;
    const row = document.activeElement?.closest("tr");
    const at = links.findIndex((link) => link.closest("tr") === row);
    if (event.key === "x") {
      const box = row?.querySelector("input[type=checkbox]");
      if (box) { box.checked = !box.checked; box.dispatchEvent(new Event("change", { bubbles: true })); }
    } else {
      const next = links[event.key === "j" ? Math.min(at + 1, links.length - 1) : Math.max(at - 1, 0)];
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    }
    event.preventDefault();
  });
})();
