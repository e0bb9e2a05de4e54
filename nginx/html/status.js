// Asks every service whether it is ready, now and every five seconds while the page is looked at.
const rows = [...document.querySelectorAll("tr[data-path]")];
const summary = document.getElementById("summary");

async function ask(row) {
  const began = performance.now();
  const state = row.querySelector(".state");
  let ready = false;
  let text = "does not answer";
  try {
    const answer = await fetch(row.dataset.path, { cache: "no-store", signal: AbortSignal.timeout(4000) });
    ready = answer.ok;
    text = ready ? "ready" : `not ready (${answer.status})`;
  } catch {
    // Left as it was said above: no answer in four seconds.
  }
  state.textContent = text;
  state.className = `state ${ready ? "ready" : "not-ready"}`;
  row.querySelector(".time").textContent = `${Math.round(performance.now() - began)} ms`;
  return ready;
}

async function look() {
  if (!document.hidden) {
    const ready = (await Promise.all(rows.map(ask))).filter(Boolean).length;
    summary.textContent = ready === rows.length ? "Everything is ready." : `${ready} of ${rows.length} are ready.`;
  }
  setTimeout(look, 5000);
}

look();
