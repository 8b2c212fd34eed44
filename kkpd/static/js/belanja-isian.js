// The purchase form: drafts that survive a closed lid, ceilings and class while typing, a search over the
// DPA's lines, a look at the photo before it is sent. Without this file the form works by its two buttons.
const form = document.querySelector("form[data-belanja]");
const mine = `draf:${document.documentElement.dataset.sesi}`;
const apart = ["csrf_token", "tindakan", "kunci_kirim"];
const long = /\d(?:[^\p{L}\d]{0,8}\d){12,}/u;
if (form) {
  for (const button of form.querySelectorAll("[data-tanpa-js]")) button.hidden = true;
  draft(form);
  weigh(form);
  search(form.elements.pembebanan);
  preview(form);
}

// Drafts: everything but files, the keys of one sending and long numbers, kept in this tab for this session (mulai.js drops the others).
function draft(form) {
  const key = `${mine}:${form.dataset.draf}`;
  const told = form.querySelector("[data-draf-kabar]");
  const refused = document.querySelector("[data-error-summary]");
  const kept = read(key);
  if (kept && !refused && (!form.dataset.id || kept.fields.versi === form.elements.versi.value)) {
    for (const [name, value] of Object.entries(kept.fields)) {
      const field = form.elements[name];
      if (field && field.type !== "file") field.value = value;
    }
    const drop = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: "Buang draf" });
    drop.addEventListener("click", () => { sessionStorage.removeItem(key); location.reload(); });
    told.replaceChildren(`Draf ${clock(kept.at)} dipulihkan. `, drop);
  }
  let timer;
  const keep = () => {
    const fields = {};
    for (const field of form.elements) {
      if (field.name && !apart.includes(field.name) && field.type !== "file" && !long.test(field.value)) fields[field.name] = field.value;
    }
    const at = Date.now();
    try { sessionStorage.setItem(key, JSON.stringify({ at, fields })); } catch { return; }
    told.textContent = `Tersimpan sebagai draf ${clock(at)}`;
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 400);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    keep();
    sessionStorage.setItem(`${mine}:dikirim`, key);
  });
}
function read(key) {
  try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; }
}
function clock(at) {
  return new Date(at).toLocaleTimeString("id-ID", { hour: "2-digit", minute: "2-digit" });
}

// Weighing: the answer replaces what stands beside the amount; a later question cancels an earlier one.
function weigh(form) {
  const place = document.querySelector("[data-timbang-hasil]");
  const names = ["nilai", "tanggal", "kartu_id", "pembebanan", "sub_kegiatan", "rekening", "sumber_dana", "merchant", "uraian", "volume", "satuan", "harga_satuan", "nota", "tetap"];
  let timer, asking;
  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const asked = new URLSearchParams();
    for (const name of ["csrf_token", ...names]) {
      const field = form.elements[name];
      if (field?.value && (field.type !== "checkbox" || field.checked)) asked.set(name, field.value);
    }
    if (form.dataset.id) asked.set("id", form.dataset.id);
    try {
      const answer = await fetch(form.dataset.timbang, { method: "POST", body: asked, signal: asking.signal, headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) return;
      const open = place.querySelector("details")?.open;
      place.innerHTML = (await answer.json()).html;
      if (open) place.querySelector("details")?.setAttribute("open", "");
    } catch (problem) {
      if (problem.name !== "AbortError" && !(problem instanceof TypeError)) throw problem;
    }
  };
  const soon = (event) => {
    if (event && !names.includes(event.target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(ask, 350);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-pilih]")?.dataset.pilih;
    if (!chosen) return;
    form.elements.pembebanan.value = chosen;
    form.elements.pembebanan.dispatchEvent(new Event("change", { bubbles: true }));
  });
  soon();
}

