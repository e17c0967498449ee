// The cart as it changes.
const cart = document.getElementById("cart");
new EventSource(cart.dataset.live).addEventListener("cart", ({ data }) => {
  if (cart.innerHTML !== data) cart.innerHTML = data;
});
