// The vault's form. The number goes to the vault alone; the page around the frame gets the token.
const form = document.getElementById("vault");
const wrong = document.getElementById("wrong");

// The check digit (ISO/IEC 7812-1, annex B).
function luhn(digits) {
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

// What is published for tests: nothing else leaves this page.
const isTest = (number) =>
  number === "4242".repeat(4) || number === "5".repeat(12) + "4444" || /^40{11}(9995|0341)$/.test(number);

form.onsubmit = async (event) => {
  event.preventDefault();
  const number = form.elements.number.value.replace(/[\s-]/g, "");
  wrong.textContent = "";
  if (!/^\d{12,19}$/.test(number) || !luhn(number)) wrong.textContent = form.dataset.number;
  else if (!isTest(number)) wrong.textContent = form.dataset.test;
  if (wrong.textContent) {
    form.elements.number.focus();
    return;
  }
  form.reset();
  try {
    const answer = await fetch("/vault/tokens", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ number }),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const { token } = await answer.json();
    parent.postMessage({ token }, location.origin);
  } catch {
    wrong.textContent = form.dataset.broken;
  }
};
