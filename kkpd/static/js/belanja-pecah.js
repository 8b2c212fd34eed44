// Splitting a receipt: how much is still to be spread, while typing.
const form = document.querySelector("form[data-pecah]");
const told = form?.querySelector("[data-selisih]");
const sen = (text) => {
  const found = /^\s*(-)?(?:Rp\.?\s*)?(-)?(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d{1,2}))?\s*$/.exec(text);
  return found ? (found[1] || found[2] ? -1 : 1) * (Number(found[3].replaceAll(".", "")) * 100 + Number((found[4] ?? "0").padEnd(2, "0"))) : 0;
};
const rupiah = (amount) => `Rp\u00a0${(Math.abs(amount) / 100).toLocaleString("id-ID")}`;
const tell = () => {
  const given = [...form.querySelectorAll('input[name="nilai"]')].reduce((sum, field) => sum + sen(field.value), 0);
  const left = Number(form.dataset.jumlah) - given;
  told.textContent = left === 0 ? "Jumlah bagian sama dengan nilai belanja." : `Selisih ${rupiah(left)} ${left > 0 ? "belum dibagi" : "terlalu banyak"}.`;
};
if (form) { form.addEventListener("input", tell); tell(); }
