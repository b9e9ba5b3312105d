// Pictures: in the chat at most in their own size, and enlarged by a click.

import { element, safeAddress } from "./dom.js";

const zoom = document.getElementById("zoom");
zoom.addEventListener("click", () => zoom.close()); // Escape closes a dialog by itself

export function picture({ url, description, width, height }) {
  const src = safeAddress(url);
  if (!src) return null;
  const alt = description ?? "Picture without a description";
  return element("button", { type: "button", class: "picture", title: "Enlarge", onclick: () => enlarge(src, alt) },
    element("img", { src, alt, width, height }));
}

function enlarge(src, alt) {
  const image = zoom.querySelector("img");
  image.src = src;
  image.alt = alt;
  zoom.showModal();
}
