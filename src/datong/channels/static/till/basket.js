// The basket: on the device after every touch, so that a tab that dies loses nothing.
import * as store from "./store.js";
import { off, sums } from "./money.js";

const KEPT_RECEIPTS = 200;
export const NEW = () => ({ id: store.uuid7(), lines: [], member: null, byHand: 0, note: "", approved: "" });

export class Basket {
  constructor(items, market) {
    this.items = items;
    this.market = market;
    this.quote = null;
    this.now = NEW();
  }

  async load() {
    this.now = (await store.get("basket")) ?? NEW();
  }

  /** The lines as they would be asked for: a quote belongs to one such text. */
  get mark() {
    const asked = this.now.lines.map((line) => [line.sku, line.units, line.options]);
    return JSON.stringify([asked, this.now.member?.number ?? ""]);
  }

  get reckoned() {
    const quoted = this.quote?.mark === this.mark ? this.quote.lines : null;
    const lines = this.now.lines.map((line, at) => {
      const item = this.items.get(line.sku) ?? line.item;
      const said = quoted?.[at];
      const own = item.unit_minor + line.delta;
      const sure = said && !said.problem;
      const unit = sure ? said.unit_minor : own;
      const promo = sure ? said.discount_minor : off(item.off, unit, line.units);
      return { ...line, item, unit, promo, tax: item.tax, ppm: item.tax_ppm, why: said?.problem ?? "" };
    });
    return sums(lines, this.now.byHand, this.market);
  }

  get units() {
    return this.now.lines.reduce((sum, line) => sum + line.units, 0);
  }

  save() {
    return store.put("basket", this.now);
  }

  add(item, units = 1, options = [], delta = 0, said = "") {
    const key = JSON.stringify([item.sku, options]);
    const there = this.now.lines.find((line) => line.key === key);
    if (there) there.units += units;
    else this.now.lines.push({ key, sku: item.sku, units, options, delta, said, item });
    return this.save();
  }

  set(key, units) {
    const line = this.now.lines.find((each) => each.key === key);
    if (!line) return undefined;
    line.units = Math.min(Math.max(0, units), 99_999);
    this.now.lines = this.now.lines.filter((each) => each.units > 0);
    if (!this.now.lines.length) this.now.byHand = 0;
    return this.save();
  }

  clear() {
    this.now = NEW();
    return this.save();
  }

  async park() {
    await store.together(["kept", "parked"], ({ kept, parked }) => {
      parked.put({ ...this.now, at: Date.now() });
      kept.put((this.now = NEW()), "basket");
    });
  }

  async resume(id) {
    await store.together(["kept", "parked"], async ({ kept, parked }, answer) => {
      const found = await answer(parked.get(id));
      if (!found) return;
      if (this.now.lines.length) parked.put({ ...this.now, at: Date.now() });
      parked.delete(id);
      kept.put((this.now = found), "basket");
    });
  }

  /**
   * Sell it: the fact to be told, the receipt and an empty basket are one transaction, so a tab that dies has sold it or
   * not. Returns null when another tab sold this very basket a moment ago.
   */
  async sell(fact, receipt) {
    const mine = this.now.id, next = NEW();
    const done = await store.together(["kept", "queue", "receipts"], async ({ kept, queue, receipts }, answer) => {
      const there = await answer(kept.get("basket"));
      if (there && there.id !== mine) return false;
      queue.add(fact);
      receipts.put(receipt);
      kept.put(next, "basket");
      const old = await answer(receipts.getAllKeys());
      for (const id of old.slice(0, Math.max(0, old.length - KEPT_RECEIPTS))) receipts.delete(id);
      return true;
    });
    if (!done) await this.load();
    else this.now = next;
    return done ? receipt : null;
  }
}
