// The little that needs a script. Every page works without it.

// The faults of a refused form that htmx has put in place take the focus, as they do when a whole page is loaded.
document.addEventListener("htmx:after:swap", () => {
  const faults = document.querySelector(".ds-error-summary");
  if (faults && !faults.contains(document.activeElement)) faults.focus();
});

// A folded part opens when a link points into it.
const openTarget = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let part = target && target.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
};
window.addEventListener("hashchange", openTarget);
openTarget();
