// One-key decisions: presses the button whose key was pressed; the digits say how many.

const form = document.getElementById("decide");
const amount = document.getElementById("amount");
const keys = document.getElementById("keys");
const help = document.querySelector("[data-help]");

if (help && keys) {
  help.hidden = false;
  help.addEventListener("click", () => keys.showModal());
}

// Single keys can be turned off, and stay off in this browser.
const keysOn = document.getElementById("keys-on");
document.getElementById("key-switch").hidden = false;
keysOn.checked = localStorage.getItem("console-keys") !== "off";
keysOn.addEventListener("change", () => localStorage.setItem("console-keys", keysOn.checked ? "on" : "off"));

let sent = false;
form.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = true;
});
// A page that comes back out of the browser's memory can be sent again.
addEventListener("pageshow", () => { sent = false; });

const writes = (target) => target instanceof HTMLElement && (target.isContentEditable || target.matches("textarea, select, input:not([type=number])"));

addEventListener("keydown", (event) => {
  if (!keysOn.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat || writes(event.target) || keys?.open) return;
  if (amount && event.target !== amount && /^[1-9]$/.test(event.key)) {
    amount.value = Math.min(Number(event.key), Number(amount.max));
    event.preventDefault();
    return;
  }
  const pressed = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key.toLowerCase());
  if (!pressed) return;
  event.preventDefault();
  pressed.click();
});
