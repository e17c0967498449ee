// Puts a file that was chosen into the form's text, so that it is sent like typed text.

const box = document.querySelector("[data-file]");
const file = document.getElementById("file");
const text = document.getElementById("text");
const form = document.getElementById("form");

if (box) {
  box.hidden = false;
  file.addEventListener("change", async () => {
    const chosen = file.files[0];
    if (!chosen) return;
    text.value = await chosen.text();
    form.value = chosen.name.toLowerCase().endsWith(".json") ? "json" : "shopify";
  });
}
