// Keys of the reconciliation page: arrows move, Enter accepts, u undoes, n makes a purchase. The page works without them.
const lines = [...document.querySelectorAll("a.line")];
const at = () => Math.max(0, lines.findIndex((line) => line.getAttribute("aria-current")));
const typing = (el) => el.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.documentElement.dataset.tombol === "mati") return;
  const go = (step) => { const next = lines[at() + step]; if (next) { event.preventDefault(); location.replace(next.href); } };
  if (event.key === "ArrowDown") go(1);
  else if (event.key === "ArrowUp") go(-1);
  else if (event.key === "Enter" && !event.target.closest("a, button, summary")) document.querySelector("form[data-first]")?.requestSubmit();
  else if (event.key === "u") undo();
  else if (event.key === "n") document.querySelector('a[href*="/belanja/baru"]')?.click();
});

// Undo what was done last on this page, or what stands on the chosen line.
function undo() {
  const form = document.querySelector('form[action$="/urungkan"]');
  if (form) return form.requestSubmit();
  const last = new URL(location.href).searchParams.get("diurungkan");
  const token = document.querySelector('input[name="csrf_token"]')?.value;
  if (!last || !token) return;
  const made = document.createElement("form");
  made.method = "post";
  made.action = new URL("urungkan", location.href.split("?")[0]);
  for (const [name, value] of [["csrf_token", token], ["baris", last]]) {
    made.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(made);
  made.submit();
}
