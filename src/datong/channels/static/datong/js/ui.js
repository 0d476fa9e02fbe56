"use strict";
// Menus, dialogs, toasts, copying, forms that send themselves, drafts. Every page works without it.
(() => {
  const on = (type, selector, act) =>
    document.addEventListener(type, (event) => {
      const found = event.target instanceof Element && event.target.closest(selector);
      if (found) act(found, event);
    });

  // Menus are <details>: one open at a time, Escape and a click elsewhere close them.
  const closeMenus = (but) => document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (menu !== but && !menu.contains(but)) menu.open = false;
  });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector("details[data-menu][open]");
    if (!menu) return;
    const items = [...menu.querySelectorAll("a, button, input, select, details > summary")].filter((item) => item.checkVisibility());
    const at = items.indexOf(document.activeElement);
    if (event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (/^(INPUT|SELECT)$/.test(document.activeElement.tagName) && document.activeElement.type !== "checkbox") return;
      event.preventDefault();
      items.at(event.key === "ArrowDown" ? (at + 1) % items.length : at - 1)?.focus();
    }
  });

  // Sections of the rail: what somebody opened stays open on the next page. The server reads the cookie.
  on("click", "[data-rail] > summary", (summary) => {
    const { rail } = summary.parentElement.dataset;
    const kept = (document.cookie.match(/(?:^|; )rail=([^;]*)/)?.[1] || "").split(".").filter((key) => key && key !== rail);
    if (!summary.parentElement.open) kept.push(rail);
    document.cookie = `rail=${kept.slice(-12).join(".")}; path=/; max-age=31536000; samesite=lax`;
  });

  const open = (id) => {
    const dialog = document.getElementById(id);
    if (dialog && !dialog.open) dialog.showModal();
    return dialog;
  };
  on("click", "[data-open]", (button) => open(button.dataset.open));
  on("click", "[data-close]", (button) => button.closest("dialog")?.close());
  document.addEventListener("click", (event) => {
    if (event.target instanceof HTMLDialogElement && event.target.open) {
      const box = event.target.getBoundingClientRect();
      const outside = event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
      if (outside && event.detail) event.target.close();
    }
  });
  // A dialog that came back with an error opens itself.
  document.querySelectorAll("dialog[data-show]").forEach((dialog) => dialog.showModal());

  const dismiss = (toast) => toast.remove();
  on("click", "[data-dismiss]", (button) => dismiss(button.closest("[data-toast]")));
  const age = (toast) => {
    if (toast.dataset.aged) return;
    toast.dataset.aged = "1";
    let timer = setTimeout(dismiss, 10000, toast);
    toast.addEventListener("pointerenter", () => clearTimeout(timer));
    toast.addEventListener("pointerleave", () => { timer = setTimeout(dismiss, 4000, toast); });
  };
  const toasts = document.getElementById("toasts");
  if (toasts) {
    toasts.querySelectorAll("[data-toast]").forEach(age);
    new MutationObserver(() => toasts.querySelectorAll("[data-toast]").forEach(age)).observe(toasts, { childList: true });
  }

  const copy = async (text, button) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    const said = document.getElementById("said");
    if (said) said.textContent = said.dataset.copied;
    button.dataset.copied = "1";
    setTimeout(() => delete button.dataset.copied, 1200);
  };
  on("click", "[data-copy]", (button) => copy(button.dataset.copy, button));
  on("click", "[data-copy-from]", (button) => copy(document.getElementById(button.dataset.copyFrom).textContent, button));

  on("change", "[data-submit]", (control) => control.form.requestSubmit());
  // Empty fields stay out of the address of a filter form.
  on("submit", "form[data-tidy]", (form) => {
    const empty = [...form.elements].filter((field) => field.name && !field.value);
    empty.forEach((field) => { field.disabled = true; });
    setTimeout(() => empty.forEach((field) => { field.disabled = false; }));
  });

  // What was typed survives a reload until it is sent: forms with data-draft="key".
  document.querySelectorAll("form[data-draft]").forEach((form) => {
    const key = `draft:${form.dataset.draft}`;
    const fields = () => [...form.elements].filter((f) => f.name && f.type !== "hidden" && f.type !== "password");
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(key)); } catch { kept = null; }
    const note = form.querySelector("[data-draft-note]");
    if (kept) {
      fields().forEach((f) => {
        if (!(f.name in kept)) return;
        if (f.type === "checkbox") f.checked = kept[f.name]; else f.value = kept[f.name];
      });
      if (note) note.hidden = false;
    }
    form.addEventListener("input", () => {
      const now = Object.fromEntries(fields().map((f) => [f.name, f.type === "checkbox" ? f.checked : f.value]));
      localStorage.setItem(key, JSON.stringify(now));
    });
    form.addEventListener("submit", () => localStorage.removeItem(key));
    form.addEventListener("reset", () => { localStorage.removeItem(key); if (note) note.hidden = true; });
  });

  // A typed confirmation: the button wakes when the words are right.
  on("input", "[data-confirm]", (field) => {
    field.form.querySelector("[type=submit]").disabled = field.value.trim() !== field.dataset.confirm;
  });

  document.addEventListener("htmx:responseError", () => {
    const box = document.getElementById("said-error");
    if (box && toasts) toasts.append(box.content.cloneNode(true));
  });
})();
