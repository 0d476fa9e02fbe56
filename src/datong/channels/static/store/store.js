"use strict";
// The store's screen: a sound and a colour for what is new. The board works without it.
(() => {
  const cards = document.getElementById("cards");
  if (!cards) return;
  const button = document.getElementById("store-sound");
  const usual = document.title;
  const ids = () => new Set([...cards.querySelectorAll('[data-column="new"] [data-task]')].map((card) => card.dataset.task));
  let seen = ids();
  let fresh = new Set();
  let sound;

  // Two short tones, made here: no file to fetch, and louder than a kitchen.
  const ring = () => {
    if (!sound || sound.state !== "running") return;
    [[880, 0], [1175, 0.18]].forEach(([pitch, after]) => {
      const tone = sound.createOscillator();
      const volume = sound.createGain();
      const at = sound.currentTime + after;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.6, at);
      volume.gain.exponentialRampToValueAtTime(0.001, at + 0.3);
      tone.connect(volume).connect(sound.destination);
      tone.start(at);
      tone.stop(at + 0.32);
    });
    cards.dataset.rung = Number(cards.dataset.rung || 0) + 1;
  };

  const wanted = () => localStorage.getItem("store-sound") === "on";
  const tell = () => {
    if (!button) return;
    const on = wanted() && sound?.state === "running";
    button.setAttribute("aria-pressed", String(on));
    button.querySelector("span").textContent = on ? button.dataset.on : button.dataset.off;
  };
  // A browser lets a page make sounds only after somebody touched it.
  const wake = async () => {
    if (!wanted()) return;
    sound ||= new AudioContext();
    if (sound.state !== "running") await sound.resume();
    tell();
  };
  if (button) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const on = button.getAttribute("aria-pressed") === "true";
      localStorage.setItem("store-sound", on ? "off" : "on");
      if (on) {
        await sound?.suspend();
        tell();
      } else {
        await wake();
        ring();
      }
    });
    document.addEventListener("pointerdown", (event) => event.target.closest("#store-sound") || wake(), { passive: true });
    tell();
  }

  // Back from another tab or a locked screen: what came meanwhile is shown at once.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") cards.dispatchEvent(new Event("refresh"));
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target !== cards) return;
    const now = ids();
    const came = [...now].filter((id) => !seen.has(id));
    fresh = new Set([...fresh].filter((id) => now.has(id)).concat(came));
    seen = new Set([...seen, ...now]);
    fresh.forEach((id) => cards.querySelector(`[data-task="${id}"]`)?.setAttribute("data-fresh", ""));
    if (came.length) ring();
    const lead = document.getElementById("store-lead");
    if (lead) lead.textContent = `${now.size} ${cards.dataset.more}`;
    document.title = now.size ? `(${now.size}) ${usual}` : usual;
  });
})();
// A screen on the wall stays awake while it is looked at.
(() => {
  if (!document.querySelector("[data-awake]") || !navigator.wakeLock) return;
  const hold = () => document.visibilityState === "visible" && navigator.wakeLock.request("screen").catch(() => {});
  document.addEventListener("visibilitychange", hold);
  hold();
})();
