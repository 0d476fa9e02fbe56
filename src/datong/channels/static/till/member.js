// Whose basket it is: the member's code or number. Without network the number is kept and looked up when it is told.
import { call, state } from "./link.js";
import { button, field, form, note, say } from "./ui.js";
import { camera } from "./camera.js";

async function known(code) {
  const bare = /^DT1:(\d+)/.exec(code)?.[1] ?? (/^\d{8,20}$/.test(code) ? code : "");
  if (!state.online) {
    if (!bare) throw new Error(say("no_code"));
    return { number: bare };
  }
  const found = await call("POST", "/cards/scan", { code, use: "identify" });
  return { number: found.number };
}

/** The member, null for nobody any more, undefined when nothing changes. */
export async function member(code, now) {
  if (code) {
    const found = await known(code);
    note(say("member_is", { number: found.number.slice(-4) }));
    return found;
  }
  const typed = field(say("member_code"), { autofocus: true, maxlength: 120 }, say("member_help"));
  const result = await form(say("member"), (body, close) => {
    body.append(typed.row, button(say("camera"), "till-wide", async () => (typed.input.value = (await camera()) ?? typed.input.value)));
    if (now) body.append(button(say("no_member"), "till-wide", () => close({ nobody: true })));
  }, say("use_it"), () => {
    if (!typed.input.value.trim()) throw new Error(say("no_code"));
    return known(typed.input.value.trim());
  });
  if (!result) return undefined;
  return result.nobody ? null : result;
}
