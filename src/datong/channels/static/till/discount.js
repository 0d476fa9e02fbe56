// What staff take off by hand: up to their own limit alone, beyond it when a manager allows it.
import { state } from "./link.js";
import { minorOf, part, plain } from "./money.js";
import { amount, ask, button, exponent, facts, field, form, h, say } from "./ui.js";

const POLL_MS = 2000;

export async function discount(basket) {
  const most = basket.reckoned.goods + basket.now.byHand;
  const typed = field(say("off"), { inputmode: "decimal", autofocus: true, value: basket.now.byHand ? plain(basket.now.byHand, exponent()) : "" },
    facts.limit === null ? "" : say("limit", { most: amount(facts.limit) }));
  const set = (percent) => (typed.input.value = plain(part(most, percent, 100), exponent()));
  const wanted = await form(say("discount"), (body) => {
    body.append(h("div", { class: "till-choices" }, [0, 5, 10, 20].map((n) => button(`${n} %`, "till-chip", () => set(n)))), typed.row);
  }, say("use_it"), () => {
    const minor = minorOf(typed.input.value || "0", exponent());
    if (minor === null || minor > most) throw new Error(say("sum_to", { most: amount(most) }));
    return { minor };
  });
  if (!wanted) return false;
  let approved = "";
  if (facts.limit !== null && wanted.minor > facts.limit) {
    approved = await allow(basket, wanted.minor);
    if (!approved) return false;
  }
  Object.assign(basket.now, { byHand: wanted.minor, approved });
  await basket.save();
  return true;
}

/** Ask a manager, who decides in the console on any device. Resolves with the request's id once it is allowed. */
async function allow(basket, minor) {
  const refused = (text) => ask(say("discount"), (body) => body.append(h("p", { role: "alert" }, text))).then(() => "");
  if (!state.online) return refused(say("limit_offline"));
  const told = (path, options) => fetch(path, { cache: "no-store", ...options }).then((response) => (response.ok ? response.json() : null));
  const asked = await told(facts.approve, {
    method: "POST", headers: { "X-CSRFToken": facts.csrf, "Content-Type": "application/json" },
    body: JSON.stringify({ basket: basket.now.id, amount_minor: minor, store: facts.device.store }),
  }).catch(() => null);
  if (!asked) return refused(say("not_asked"));
  if (asked.state === "approved") return asked.id;
  return ask(say("discount"), async (body, close) => {
    body.append(h("p", { role: "status" }, say("ask_wait", { amount: amount(minor) })));
    while (document.contains(body) || !body.isConnected) {
      await new Promise((done) => setTimeout(done, POLL_MS));
      if (!body.isConnected) return;
      const now = await told(`${facts.approve}?id=${asked.id}`).catch(() => null);
      if (now?.state === "approved") return void close(asked.id);
      if (now && now.state !== "pending") return void body.replaceChildren(h("p", { role: "alert" }, say("ask_refused")));
    }
  }).then((id) => id ?? "");
}
