// Groups of bank lines as a sheet: Enter records the group, arrows move between its lines, = copies the cell above. A group is sent
// without leaving the page, so what is typed in the others stays. Without this file each group is an ordinary form.
const all = document.querySelector("[data-kelompok-semua]");
const groups = () => [...all.querySelectorAll("form[data-kelompok]")];
const cells = (form) => [...form.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("input.input")]);

function keys(event) {
  const field = event.target, form = field.closest("form[data-kelompok]");
  if (!form || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && field.tagName === "SELECT") {
    event.preventDefault();
    return form.requestSubmit();
  }
  if (!field.matches("tbody input.input")) return;
  const grid = cells(form), row = grid.findIndex((line) => line.includes(field)), column = grid[row].indexOf(field);
  const head = form.elements[field.name.replace(/-\d+$/, "")];
  if (event.key === "=" && !field.value) {
    event.preventDefault();
    field.value = (row ? grid[row - 1][column].value : "") || head.value;
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const next = grid[row + (event.key === "ArrowDown" ? 1 : -1)]?.[column];
    if (!next || (field.list && field.value)) return;
    event.preventDefault();
    next.focus();
  }
}

// The first thing to do in a group: what is wrong, what is empty, else the button.
function begin(form) {
  const names = ["merchant", "uraian", "pembebanan"].map((name) => form?.elements[name]);
  const place = form?.querySelector("[data-error-summary]") ?? names.find((field) => field && !field.value) ?? form?.querySelector(".actions button");
  place?.focus();
}

// The page that came back takes the place of this one, but for groups that were not sent and hold what was typed.
function take(page, sent, refused) {
  const fresh = page.querySelector("[data-kelompok-semua]");
  const at = groups().indexOf(sent), kept = new Map(groups().map((form) => [form.id, form]));
  if (!fresh) return location.reload();
  for (const form of fresh.querySelectorAll("form[data-kelompok]")) {
    const old = kept.get(form.id);
    if (old && !(refused && old === sent)) form.replaceWith(old);
  }
  all.replaceChildren(...fresh.childNodes);
  for (const place of ["h1", "[data-ringkas]", "nav.pager"]) {
    const old = document.querySelector(`main ${place}`), now = page.querySelector(`main ${place}`);
    if (old && now) old.replaceWith(now);
    else old?.remove();
  }
  const said = page.querySelectorAll("main > [role=status] .note, main > .note.danger");
  document.getElementById("kabar").replaceChildren(...said);
  begin(refused ? document.getElementById(sent.id) : groups()[Math.min(at, groups().length - 1)]);
  if (!groups().length) all.querySelector("a")?.focus();
}

async function send(event) {
  const form = event.target;
  if (!form.matches("form[data-kelompok]")) return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  } catch {
    form.ariaBusy = "false";
    return form.submit();
  }
  if (!answer.headers.get("content-type")?.startsWith("text/html")) return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  take(page, form, !answer.ok);
}

if (all) {
  document.addEventListener("keydown", keys);
  document.addEventListener("submit", send);
}
