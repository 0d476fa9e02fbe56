// A browser becomes a till: its store, its name, a key that is told once and stays on this device.
import * as store from "./store.js";
import { facts, field, h, say } from "./ui.js";

export function setup(place) {
  if (!facts.may_register) {
    place.replaceChildren(h("div", { class: "till-note stack" }, h("h1", {}, say("no_till")), h("p", {}, say("ask_manager"))));
    return new Promise(() => {});
  }
  const wanted = new URLSearchParams(location.search).get("store");
  const options = facts.stores.map((one) => h("option", { value: one.code, selected: one.code === wanted }, `${one.name} (${one.code})`));
  const select = h("select", { class: "input till-input", id: "till-store" }, options);
  const name = field(say("till_name"), { maxlength: 60, value: say("till_name_usual"), required: true }, say("till_name_help"));
  const error = h("p", { class: "problem-text", role: "alert", hidden: true });
  return new Promise((done) => {
    const onsubmit = async (event) => {
      event.preventDefault();
      error.hidden = true;
      try {
        done(await register(select.value, name.input.value));
      } catch (wrong) {
        error.textContent = wrong instanceof TypeError ? say("needs_network") : wrong.message;
        error.hidden = false;
      }
    };
    place.replaceChildren(h("form", { class: "till-note stack", onsubmit }, h("h1", {}, say("make_till")), h("p", { class: "muted" }, say("make_till_help")),
      h("div", { class: "field" }, h("label", { class: "field-label", for: "till-store" }, say("store")), h("span", { class: "select" }, select)), name.row, error,
      h("button", { class: "button button-primary till-button till-wide" }, say("make_till_do"))));
  });
}

async function register(code, name) {
  const response = await fetch(facts.register, {
    method: "POST", headers: { "X-CSRFToken": facts.csrf, "Content-Type": "application/json" },
    body: JSON.stringify({ store: code, name: name.trim() }),
  });
  const said = await response.json().catch(() => null);
  if (!response.ok || !said) throw new Error(said?.detail ?? say("not_registered"));
  await store.put("device", said);
  return said;
}
