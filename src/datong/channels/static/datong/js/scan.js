"use strict";
// A scanner types a code and presses Enter: add a unit to its line here, without waiting for the server, so that the
// next scan finds its field. Without this the form goes to the server and comes back with the unit added.
(() => {
  const field = document.querySelector("form[data-scan] [name=code]");
  if (!field) return;
  const form = field.form;
  const said = form.querySelector("[data-scan-said]");
  const say = (text, wrong) => {
    said.textContent = text;
    said.classList.toggle("differs", wrong);
    field.setAttribute("aria-invalid", String(wrong));
    if (wrong) navigator.vibrate?.(200);
  };
  const scan = () => {
    const code = field.value.trim();
    if (!code) return;
    const line = [...form.querySelectorAll("[data-codes]")].find((row) => row.dataset.codes.split("\n").includes(code));
    field.value = "";
    if (!line) return say(form.dataset.scanWrong.replace("{code}", code), true);
    const units = line.querySelector("input");
    units.value = (parseInt(units.value, 10) || 0) + 1;
    say(`${line.dataset.title}: ${units.value}`, false);
  };
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    if (event.target === field) scan();
    else field.focus();
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.value !== "scan") return;
    event.preventDefault();
    scan();
    field.focus();
  });
  field.addEventListener("focus", () => field.select());
})();
