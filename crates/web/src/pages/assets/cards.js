// Takes a card's token from the vault's frame, and nothing else from anywhere else.
const frame = document.getElementById("vault-frame");
const form = document.getElementById("new-card");

addEventListener("message", ({ origin, source, data }) => {
  if (!frame || origin !== location.origin || source !== frame.contentWindow) return;
  if (typeof data?.token !== "string") return;
  form.elements.token.value = data.token;
  form.submit();
});
