// The catalog's drawer, and rows and colours in the forms of settings. Without this the pages work too: links lead to
// pages, and there are empty rows.
"use strict";

document.addEventListener("htmx:afterSwap", (event) => {
  const drawer = event.detail.target.closest?.("dialog.drawer");
  if (drawer && !drawer.open) drawer.showModal();
});

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : document.body;
  if (target.matches("dialog.drawer")) target.close();
  const adding = target.closest("[data-add-row]");
  if (adding) addRow(document.getElementById(adding.dataset.addRow));
});

/** One more row like the last, empty and with a number of its own; the cursor goes into it. */
function addRow(rows) {
  const row = rows.lastElementChild.cloneNode(true);
  for (const field of row.querySelectorAll("input")) {
    field.value = "";
    field.ariaLabel = field.ariaLabel.replace(/\d+$/, rows.children.length + 1);
  }
  rows.append(row);
  row.querySelector("input").focus();
}

// The picker beside a colour's text; the text is what is sent.
document.addEventListener("input", (event) => {
  const picker = event.target.closest?.("[data-colour-of]");
  if (picker) document.getElementById(picker.dataset.colourOf).value = picker.value;
});

// Back and forth in the browser's history must not show an open drawer without its page behind it.
window.addEventListener("pageshow", () => {
  for (const drawer of document.querySelectorAll("dialog.drawer[open]")) drawer.close();
});
