// Every mount point of this piece, once.

const startAll = () => document.querySelectorAll(`.gbd[data-drag=${NAME}]:not([data-ready])`).forEach(mount);

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startAll);
else startAll();
