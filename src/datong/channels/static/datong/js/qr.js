"use strict";
// A QR code (ISO/IEC 18004) of version 3, level M: 29 modules a side, 44 words of data, 26 of correction, one block.
// It holds 61 digits, capitals and signs of the alphanumeric set, which is what a member card shows.
const cardQr = (() => {
  const SIZE = 29, DATA = 44, CHECK = 26, MASK = 2, FORMAT_MASK = 0x5412;
  const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
  const EXP = [], LOG = [];
  for (let i = 0, x = 1; i < 255; i++) {
    EXP[i] = EXP[i + 255] = x;
    LOG[x] = i;
    x = x << 1 ^ (x & 0x80 ? 0x11d : 0);
  }
  const times = (a, b) => (a && b ? EXP[LOG[a] + LOG[b]] : 0);

  const words = (text) => {
    let bits = "0010" + text.length.toString(2).padStart(9, "0");
    for (let i = 0; i < text.length; i += 2) {
      const [a, b] = [ALPHABET.indexOf(text[i]), i + 1 < text.length ? ALPHABET.indexOf(text[i + 1]) : null];
      if (a < 0 || b < 0) throw new Error("not alphanumeric");
      bits += b === null ? a.toString(2).padStart(6, "0") : (a * 45 + b).toString(2).padStart(11, "0");
    }
    if (bits.length > DATA * 8) throw new Error("too long");
    bits += "0".repeat(Math.min(4, DATA * 8 - bits.length));
    bits += "0".repeat(-bits.length & 7);
    const data = bits.match(/.{8}/g).map((byte) => parseInt(byte, 2));
    for (let pad = 0; data.length < DATA; pad ^= 1) data.push(pad ? 0x11 : 0xec);
    return data;
  };

  // Reed-Solomon: what is left of the data divided by the generator polynomial.
  const checked = (data) => {
    let generator = [1];
    for (let i = 0; i < CHECK; i++) {
      const next = new Array(generator.length + 1).fill(0);
      generator.forEach((value, at) => { next[at] ^= value; next[at + 1] ^= times(value, EXP[i]); });
      generator = next;
    }
    const rest = [...data, ...new Array(CHECK).fill(0)];
    for (let i = 0; i < data.length; i++) {
      const lead = rest[i];
      if (lead) generator.forEach((value, at) => { rest[i + at] ^= times(value, lead); });
    }
    return [...data, ...rest.slice(data.length)];
  };

  const grid = () => {
    const dark = Array.from({ length: SIZE }, () => new Array(SIZE).fill(false));
    const taken = Array.from({ length: SIZE }, () => new Array(SIZE).fill(false));
    const set = (y, x, on) => { if (dark[y]?.[x] !== undefined) { dark[y][x] = on; taken[y][x] = true; } };
    for (const [top, left] of [[0, 0], [0, SIZE - 7], [SIZE - 7, 0]])
      for (let y = -1; y < 8; y++) for (let x = -1; x < 8; x++) {
        const ring = Math.max(Math.abs(y - 3), Math.abs(x - 3));
        set(top + y, left + x, ring !== 2 && ring !== 4);
      }
    for (let i = 8; i < SIZE - 8; i++) { set(6, i, i % 2 === 0); set(i, 6, i % 2 === 0); }
    for (let y = -2; y <= 2; y++) for (let x = -2; x <= 2; x++)
      set(22 + y, 22 + x, Math.max(Math.abs(y), Math.abs(x)) !== 1);
    return { dark, set, taken };
  };

  // Fifteen bits of level (M is 00) and mask, with ten of correction, written twice; one module is always dark.
  const format = (set) => {
    let rest = MASK;
    for (let i = 0; i < 10; i++) rest = rest << 1 ^ (rest >> 9 ? 0x537 : 0);
    const bits = (MASK << 10 | rest) ^ FORMAT_MASK;
    const on = (i) => Boolean(bits >> i & 1);
    for (let i = 0; i < 15; i++) {
      const [y, x] = i < 6 ? [i, 8] : i < 8 ? [i + 1, 8] : i === 8 ? [8, 7] : [8, 14 - i];
      set(y, x, on(i));
      set(...(i < 8 ? [8, SIZE - 1 - i] : [SIZE - 15 + i, 8]), on(i));
    }
    set(SIZE - 8, 8, true);
  };

  const modules = (text) => {
    const { dark, set, taken } = grid();
    format(set);
    const all = checked(words(text));
    let at = 0;
    for (let right = SIZE - 1; right > 0; right -= 2) {
      if (right === 6) right = 5;
      for (let step = 0; step < SIZE; step++) {
        const y = (right + 1 & 2) === 0 ? SIZE - 1 - step : step;
        for (const x of [right, right - 1]) {
          if (taken[y][x]) continue;
          const bit = at < all.length * 8 && all[at >> 3] >> (7 - (at & 7)) & 1;
          dark[y][x] = Boolean(bit) !== (x % 3 === 0);
          at++;
        }
      }
    }
    return dark;
  };

  // The path of an SVG with a quiet zone of four modules, viewBox 0 0 37 37.
  const path = (text) => modules(text)
    .flatMap((row, y) => row.map((on, x) => (on ? `M${x + 4} ${y + 4}h1v1h-1z` : "")))
    .join("");
  return { path, modules };
})();
