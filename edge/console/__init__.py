"""The console: the web app for admins, on the operations of ``edge.manage``. README.md says how to add a page."""
