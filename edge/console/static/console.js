// What pages do beyond HTML and htmx. Everything is found by data-attributes, so pages need no script of their own.
"use strict";

const COPIED_MS = 1500;

/** Copying: data-copy holds the text. */
async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    // Without https there is no clipboard to write to (W3C Clipboard API, secure contexts): the old way then.
    const field = document.createElement("textarea");
    field.value = button.dataset.copy;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    button.focus();
  }
  const label = button.getAttribute("aria-label");
  button.dataset.copied = "";
  button.setAttribute("aria-label", "Copied");
  setTimeout(() => {
    delete button.dataset.copied;
    button.setAttribute("aria-label", label);
  }, COPIED_MS);
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : document.body;
  const copying = target.closest("[data-copy]");
  if (copying) void copy(copying);
  const opening = target.closest("[data-open]");
  if (opening) document.getElementById(opening.dataset.open)?.showModal();
  const closing = target.closest("[data-close]");
  if (closing) closing.closest("dialog")?.close();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});

// Leaving a menu with the keyboard closes it.
document.addEventListener("focusin", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent !== undefined) event.preventDefault();
  if (!form.closest("[hx-post]") && form.method === "post") form.dataset.sent = "";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// An answer with an error is shown only where it says so itself: a proxy's page must not take a panel's place.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status >= 400 && xhr.status !== 422) {
    event.detail.shouldSwap = xhr.getResponseHeader("HX-Retarget") !== null;
  }
});
document.addEventListener("htmx:sendError", () => {
  const text = document.createElement("p");
  text.textContent = "The edge does not answer. Is it still running?";
  const message = document.createElement("div");
  message.className = "message message-failed";
  message.append(text);
  document.getElementById("messages")?.replaceChildren(message);
});

// What is wrong with a form is where the reader starts.
document.querySelector("[data-focus]")?.focus();

// A sign-in link's code goes out of the address, so that neither history nor a screenshot keeps it, and is sent.
const door = document.querySelector("form[data-link]");
const code = location.hash.slice(1);
if (door && code) {
  history.replaceState(null, "", location.pathname);
  door.elements.namedItem("code").value = decodeURIComponent(code);
  door.requestSubmit();
}
