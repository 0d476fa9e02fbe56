// A code read by the camera, where the browser can (BarcodeDetector). A camera that is denied is said plainly.
import { ask, button, h, say } from "./ui.js";

export const canSee = () => "BarcodeDetector" in window && Boolean(navigator.mediaDevices?.getUserMedia);

function refusal(error) {
  if (!canSee()) return say("camera_none");
  if (error?.name === "NotAllowedError" || error?.name === "SecurityError") return say("camera_denied");
  return say("camera_missing");
}

/** Resolves with the text of the first code seen, null when somebody turned back. */
export function camera() {
  let stream, over = false;
  return ask(say("camera"), async (body, close) => {
    const said = h("p", { role: "status" }, say("camera_wait"));
    body.append(said);
    try {
      if (!canSee()) throw new Error("none");
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      const view = h("video", { class: "till-camera", playsinline: true, muted: true, "aria-label": say("camera") });
      body.prepend(view);
      view.srcObject = stream;
      await view.play();
      said.textContent = say("camera_hold");
      const detector = new BarcodeDetector();
      while (!over && view.isConnected) {
        const [found] = await detector.detect(view);
        if (found?.rawValue) return close(found.rawValue);
        await new Promise(requestAnimationFrame);
      }
    } catch (error) {
      said.textContent = refusal(error);
      said.setAttribute("role", "alert");
      body.append(button(say("close"), "till-wide", () => close(null)));
    }
    return undefined;
  }).finally(() => {
    over = true;
    for (const track of stream?.getTracks() ?? []) track.stop();
  });
}
