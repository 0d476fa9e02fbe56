// A shift: opened with a float, cash in and out, counted without being told what should be there, closed.
import * as store from "./store.js";
import { minorOf, plain } from "./money.js";
import { amount, ask, button, exponent, facts, field, form, h, note, say } from "./ui.js";

export const fact = (kind, body, shift) => ({
  id: store.uuid7(), kind, at: new Date().toISOString(), by: facts.staff, shift_id: shift?.id ?? null, body,
});

const read = (typed) => {
  const minor = minorOf(typed.input.value, exponent());
  if (minor === null) throw new Error(say("no_amount", { digits: exponent() }));
  return minor;
};

export function open() {
  const float = field(say("float"), { inputmode: "decimal", value: plain(0, exponent()), autofocus: true }, say("float_help"));
  return form(say("open_shift"), (body) => body.append(float.row), say("open_shift"), async () => {
    const shift = { id: store.uuid7(), by: facts.staff, name: facts.name, at: Date.now(), float: read(float) };
    await store.together(["kept", "queue"], ({ kept, queue }) => {
      kept.put(shift, "shift");
      queue.add(fact("shift_opened", { float_minor: shift.float }, shift));
    });
    return shift;
  });
}

/** Cash that is no sale: change from the bank, something bought, some of it to the safe. */
export async function cash(shift) {
  const sum = field(say("sum"), { inputmode: "decimal" });
  const why = field(say("what_for"), { maxlength: 200 });
  let kind = "paid_out";
  return form(say("drawer"), (body) => {
    const kinds = ["paid_out", "paid_in", "drop"].map((name) => h("label", { class: "check till-check" },
      h("input", { type: "radio", name: "kind", checked: name === kind, onchange: () => (kind = name) }), say(name)));
    body.append(h("fieldset", { class: "stack-2" }, h("legend", { class: "field-label" }, say("drawer_kind")), kinds), sum.row, why.row);
  }, say("note_it"), async () => {
    const minor = read(sum), reason = why.input.value.trim();
    if (!minor) throw new Error(say("no_amount", { digits: exponent() }));
    if (!reason) throw new Error(say("no_reason"));
    await store.save("queue", fact("cash", { kind, amount_minor: minor, reason }, shift));
    note(say("noted"));
    return true;
  });
}

export async function close(shift) {
  const rows = facts.faces.map((face) => ({ face, ...field(amount(face), { inputmode: "numeric", placeholder: "0" }) }));
  const words = field(say("note"), { maxlength: 200 });
  const total = h("strong", {}, amount(0));
  const count = () => rows.reduce((sum, row) => sum + row.face * (Number.parseInt(row.input.value, 10) || 0), 0);
  const result = await form(say("close_shift"), (body) => {
    body.append(h("p", { class: "muted" }, say("count_help")),
      h("div", { class: "till-faces", oninput: () => (total.textContent = amount(count())) }, rows.map((row) => row.row)),
      h("p", { class: "till-due" }, h("span", {}, say("counted")), total), words.row);
  }, say("close_shift"), async () => {
    const bad = rows.find((row) => row.input.value && !/^\d{1,5}$/.test(row.input.value.trim()));
    if (bad) throw new Error(say("whole_pieces"));
    const pieces = Object.fromEntries(rows.map((row) => [row.face, Number.parseInt(row.input.value, 10) || 0]).filter(([, n]) => n));
    await store.together(["kept", "queue"], ({ kept, queue }) => {
      kept.delete("shift");
      queue.add(fact("shift_closed", { pieces, note: words.input.value.trim() }, shift));
    });
    return { counted: count() };
  });
  if (result) {
    await ask(say("shift_closed"), (body, done) => body.append(h("p", { class: "till-change" }, h("span", {}, say("counted")),
      h("strong", {}, amount(result.counted))), h("p", { class: "muted" }, say("shift_closed_help")), button(say("close"), "button-primary till-wide", () => done(true))));
  }
  return result;
}
