// The conversation page. The body of gr.HTML's js_on_load: Gradio gives it `element` and `server`.
// Python sends one finished turn at a time; it is added to the log and never touched again, so what
// a visitor reads is what was sent. The earlier turns live in this page's memory and nowhere else.
"use strict";

const find = (name) => element.querySelector(`[data-${name}]`);
const page = find("page");
const log = find("log");
const form = find("form");
const input = find("input");
const send = find("send");
const opening = find("opening");
const newButton = find("new");
const problem = find("problem-line");
const status = find("status");
const most = Number(form.dataset.most);
const mostTurns = Number(form.dataset.mostTurns);
const patience = 30000;
const unreached = "No answer came back. Please check your connection and try again.";
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const touch = window.matchMedia("(hover: none) and (pointer: coarse)");

let turns = [];
let waiting = null;

const count = (text) => [...text].length;
const number = (value) => value.toLocaleString("en");

function tell(message) {
  if (problem.textContent !== message) problem.textContent = message;
  input.toggleAttribute("aria-invalid", Boolean(message));
}

function tooLong(length) {
  return `Your question has ${number(length)} characters; at most ${number(most)} are read. Please shorten it.`;
}

function grow() {
  input.style.height = "auto";
  input.style.height = `${input.scrollHeight + 2}px`;
}

function scrollTo(target) {
  const top = target.getBoundingClientRect().top - page.getBoundingClientRect().top;
  page.scrollTo({ top: page.scrollTop + top - 20, behavior: calm.matches ? "auto" : "smooth" });
}

function showWaiting(question) {
  const turn = document.createElement("div");
  turn.className = "turn pending";
  const asking = document.createElement("p");
  asking.className = "question";
  asking.dir = "auto";
  asking.textContent = question;
  const searching = document.createElement("p");
  searching.className = "searching";
  searching.textContent = "Searching the documents…";
  turn.append(asking, searching);
  turn.setAttribute("aria-hidden", "true");
  log.append(turn);
  return turn;
}

async function ask(question, typed) {
  if (waiting) return;
  const length = count(question);
  if (!question.trim() || length > most) {
    tell(length > most ? tooLong(length) : "Please type a question first.");
    input.focus();
    return;
  }
  tell("");
  opening.hidden = true;
  const asked = { turn: showWaiting(question) };
  waiting = asked;
  send.setAttribute("aria-disabled", "true");
  status.textContent = "Searching the documents.";
  scrollTo(asked.turn);
  const answer = await answered(question);
  if (waiting !== asked) return;
  settle();
  if (answer.problem) fail(question, answer.problem);
  else show(question, answer, typed);
}

async function answered(question) {
  const late = new Promise((resolve) => setTimeout(resolve, patience));
  try {
    // Gradio gives undefined when the server cannot be reached.
    const answer = await Promise.race([server.answer({ question, history: turns }), late]);
    return answer ?? { problem: unreached };
  } catch {
    return { problem: unreached };
  }
}

function settle() {
  waiting.turn.remove();
  waiting = null;
  send.removeAttribute("aria-disabled");
  status.textContent = "";
}

function fail(question, message) {
  if (!input.value) input.value = question;
  grow();
  tell(message);
  opening.hidden = log.childElementCount > 0;
  input.focus({ preventScroll: true });
}

function show(question, answer, typed) {
  const searched = [...answer.searched_as].slice(0, most).join("");
  turns = [...turns, { question, searched_as: searched }].slice(-mostTurns);
  const template = document.createElement("template");
  template.innerHTML = answer.turn;
  const turn = template.content.firstElementChild;
  log.append(turn);
  newButton.hidden = false;
  if (typed && input.value === question) input.value = "";
  grow();
  scrollTo(turn);
  // On a touch screen the keyboard would cover the answer that was just asked for.
  const next = touch.matches ? turn.querySelector(".question") : input;
  next.focus({ preventScroll: true });
}

function plainText(turn) {
  const text = (node, name) => node.querySelector(`[data-${name}]`)?.textContent;
  const lines = [`Question: ${text(turn, "question")}`];
  const searched = text(turn, "searched");
  if (searched) lines.push(`Searched for: ${searched}`);
  const message = text(turn, "message");
  if (message) lines.push("", message);
  for (const statement of turn.querySelectorAll("[data-statement]")) {
    lines.push("", `[${statement.dataset.statement}] “${text(statement, "quote")}”`);
    lines.push(statement.dataset.citation, statement.querySelector("[data-show]").href);
    for (const reference of statement.querySelectorAll("[data-reference]")) {
      lines.push(`Rests on: ${reference.dataset.reference}`);
    }
  }
  lines.push("", text(turn, "disclaimer"));
  return lines.join("\n");
}

async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Plain http on another machine has no clipboard interface.
  const carrier = document.createElement("textarea");
  carrier.value = text;
  carrier.className = "hidden";
  element.append(carrier);
  carrier.select();
  const done = document.execCommand("copy");
  carrier.remove();
  if (!done) throw new Error("the browser refused to copy");
}

async function copyTurn(button) {
  let outcome = "Copied";
  try {
    await copy(plainText(button.closest("[data-turn]")));
  } catch {
    outcome = "Could not copy";
  }
  button.textContent = outcome;
  status.textContent = outcome;
  button.focus({ preventScroll: true });
  setTimeout(() => {
    button.textContent = "Copy";
    status.textContent = "";
  }, 2500);
}

function startAfresh() {
  if (waiting) settle();
  turns = [];
  log.replaceChildren();
  opening.hidden = false;
  newButton.hidden = true;
  input.value = "";
  tell("");
  grow();
  page.scrollTo({ top: 0 });
  input.focus({ preventScroll: true });
}

// Half a surrogate pair cannot be sent as UTF-8.
function askTyped() {
  if (input.value.toWellFormed && !input.value.isWellFormed()) {
    input.value = input.value.toWellFormed();
  }
  ask(input.value, true);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  askTyped();
});

input.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  askTyped();
});

input.addEventListener("input", () => {
  grow();
  const length = count(input.value);
  tell(length > most ? tooLong(length) : "");
});

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if ("ask" in button.dataset) ask(button.textContent, false);
  else if ("copy" in button.dataset) copyTurn(button);
  else if ("new" in button.dataset) startAfresh();
});

if (!touch.matches) input.focus({ preventScroll: true });
