// The grid: cells pasted from a spreadsheet spread over it, + copies the cell above, Enter goes down.
const form = document.querySelector("form[data-banyak]");
const rows = () => [...form.querySelectorAll("tbody tr")];
const place = (cell) => {
  const line = cell.closest("tr");
  return [rows().indexOf(line), [...line.querySelectorAll("input")].indexOf(cell)];
};
const cell = (row, column) => rows()[row]?.querySelectorAll("input")[column];

function more() {
  const last = rows().at(-1), copy = last.cloneNode(true), number = rows().length + 1;
  copy.querySelector("th").textContent = number;
  for (const field of copy.querySelectorAll("input")) {
    field.value = "";
    field.removeAttribute("aria-invalid");
    field.id = `sel-${number}-${field.name}`;
    field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/\d+$/, number));
  }
  last.after(copy);
}

if (form) {
  form.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (event.target.tagName !== "INPUT" || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const [top, left] = place(event.target);
    text.replace(/\r?\n$/, "").split(/\r?\n/).slice(0, 200).forEach((line, down) => {
      while (!rows()[top + down]) more();
      line.split("\t").forEach((value, right) => {
        const field = cell(top + down, left + right);
        if (field) field.value = value.trim();
      });
    });
  });
  form.addEventListener("keydown", (event) => {
    if (event.target.tagName !== "INPUT") return;
    const [row, column] = place(event.target);
    if (event.key === "+" && !event.target.value) {
      event.preventDefault();
      event.target.value = cell(row - 1, column)?.value ?? "";
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!cell(row + 1, column)) more();
      cell(row + 1, column).focus();
    }
  });
}
