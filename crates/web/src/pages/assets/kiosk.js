// A kiosk that nobody touches goes back to its beginning, so that nobody finds what another left.
const booth = document.querySelector(".booth[data-home]");
if (booth) {
  const { home, seconds } = booth.dataset;
  let timer;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => location.replace(home), Number(seconds) * 1000);
  };
  for (const touch of ["pointerdown", "keydown", "input", "pageshow"]) addEventListener(touch, again);
  again();
}
