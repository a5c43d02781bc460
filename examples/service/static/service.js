// Keeps the page of an import up to date with the server's events. Text is only set as textContent,
// so nothing of a file becomes HTML.
"use strict";

const part = (id) => document.getElementById(id);
const section = part("import");
const number = new Intl.NumberFormat("en-US");
// A screen reader would not come to rest if it read every change.
const SECONDS_BETWEEN_ANNOUNCEMENTS = 10;
let announced = 0;
let headline = part("status").textContent;
let listed = "";

function show(view) {
  const counts = ["rows", "done", "rejected", "unknown", "remaining"];
  for (const name of counts) part(name).textContent = number.format(view[name]);
  part("progress").max = view.rows || 1;
  part("progress").value = view.done + view.rejected;
  part("status").textContent = view.headline;
  part("details").textContent = view.details;
  part("results").hidden = !view.has_results;
  showActions(view.actions);
  showSteps(view.steps);
  showProblems(view);
  announce(view);
}

function showActions(actions) {
  const hadFocus = document.activeElement?.closest("[data-action]");
  for (const form of section.querySelectorAll("[data-action]"))
    form.hidden = !actions.includes(form.dataset.action);
  // The focus must not disappear with its button.
  if (hadFocus?.hidden) part("status").focus();
}

function showSteps(steps) {
  const counts = ["rows", "done", "rejected", "unknown", "remaining"];
  part("steps")?.replaceChildren(
    ...steps.map((step) =>
      row([step.kind, step.action, ...counts.map((name) => number.format(step[name]))])));
}

function showProblems(view) {
  const news = JSON.stringify(view.problems);
  if (news !== listed) {
    listed = news;
    part("lines").replaceChildren(
      ...view.problems.map((line) => row([...line.place, line.result, line.reason])));
  }
  const table = part("lines").closest(".wide");
  table.hidden = !view.problems.length;
  part("none").hidden = view.problems.length > 0;
  part("more").hidden = !view.more_problems;
  part("more-count").textContent = number.format(view.more_problems);
}

function row(texts) {
  const made = document.createElement("tr");
  for (const text of texts) made.insertCell().textContent = text;
  return made;
}

function announce(view) {
  const now = performance.now() / 1000;
  const isNew = view.headline !== headline;
  if (!isNew && now - announced < SECONDS_BETWEEN_ANNOUNCEMENTS) return;
  headline = view.headline;
  announced = now;
  const counts = `${number.format(view.done)} of ${number.format(view.rows)} done`;
  part("announcement").textContent = `${view.headline} ${counts}, ${number.format(view.rejected)} rejected.`;
}

function complain(text) {
  const line = part("connection");
  line.hidden = !text;
  if (line.textContent !== text) line.textContent = text;
}

function connect() {
  const events = new EventSource(section.dataset.events);
  events.onopen = () => complain("");
  events.onmessage = (event) => {
    const view = JSON.parse(event.data);
    // The page has no plan yet.
    const isPlanned = (state) => !["planning", "not planned"].includes(state);
    if (!isPlanned(section.dataset.state) && isPlanned(view.state)) return location.reload();
    show(view);
    if (["finished", "refused"].includes(view.state)) events.close();
  };
  events.onerror = () => {
    complain("The connection to the server is lost. The import goes on. Connecting again…");
    // The browser tries again by itself, but not after an error status of a server that starts.
    if (events.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  };
  events.addEventListener("gone", () => {
    events.close();
    complain("You are signed out, or the import was deleted. Reload the page.");
  });
}

connect();
