"use strict";
// Maps: wheel, drag, pinch and buttons move the view; marks keep their size; many points are clustered anew.
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const CITY_M = 100000, GRID_M = 400000, CELL = 44, WORLD = 100000, HOME = { x: -400, y: -240, w: 800, h: 480 };
  const words = (value) => new Intl.NumberFormat(document.documentElement.lang || "en").format(value);
  const roundDown = (m) => { const p = 10 ** Math.floor(Math.log10(m)); return [5, 2, 1].map((n) => n * p).find((n) => n <= m); };

  const start = (box) => {
    const svg = box.querySelector("svg.map-canvas");
    const part = (name) => box.querySelector(`[data-${name}]`);
    const base = part("base"), ground = part("ground"), grid = part("grid"), bar = part("bar"), barText = part("bar-text");
    const template = box.dataset.tiles || "";
    const metres = Number(box.dataset.metres), tip = part("tip-box");
    const data = part("points") ? JSON.parse(part("points").textContent) : null;
    let view = { ...HOME };

    const size = () => svg.getBoundingClientRect();
    const perPixel = () => { const s = size(); return Math.max(view.w / s.width, view.h / s.height); };

    const cluster = (k) => {
      const cells = new Map(), cell = CELL * k;
      for (const p of data) {
        if (p[0] < view.x - view.w || p[0] > view.x + 2 * view.w || p[1] < view.y - view.h || p[1] > view.y + 2 * view.h) continue;
        const key = `${Math.floor(p[0] / cell)} ${Math.floor(p[1] / cell)}`;
        if (!cells.has(key)) cells.set(key, []);
        cells.get(key).push(p);
      }
      const groups = part("clusters"), pins = part("pins");
      groups.replaceChildren();
      pins.replaceChildren();
      const all = [];
      let placed = [];
      const radius = (n) => Math.min(8 + Math.sqrt(n), 22);
      for (const inside of cells.values()) {
        if (inside.length < 3) { inside.forEach((p) => pins.append(pin(p))); continue; }
        const x = inside.reduce((sum, p) => sum + p[0], 0) / inside.length, y = inside.reduce((sum, p) => sum + p[1], 0) / inside.length;
        all.push({ x, y, n: inside.length });
      }
      // The smaller joins the greater it touches, until none touch.
      let loose = all;
      for (let before = -1; before !== loose.length;) {
        before = loose.length;
        placed = [];
        for (const c of loose.sort((a, b) => b.n - a.n)) {
          const near = placed.find((p) => Math.hypot(p.x - c.x, p.y - c.y) / k < radius(p.n) + radius(c.n));
          if (!near) { placed.push({ ...c }); continue; }
          near.x = (near.x * near.n + c.x * c.n) / (near.n + c.n);
          near.y = (near.y * near.n + c.y * c.n) / (near.n + c.n);
          near.n += c.n;
        }
        loose = placed;
      }
      for (const { x, y, n } of placed) {
        const g = mark(x, y), circle = document.createElementNS(SVG, "circle"), text = document.createElementNS(SVG, "text");
        circle.setAttribute("class", "map-cluster");
        circle.setAttribute("r", String(radius(n)));
        text.setAttribute("class", "map-cluster-count");
        text.textContent = words(n);
        g.append(circle, text);
        g.addEventListener("click", () => zoom(0.4, x, y));
        groups.append(g);
      }
    };
    const mark = (x, y) => {
      const g = document.createElementNS(SVG, "g");
      g.dataset.mark = "";
      g.dataset.x = x;
      g.dataset.y = y;
      return g;
    };
    const pin = ([x, y, name, note, href, status]) => {
      const link = document.createElementNS(SVG, "a"), g = mark(x, y), dot = document.createElementNS(SVG, "circle");
      if (href) link.setAttribute("href", href);
      link.setAttribute("tabindex", "-1");
      link.setAttribute("aria-label", name);
      g.dataset.tip = note ? `${name} – ${note}` : name;
      dot.setAttribute("class", "map-dot");
      dot.dataset.status = status;
      dot.setAttribute("r", "4.5");
      g.append(dot);
      link.append(g);
      return link;
    };

    const draw = () => {
      svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.w} ${view.h}`);
      const k = perPixel(), across = metres * view.w;
      if (data) cluster(k);
      for (const g of box.querySelectorAll("[data-mark]")) {
        if (g.dataset.x === undefined) {
          const [, x, y] = /translate\(([-\d.]+)[ ,]([-\d.]+)\)/.exec(g.getAttribute("transform"));
          g.dataset.x = x;
          g.dataset.y = y;
        }
        g.setAttribute("transform", `translate(${g.dataset.x} ${g.dataset.y}) scale(${k})`);
      }
      const city = across < CITY_M;
      if (template) tiles(k);
      box.toggleAttribute("data-city", city);
      base.toggleAttribute("hidden", city || Boolean(template));
      ground.toggleAttribute("hidden", !city || Boolean(template));
      grid.toggleAttribute("hidden", across >= GRID_M || Boolean(template));
      part("places").toggleAttribute("hidden", Boolean(template));
      if (across < GRID_M) {
        const step = roundDown(metres * k * 160) / metres;
        const x0 = Math.floor((view.x - view.w) / step) * step, y0 = Math.floor((view.y - view.h) / step) * step;
        let d = "";
        for (let x = x0; x < view.x + 2 * view.w; x += step) d += `M${x} ${view.y - view.h}V${view.y + 2 * view.h}`;
        for (let y = y0; y < view.y + 2 * view.h; y += step) d += `M${view.x - view.w} ${y}H${view.x + 2 * view.w}`;
        grid.setAttribute("d", d);
      }
      names(k);
      const length = roundDown(metres * k * 120);
      bar.setAttribute("d", `M0.5 0V5.5H${length / metres / k}V0`);
      barText.textContent = length < 1000 ? `${words(length)} ${box.dataset.m || "m"}` : `${words(length / 1000)} ${box.dataset.km || "km"}`;
    };
    // Tiles of the usual scheme: at zoom z the world is 2^z tiles wide, each drawn at 256 to 512 pixels.
    const tiles = (k) => {
      const scale = Number(box.dataset.scale), z = Math.max(0, Math.min(19, Math.floor(Math.log2(WORLD * scale / k / 256))));
      const step = WORLD / 2 ** z, cx = Number(box.dataset.cx), cy = Number(box.dataset.cy);
      const first = (from, c) => Math.floor((from / scale + c) / step);
      const layer = part("tile-layer"), wanted = [];
      for (let x = first(view.x, cx); x <= first(view.x + view.w, cx); x++) {
        for (let y = first(view.y, cy); y <= first(view.y + view.h, cy); y++) {
          if (y < 0 || y >= 2 ** z || wanted.length > 120) continue;
          const wrapped = ((x % 2 ** z) + 2 ** z) % 2 ** z;
          const image = document.createElementNS(SVG, "image");
          image.setAttribute("href", template.replace("{z}", z).replace("{x}", wrapped).replace("{y}", y));
          image.setAttribute("x", (x * step - cx) * scale);
          image.setAttribute("y", (y * step - cy) * scale);
          image.setAttribute("width", step * scale);
          image.setAttribute("height", step * scale);
          wanted.push(image);
        }
      }
      layer.replaceChildren(...wanted);
    };
    const names = (k) => {
      const limits = [0, 7500, 3000, 900], taken = [];
      for (const g of box.querySelectorAll("[data-places] [data-mark]")) {
        const x = Number(g.dataset.x) / k, y = Number(g.dataset.y) / k, half = g.textContent.length * 3.6;
        const clash = taken.some((t) => Math.abs(t.x - x) < t.half + half && Math.abs(t.y - y) < 14);
        const hide = clash || metres * k > limits[Number(g.dataset.rank)];
        g.toggleAttribute("hidden", hide);
        if (!hide) taken.push({ x, y, half });
      }
    };
    const zoom = (factor, x, y) => {
      const w = Math.max(800 * 150 / (metres * 800), Math.min(view.w * factor, 800 * 24)), real = w / view.w;
      view = { x: x - (x - view.x) * real, y: y - (y - view.y) * real, w, h: view.h * real };
      draw();
    };
    const at = (event) => {
      const s = size(), k = perPixel();
      return [view.x + view.w / 2 + (event.clientX - s.left - s.width / 2) * k, view.y + view.h / 2 + (event.clientY - s.top - s.height / 2) * k];
    };

    // The wheel zooms only with Ctrl, or once the map has been clicked into: a page must scroll past a map.
    let engaged = false;
    svg.addEventListener("pointerleave", () => { engaged = false; });
    svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !engaged) return;
      event.preventDefault();
      zoom(Math.exp(event.deltaY * 0.0018), ...at(event));
    }, { passive: false });

    const fingers = new Map();
    let moved = false;
    svg.addEventListener("pointerdown", (event) => {
      fingers.set(event.pointerId, event);
      moved = false;
      engaged = true;
    });
    svg.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId);
      if (before) {
        const dx = event.clientX - before.clientX, dy = event.clientY - before.clientY, k = perPixel();
        if (Math.abs(dx) + Math.abs(dy) > 3 || moved) {
          if (!moved) svg.setPointerCapture(event.pointerId);
          moved = true;
          if (fingers.size === 2) {
            const other = [...fingers.values()].find((f) => f.pointerId !== event.pointerId);
            const gap = (f) => Math.hypot(f.clientX - other.clientX, f.clientY - other.clientY) || 1;
            zoom(gap(before) / gap(event), ...at(other));
          } else {
            view.x -= dx * k;
            view.y -= dy * k;
            draw();
          }
          fingers.set(event.pointerId, event);
        }
      }
      const said = event.target.closest?.("[data-tip]");
      tip.hidden = !said || fingers.size > 0;
      if (said) {
        const s = box.getBoundingClientRect();
        tip.textContent = said.dataset.tip;
        tip.style.left = `${Math.min(event.clientX - s.left + 12, s.width - tip.offsetWidth - 4)}px`;
        tip.style.top = `${Math.min(event.clientY - s.top + 12, s.height - tip.offsetHeight - 4)}px`;
      }
    });
    const lift = (event) => fingers.delete(event.pointerId);
    svg.addEventListener("pointerup", lift);
    svg.addEventListener("pointercancel", lift);
    svg.addEventListener("pointerleave", () => { tip.hidden = true; });
    svg.addEventListener("click", (event) => { if (moved) event.preventDefault(); }, true);
    box.addEventListener("click", (event) => {
      const button = event.target.closest("[data-zoom]");
      if (!button) return;
      if (button.dataset.zoom === "all") { view = { ...HOME }; draw(); }
      else zoom(button.dataset.zoom === "in" ? 0.5 : 2, view.x + view.w / 2, view.y + view.h / 2);
    });
    new ResizeObserver(draw).observe(svg);
    draw();
  };
  const all = (root) => root.querySelectorAll("[data-map]:not([data-live])").forEach((box) => { box.dataset.live = "1"; start(box); });
  all(document);
  document.addEventListener("htmx:afterSwap", (event) => all(event.target));
  document.addEventListener("datong:maps", () => all(document));
})();
