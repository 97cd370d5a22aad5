// The little that needs a script. Every page works without it.

// A refused form that htmx has put in place takes the focus, as it does when a whole page is loaded.
document.addEventListener("htmx:after:swap", () => {
  const faults = document.querySelector(".ds-error-summary");
  if (faults && !faults.contains(document.activeElement)) faults.focus();
});

// What has been typed is not left behind by accident.
let isTouched = false;
document.addEventListener("input", (event) => {
  if (event.target.closest("form[method=post]")?.querySelector("textarea")) isTouched = true;
});
document.addEventListener("submit", () => { isTouched = false; });
window.addEventListener("beforeunload", (event) => { if (isTouched) event.preventDefault(); });

// A folded part opens when a link points into it.
const openTarget = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let part = target && target.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
};
window.addEventListener("hashchange", openTarget);
openTarget();
