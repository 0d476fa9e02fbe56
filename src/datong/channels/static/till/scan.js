// A scanner is a keyboard: it types a code faster than a person and presses Enter, wherever the focus is.
const FAST_MS = 60, LEAST = 4;

/** Hear codes on every screen. Short ones typed by hand in a field are left to the field. */
export function listen(heard) {
  let typed = "", last = 0, slow = false;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const now = event.timeStamp;
    if (event.key === "Enter") {
      const code = typed, fast = !slow && now - last < FAST_MS * 4;
      typed = "";
      if (code.length < LEAST || !fast) return;
      event.preventDefault();
      event.stopPropagation();
      const field = event.target.matches?.("input:not([type=checkbox]):not([type=radio])") ? event.target : null;
      if (field?.value.endsWith(code)) field.value = field.value.slice(0, -code.length);
      heard(code);
    } else if (event.key.length === 1) {
      if (now - last > FAST_MS) [typed, slow] = ["", false];
      typed += event.key;
      last = now;
    }
  }, true);
}

/** The item a code stands for, and of how many units; a SKU is a code as well. */
export function find(items, code) {
  const wanted = code.trim();
  const bare = wanted.replace(/^0+/, "");
  for (const item of items.values()) {
    for (const [known, units] of Object.entries(item.codes)) {
      if (known === wanted || known.replace(/^0+/, "") === bare) return { item, units };
    }
  }
  const same = items.get(wanted) ?? items.get(wanted.toUpperCase());
  return same ? { item: same, units: 1 } : null;
}
