// The little that needs a script. Every page works without it.

// The faults of a refused form that htmx has put in place take the focus, as they do when a whole page is loaded.
document.addEventListener("htmx:after:swap", () => {
  const faults = document.querySelector(".ds-error-summary");
  if (faults && !faults.contains(document.activeElement)) faults.focus();
});

// What was asked for in the page's place and did not come is told at its top: in the words of the answer, or that nobody answered.
const tell = (heading, words) => {
  const box = document.getElementById("messages");
  const note = document.createElement("div");
  note.className = "note";
  note.dataset.color = "danger";
  const text = note.appendChild(document.createElement("div"));
  text.className = "stack-s";
  const first = text.appendChild(document.createElement("p"));
  first.className = "b";
  first.textContent = heading;
  text.appendChild(document.createElement("p")).textContent = words;
  const again = text.appendChild(document.createElement("p")).appendChild(document.createElement("a"));
  again.href = location.pathname + location.search;
  again.textContent = box.dataset.again;
  box.replaceChildren(note);
  note.scrollIntoView({ block: "center" });
};
// A list that moves under a finger would take the press away from its button: news wait until the finger is up, and are asked for again.
let pressed = false;
for (const [name, down] of [["pointerdown", true], ["pointerup", false], ["pointercancel", false]])
  document.addEventListener(name, () => { pressed = down; }, true);
const asksOnly = (ctx) => ctx.request.method === "GET"; // a page that looks for news by itself; it looks again
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (pressed && asksOnly(ctx)) event.preventDefault();
  if (ctx.response.status < 400) return;
  const answer = new DOMParser().parseFromString(ctx.text, "text/html");
  if (ctx.select && answer.querySelector(ctx.select)) return; // the page as it is now, with what is wrong beside the field
  event.preventDefault(); // another page takes the place of nothing here
  if (asksOnly(ctx)) return;
  const said = (what) => answer.querySelector(what)?.textContent.trim();
  const box = document.getElementById("messages");
  tell(said("main h1") || box.dataset.refused, said("main .lede") || "");
});
document.addEventListener("htmx:error", (event) => {
  const { ctx } = event.detail;
  if (!ctx || asksOnly(ctx)) return;
  const box = document.getElementById("messages");
  tell(box.dataset.gone, box.dataset.kept);
});

// A folded part opens when a link points into it.
const openTarget = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let part = target && target.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
};
window.addEventListener("hashchange", openTarget);
openTarget();
