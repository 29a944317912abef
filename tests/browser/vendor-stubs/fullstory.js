// Stands in for FullStory's fs.js, which finds its organisation in the page's settings and its calls in `FS.q`.
const org = window._fs_org;
window.FS._api = (operation, options) => report(org, [operation, options]);
for (const call of window.FS.q.splice(0)) window.FS._api(...call);
