// Evidence inbox: files are sent as soon as they are chosen or dropped; the list of purchases narrows while typing.
const zone = document.querySelector("[data-dropzone]");
if (zone) {
  const input = zone.elements.berkas, told = zone.querySelector("[data-kabar]");
  const english = document.documentElement.lang === "en";
  zone.querySelector("[data-tanpa-js]").hidden = true;
  const send = () => {
    if (!input.files.length) return;
    told.textContent = english ? `Sending ${input.files.length} files …` : `Mengirim ${input.files.length} berkas …`;
    zone.requestSubmit();
  };
  input.addEventListener("change", send);
  for (const name of ["dragover", "dragenter"]) zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    send();
  });
}

const search = document.querySelector("[data-saring]");
search?.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const pick of document.querySelectorAll(".picks li")) {
    const text = pick.textContent.toLowerCase();
    pick.hidden = !words.every((word) => text.includes(word) || text.replaceAll(".", "").includes(word));
  }
});
