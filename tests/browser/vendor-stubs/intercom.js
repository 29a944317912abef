// Stands in for Intercom's messenger: takes what waits for it, then every later call; `show` draws as the messenger does.
const workspace = decodeURIComponent(new URL(document.currentScript.src).pathname.split("/").pop());
const waiting = window.Intercom.q;
const show = () => {
  const style = document.createElement("style");
  style.textContent =
    "@font-face { font-family: Messenger; src: url(https://fonts.intercomcdn.com/messenger.woff2); }" +
    ".messenger { position: fixed; font-family: Messenger; }";
  const messenger = document.createElement("div");
  messenger.className = "messenger";
  messenger.textContent = "Hello";
  const sheet = document.createElement("iframe");
  sheet.src = "https://intercom-sheets.com/sheet";
  document.head.append(style);
  document.body.append(messenger, sheet);
};
window.Intercom = (...call) => {
  if (call[0] === "show") show();
  report(workspace, call);
};
for (const call of waiting) window.Intercom(...call);
