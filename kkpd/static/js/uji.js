// Keys of the desk: arrows or j and k move, s approves the line and goes on, b opens the partial amount, t the refusal, z
// enlarges the evidence, a takes all lines without exception, p goes to the check before signing, ? shows them. None acts
// while typing, all can be switched off; the page works without this file.
const desk = document.querySelector("[data-meja]");
const lines = [...(desk?.querySelectorAll("a.line") ?? [])];
const panels = lines.map((line) => document.getElementById(line.hash.slice(1)));
const off = document.documentElement.dataset.tombol === "mati";
const wide = matchMedia("(width >= 1024px)").matches;
const typing = (el) => el.closest("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");
let at = Math.max(0, panels.findIndex((panel) => panel && (panel.matches(":target") || panel.querySelector(":target"))));

function show() {
  lines.forEach((line, nth) => (nth === at ? line.setAttribute("aria-current", "true") : line.removeAttribute("aria-current")));
}
function move(step) {
  if (!lines[at + step]) return;
  at += step;
  const place = window.scrollY;
  location.replace(lines[at].hash);
  if (wide) window.scrollTo(0, place);
  show();
  lines[at].focus({ preventScroll: wide });
  lines[at].scrollIntoView({ block: "nearest" });
}
function radio(...words) {
  const found = words.map((word) => panels[at]?.querySelector(`input[type=radio][value=${word}]`)).find(Boolean);
  if (found) choose(found);
  return found;
}
function choose(field) {
  field.checked = true;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}
function tell(chosen) {
  const panel = chosen.closest(".panel");
  if (chosen.type !== "radio" || !panel) return;
  const mark = document.createElement("span");
  mark.className = "badge info";
  mark.textContent = chosen.value;
  lines[panels.indexOf(panel)].querySelector("[data-keadaan]").replaceChildren(mark);
}
function say(what) {
  const place = desk.querySelector("[data-kabar]");  // only for who decides
  if (place) place.textContent = place.dataset[what] ?? "";
}
function field(name) {
  panels[at]?.querySelector(`[name^="${name}-"]`)?.focus();
}
const acts = {
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  j: () => move(1),
  k: () => move(-1),
  s: () => {
    const panel = panels[at];
    if (panel?.hasAttribute("data-temuan")) {
      panel.querySelector("input[type=radio]")?.focus();
      say("temuan");
    } else if (radio("setuju")) move(1);
  },
  b: () => radio("sebagian") && field("nilai"),
  t: () => radio("tolak", "kembalikan") && field("alasan"),
  z: () => panels[at]?.querySelector(".preview")?.classList.toggle("zoom"),
  Escape: () => panels[at]?.querySelector(".preview.zoom")?.classList.remove("zoom"),
  a: () => (desk.querySelector("button[name=semua]") ?? say("catatan"))?.click(),
  p: () => desk.querySelector("[data-tinjau]")?.click(),
  "?": () => desk.querySelector("[data-bantuan]")?.toggleAttribute("open"),
};
if (desk) {
  show();
  for (const [nth, line] of lines.entries()) line.addEventListener("click", () => ((at = nth), show()));
  desk.addEventListener("change", (event) => tell(event.target));
  for (const chosen of desk.querySelectorAll("input[type=radio]:checked")) tell(chosen);
  document.addEventListener("keydown", (event) => {
    if (off || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key.startsWith("Arrow") && event.target.matches("input[type=radio]")) return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    say();
    act(event);
  });
}
