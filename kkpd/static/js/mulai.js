// Small conveniences; every page works without this file.
document.documentElement.classList.add("js");

// What this browser holds of a session that is over goes, in every tab.
const session = document.documentElement.dataset.sesi;
const drop = () => {
  for (const key of Object.keys(sessionStorage)) if (!session || !key.startsWith(`draf:${session}:`)) sessionStorage.removeItem(key);
  localStorage.clear();
};
const tabs = new BroadcastChannel("sesi");
drop();
if (session) tabs.addEventListener("message", () => { sessionStorage.clear(); location.reload(); });
else tabs.postMessage("berakhir");

// A search word goes into an address: a card number in it is cut before (the server would do the same).
const card = /(?<!\d)[2-6](?:[\s./_-]{0,3}\d){12,18}(?!\d)/g;
const valid = (digits) => [...digits].reverse().reduce((sum, digit, at) => sum + (at % 2 ? (digit * 2 > 9 ? digit * 2 - 9 : digit * 2) : +digit), 0) % 10 === 0;
document.addEventListener("submit", ({ target }) => {
  if (target.method !== "get") return;
  for (const field of target.querySelectorAll("input[type=search], input[type=text], input:not([type])")) {
    field.value = field.value.replace(card, (found) => (valid(found.replace(/\D/g, "")) ? `****${found.replace(/\D/g, "").slice(-4)}` : found));
  }
}, true);

// The OPD and period bar follows a choice at once.
for (const form of document.querySelectorAll("form[data-auto-submit]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

// The error summary takes focus, so that a screen reader begins there.
document.querySelector("[data-error-summary]")?.focus();

// One menu open at a time; Escape closes it and gives the focus back.
const menus = [...document.querySelectorAll("details.me, details.menu")];
for (const menu of menus) {
  menu.addEventListener("toggle", () => {
    if (menu.open) for (const other of menus) if (other !== menu) other.open = false;
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (!menu.open) continue;
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of menus) if (menu.open && !menu.contains(event.target)) menu.open = false;
});

// A consequential act asks in a dialog instead of opening in place.
for (const details of document.querySelectorAll("details[data-confirm]")) {
  const summary = details.querySelector("summary");
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", details.dataset.confirm);
  const close = Object.assign(document.createElement("button"), {
    type: "button", className: "button", textContent: document.documentElement.lang === "en" ? "Cancel" : "Batal",
  });
  close.addEventListener("click", () => dialog.close());
  summary.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.append(details.querySelector(".confirm-panel") ?? "", close);
    document.body.append(dialog);
    dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    details.append(dialog.querySelector(".confirm-panel"));
    dialog.remove();
    summary.focus();
  });
}

// A form is sent once: the second press of a hurried hand does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 5000); // a download leaves the page where it is
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// A page that only passes an answer on sends it by itself.
document.querySelector("form[data-send-on]")?.requestSubmit();
