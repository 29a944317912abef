// The strip goes on asking when an answer did not come: it is then that somebody wants to know.
"use strict";

const AGAIN_MS = 3000;

function later(event) {
  const element = event.detail.elt;
  if (element.matches?.("[data-asking]")) setTimeout(() => htmx.trigger(element, "again"), AGAIN_MS);
}
document.addEventListener("htmx:sendError", later);
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status >= 500) later(event);
});

// Whoever dismissed the strip goes on where the page begins, not at nothing.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "live" && document.activeElement === document.body) {
    document.getElementById("content")?.focus();
  }
});
