// How a courier shows that something arrived, or says why not; and which bag it is.
import { camera, canSee } from "../till/camera.js";
import { amount, ask, button, facts, field, form, h, say } from "../till/ui.js";

const EDGE = 1280;

/** The text of the bag's code, null when somebody turned back. What is not this bag is said at once, also offline. */
export async function whichBag(stop) {
  const typed = field(say("bag"), { autofocus: true, maxlength: 40, autocapitalize: "characters" }, say("scan_help"));
  const fits = (text) => {
    const upper = text.trim().toUpperCase(), number = stop.number.toUpperCase();
    return upper === number || (upper.length >= 4 && number.endsWith(upper)) || (/^\d+$/.test(upper) && stop.calling > 0 && Number(upper) === stop.calling);
  };
  return form(say("scan_title"), (body) => {
    body.append(h("p", { class: "courier-address" }, stop.number), typed.row);
    if (canSee()) body.append(button(say("camera"), "till-wide", async () => (typed.input.value = (await camera()) ?? typed.input.value)));
  }, say("picked"), () => {
    if (!fits(typed.input.value)) throw new Error(say("other_bag", { number: stop.number }));
    return typed.input.value.trim();
  });
}

/** What goes with "delivered": one proof, and the cash that was taken. */
export async function proof(stop) {
  const how = await ask(say("how"), (body, close) => {
    const paid = h("input", { type: "checkbox", id: "courier-paid" });
    const said = h("p", { class: "problem-text", role: "alert", hidden: true }, say("take_cash"));
    const choose = (kind) => {
      said.hidden = !stop.due_minor || paid.checked;
      if (said.hidden) close(kind);
    };
    if (stop.due_minor) body.append(h("label", { class: "check courier-cash", for: "courier-paid" }, paid, ` ${say("took_cash", { amount: amount(stop.due_minor) })}`), said);
    for (const kind of ["code", "photo", "signature"]) body.append(button(say(kind), "till-wide", () => choose(kind)));
  });
  if (!how) return null;
  const given = await { code, photo, signature }[how]();
  return given && { proof: how, ...given, cash_minor: stop.due_minor };
}

function code() {
  const typed = field(say("code"), { autofocus: true, inputmode: "numeric", maxlength: 10 }, say("code_help"));
  return form(say("code"), (body) => body.append(typed.row), say("delivered"), () => {
    const digits = typed.input.value.replace(/\D/g, "");
    if (digits.length !== 6) throw new Error(say("code_help"));
    return { code: digits };
  });
}

function photo() {
  const input = h("input", { type: "file", accept: "image/*", capture: "environment", id: "courier-photo", class: "input till-input" });
  return form(say("photo"), (body) => body.append(h("label", { for: "courier-photo" }, say("photo_help")), input), say("delivered"), async () => {
    if (!input.files[0]) throw new Error(say("photo_help"));
    return { photo: await shrunk(input.files[0]) };
  });
}

/** The picture no larger than it is kept, as base64. */
async function shrunk(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, EDGE / Math.max(picture.width, picture.height));
  const canvas = h("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.8).split(",")[1];
}

function signature() {
  const name = field(say("signed_by"), { maxlength: 120 });
  const pad = h("canvas", { class: "courier-pad", width: 600, height: 270, role: "img", "aria-label": say("signature") });
  let drawn = false;
  return form(say("signature"), (body) => {
    const pen = pad.getContext("2d");
    const wipe = () => {
      pen.fillStyle = "#ffffff";
      pen.fillRect(0, 0, pad.width, pad.height);
      pen.lineWidth = 4;
      drawn = false;
    };
    const at = (event) => [event.offsetX * pad.width / pad.clientWidth, event.offsetY * pad.height / pad.clientHeight];
    pad.addEventListener("pointerdown", (event) => (pad.setPointerCapture(event.pointerId), pen.beginPath(), pen.moveTo(...at(event))));
    pad.addEventListener("pointermove", (event) => {
      if (!pad.hasPointerCapture(event.pointerId)) return;
      pen.lineTo(...at(event));
      pen.stroke();
      drawn = true;
    });
    wipe();
    body.append(pad, button(say("clear"), "", wipe), name.row);
  }, say("delivered"), () => {
    if (!drawn) throw new Error(say("signature"));
    return { photo: pad.toDataURL("image/png").split(",")[1], name: name.input.value.trim() };
  });
}

/** Why it did not work and what follows: {reason, note, next}. */
export async function failure() {
  const reason = await ask(say("why"), (body, close) => {
    for (const each of facts.reasons) body.append(button(say(each), "till-wide", () => close(each)));
  });
  if (!reason) return null;
  const noted = field(say("noted"), { maxlength: 200 });
  let next = "again";
  return form(say(reason), (body) => {
    const choice = (value) => h("label", { class: "check" }, h("input", { type: "radio", name: "next", checked: value === next, onchange: () => (next = value) }), ` ${say(value === "again" ? "try_again" : "bring_back")}`);
    body.append(noted.row, h("div", { class: "stack-2" }, choice("again"), choice("return")));
  }, say("failed"), () => {
    if (reason === "other" && !noted.input.value.trim()) throw new Error(say("noted"));
    return { reason, note: noted.input.value.trim(), next };
  });
}
