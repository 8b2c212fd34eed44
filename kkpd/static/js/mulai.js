// Small conveniences; every page works without this file.
document.documentElement.classList.add("js");

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
