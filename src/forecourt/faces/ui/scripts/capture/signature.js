// A signature by finger, pen or mouse, kept as a PNG in a hidden input; who cannot draw types their name instead.
import SignaturePad from "signature_pad";

export function watchSignature(element) {
  const canvas = element.querySelector("canvas");
  const value = element.querySelector("input[type=hidden]");
  const pad = new SignaturePad(canvas, { penColor: "#15171c", minWidth: 0.8, maxWidth: 2.6 });

  const fit = () => {
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    const strokes = pad.toData();
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.clear();
    if (strokes.length) pad.fromData(strokes);
  };

  const keep = () => {
    value.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
    element.classList.toggle("is-signed", !pad.isEmpty());
    value.dispatchEvent(new Event("change", { bubbles: true }));
  };

  pad.addEventListener("endStroke", keep);
  element.querySelector("[data-signature-clear]").addEventListener("click", () => { pad.clear(); keep(); });
  new ResizeObserver(() => { if (canvas.offsetWidth) fit(); }).observe(canvas);
}