// The DPA's lines as a search box (ARIA combobox) over the select, which stays and carries the value.
function search(select) {
  if (!select) return;
  const label = form.querySelector(`label[for="${select.id}"]`);
  const box = Object.assign(document.createElement("input"), { type: "text", className: "input", id: `${select.id}-cari`, autocomplete: "off", placeholder: "Ketik kode, nama rekening atau sub kegiatan" });
  const list = Object.assign(document.createElement("ul"), { className: "pilihan", id: `${select.id}-daftar`, hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label.firstChild.textContent.trim());
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" })) box.setAttribute(name, value);
  for (const name of ["aria-describedby", "aria-invalid"]) if (select.hasAttribute(name)) box.setAttribute(name, select.getAttribute(name));
  label.htmlFor = box.id;
  select.hidden = true;
  select.after(box, list);
  const options = [...select.options].filter((option) => option.value).map((option) => ({
    value: option.value, text: option.text, group: option.parentElement.label ?? "",
    words: `${option.value} ${option.text} ${option.parentElement.label ?? ""}`.toLowerCase(),
  }));
  let shown = [], at = -1;
  const show = () => { box.value = select.value ? select.selectedOptions[0].text : ""; };
  const close = () => { list.hidden = true; at = -1; box.setAttribute("aria-expanded", "false"); box.removeAttribute("aria-activedescendant"); };
  const draw = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    shown = options.filter((option) => words.every((word) => option.words.includes(word))).slice(0, 30);
    list.replaceChildren(...shown.map((option, index) => {
      const item = Object.assign(document.createElement("li"), { id: `${list.id}-${index}` });
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(option.value === select.value));
      item.append(option.text, Object.assign(document.createElement("span"), { className: "sub", textContent: option.group }));
      item.addEventListener("pointerdown", (event) => { event.preventDefault(); choose(option); });
      return item;
    }));
    if (!shown.length) list.replaceChildren(Object.assign(document.createElement("li"), { textContent: "Tidak ada dalam DPA. Pilih “Tidak ada dalam DPA” lalu tulis kodenya." }));
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
    at = -1;
  };
  const mark = (next) => {
    if (!shown.length) return;
    at = (next + shown.length) % shown.length;
    [...list.children].forEach((item, index) => item.classList.toggle("chosen", index === at));
    box.setAttribute("aria-activedescendant", `${list.id}-${at}`);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const choose = (option) => {
    select.value = option.value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
    close();
  };
  select.addEventListener("change", () => {
    show();
    const other = form.querySelector("[data-lain]");
    if (other && select.value === "lain") { other.open = true; form.elements.sub_kegiatan.focus(); }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  box.addEventListener("focus", () => { box.select(); draw(); });
  box.addEventListener("input", (event) => { event.stopPropagation(); draw(); });
  box.addEventListener("blur", () => { close(); show(); });
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); if (list.hidden) draw(); mark(at + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); mark(at < 0 ? -1 : at - 1); }
    else if (event.key === "Enter" && !list.hidden) { event.preventDefault(); if (shown[Math.max(at, 0)]) choose(shown[Math.max(at, 0)]); }
    else if (event.key === "Escape") { close(); show(); }
  });
  show();
}

// What will be sent, before it is sent.
function preview(form) {
  const inputs = [...form.querySelectorAll('input[type="file"]')], place = form.querySelector("[data-pratinjau]");
  if (!inputs.length || !place) return;
  form.addEventListener("change", (event) => {
    if (!inputs.includes(event.target)) return;
    place.replaceChildren(...inputs.flatMap((input) => [...input.files]).map((file) => {
      const figure = Object.assign(document.createElement("figure"), { className: "preview" });
      if (file.type.startsWith("image/")) {
        const image = Object.assign(document.createElement("img"), { alt: `Bukti: ${file.name}`, src: URL.createObjectURL(file) });
        image.addEventListener("load", () => URL.revokeObjectURL(image.src));
        figure.append(image);
      }
      const size = (file.size / 1e6).toFixed(1).replace(".", ",");
      figure.append(Object.assign(document.createElement("figcaption"), {
        textContent: file.size > 10 * 1048576 ? `${file.name} · ${size} MB: lebih dari 10 MB, perkecil dahulu` : `${file.name} · ${size} MB`,
      }));
      return figure;
    }));
  });
}
