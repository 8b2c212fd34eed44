// Keys of the reconciliation page: arrows move, Enter accepts the first candidate, u undoes, / splits, g joins, n makes
// a purchase from the line, j explains it, k opens the lines without a purchase. None acts while typing, all can be switched off; the page works without this file.
const lines = [...document.querySelectorAll("a.line")];
const at = lines.findIndex((line) => line.getAttribute("aria-current"));
const typing = (el) => el.closest("input, textarea, select, [contenteditable]");
const off = document.documentElement.dataset.tombol === "mati";
const wide = matchMedia("(width >= 1024px)").matches;

// Beside each other nothing needs to jump: the list keeps its place, the chosen line its focus.
if (wide) for (const line of lines) line.hash = "";
if (wide && at >= 0 && !document.querySelector("[data-error-summary]")) lines[at].focus({ preventScroll: true });
lines[at]?.scrollIntoView({ block: "nearest" });

function go(step, event) {
  const next = lines[at + step];
  if (!next) return;
  event.preventDefault();
  location.replace(next.href);
}
function accept(event) {
  const elsewhere = event.target.closest("a, button, summary");
  const form = document.querySelector("form[data-first]");
  if (!form || (elsewhere && elsewhere !== lines[at])) return;
  event.preventDefault();
  form.requestSubmit();
}
function open(key, event) {
  const panel = document.querySelector(`details[data-tombol="${key}"]`);
  if (!panel) return;
  event.preventDefault();
  panel.open = true;
  const field = panel.querySelector("form :is(input:not([type=hidden]), select)");
  (field ?? panel.querySelector("summary")).focus();
}
const acts = {
  ArrowDown: (event) => go(1, event),
  ArrowUp: (event) => go(-1, event),
  Enter: accept,
  u: () => (document.querySelector("form[data-urungkan]") ?? document.querySelector('#pilihan form[action*="/urungkan"]'))?.requestSubmit(),
  n: (event) => open("n", event),
  "/": (event) => open("/", event),
  g: (event) => open("g", event),
  j: (event) => open("j", event),
  k: () => document.querySelector('a[data-kunci="k"]')?.click(),
};
document.addEventListener("keydown", (event) => {
  if (off || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  acts[event.key]?.(event);
});
