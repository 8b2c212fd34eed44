// One purchase: the draft that became it is dropped; the class is taken or changed with one key.
if (document.querySelector("[data-hapus-draf]")) {
  const sent = `draf:${document.documentElement.dataset.sesi}:dikirim`;
  const key = sessionStorage.getItem(sent);
  if (key) sessionStorage.removeItem(key);
  sessionStorage.removeItem(sent);
}

const form = document.querySelector("form[data-kelas]");
const off = () => document.documentElement.dataset.tombol === "mati";
const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
if (form) {
  let wanted;
  form.elements.alasan.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // never the first button by accident
    if (wanted) form.requestSubmit(wanted);
  });
  document.addEventListener("keydown", (event) => {
    if (off() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const button = form.querySelector(`[data-tombol="${CSS.escape(event.key)}"]`);
    if (!button) return;
    event.preventDefault();
    const reason = form.elements.alasan;
    if (event.key !== "t" && !reason.value.trim()) {
      wanted = button; // a change needs its reason; Enter then sends the class that was asked for
      reason.focus();
      return;
    }
    form.requestSubmit(button);
  });
}
