// Money of a basket, in whole minor units, exactly as the server reckons it (kernel.money, catalog.types.taxing).
const big = BigInt;

/** amount * numerator / denominator, half away from zero. */
export function part(amount, numerator, denominator) {
  const product = big(amount) * big(numerator), below = big(denominator);
  const whole = ((product < 0n ? -product : product) * 2n + below) / (2n * below);
  return Number(product < 0n ? -whole : whole);
}

/** Whole parts of `amount` (0 or more) in proportion to `weights` that sum to it exactly. */
export function split(amount, weights) {
  const total = weights.reduce((sum, weight) => sum + big(weight), 0n);
  if (total <= 0n) return weights.map(() => 0);
  const products = weights.map((weight) => big(amount) * big(weight));
  const parts = products.map((product) => Number(product / total));
  const rest = products.map((product) => product % total);
  const order = weights.map((_, at) => at).sort((a, b) => (rest[a] === rest[b] ? a - b : rest[a] > rest[b] ? -1 : 1));
  const left = amount - parts.reduce((sum, each) => sum + each, 0);
  for (const at of order.slice(0, left)) parts[at] += 1;
  return parts;
}

/** What a promotion that needs no basket takes off a line. */
export function off(promotion, unit, units, now = Date.now()) {
  if (!promotion || (promotion.until && Date.parse(promotion.until) <= now)) return 0;
  const total = unit * units;
  if (promotion.most_minor !== null && promotion.most_minor !== undefined) {
    return Math.max(0, total - promotion.most_minor * units);
  }
  return Math.min(total, part(total, promotion.bps, 10_000));
}

/** Tax of each amount, contained in it or on top: rounded a line, or once for all that is taxed alike. */
export function taxEach(lines, { inclusive, byLine }) {
  const tax = (minor, ppm) => part(minor, ppm, inclusive ? 1_000_000 + ppm : 1_000_000);
  if (byLine) return lines.map((line) => tax(line.total, line.ppm));
  const found = lines.map(() => 0), alike = new Map();
  lines.forEach((line, at) => alike.set(line.tax, [...(alike.get(line.tax) ?? []), at]));
  for (const members of alike.values()) {
    const weights = members.map((at) => lines[at].total);
    const sum = weights.reduce((a, b) => a + b, 0);
    if (sum <= 0 || Math.min(...weights) < 0) continue;
    const parts = split(tax(sum, lines[members[0]].ppm), weights);
    members.forEach((at, n) => (found[at] = parts[n]));
  }
  return found;
}

/**
 * A basket's sums. A line: {unit, units, promo (what promotions take off), tax, ppm}; `byHand`: minor units that staff
 * take off the whole, spread over the lines by what they cost.
 */
export function sums(lines, byHand, market) {
  const before = lines.map((line) => line.unit * line.units - line.promo);
  const most = before.reduce((a, b) => a + b, 0);
  const hand = Math.max(0, Math.min(byHand, most));
  const each = hand ? split(hand, before) : before.map(() => 0);
  const priced = lines.map((line, at) => ({ ...line, discount: line.promo + each[at], total: before[at] - each[at] }));
  const taxes = taxEach(priced, market);
  const tax = taxes.reduce((a, b) => a + b, 0);
  const goods = priced.reduce((sum, line) => sum + line.total, 0);
  const added = market.inclusive ? 0 : tax;
  return { lines: priced, goods, tax, added, byHand: hand, total: goods + added };
}

/** What goes back of what was given; below zero: so much is still missing. */
export const change = (given, due) => given - due;

/** Decimal text as minor units; null when it is no amount of the currency. */
export function minorOf(text, exponent) {
  const said = String(text).trim().replace(/[\s,，]/g, "");
  const found = /^(\d{1,10})(?:[.。](\d*))?$/.exec(said);
  if (!found || (found[2] ?? "").length > exponent) return null;
  return Number(found[1] + (found[2] ?? "").padEnd(exponent, "0"));
}

export const plain = (minor, exponent) => {
  const digits = String(Math.abs(minor)).padStart(exponent + 1, "0"), at = digits.length - exponent;
  return (minor < 0 ? "-" : "") + digits.slice(0, at) + (exponent ? "." + digits.slice(at) : "");
};
