// Addresses to scan from a screen that nobody can take along.
import { SIZE, path } from "./qr.js";

for (const box of document.querySelectorAll("[data-qr]")) {
  const namespace = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(namespace, "svg");
  picture.setAttribute("viewBox", `0 0 ${SIZE + 8} ${SIZE + 8}`);
  const dark = document.createElementNS(namespace, "path");
  dark.setAttribute("d", path(box.dataset.qr));
  picture.append(dark);
  box.append(picture);
}
