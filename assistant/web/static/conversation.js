// One conversation, in the chat and in the widget. The page of `root` is written by
// conversation_page.py; `answer(question, history)` gives one finished turn as
// `{ turn, searched_as }`, or the trouble that stands in its way as
// `{ trouble: "offline" | "limited" | "server" | "refused", message, seconds }`.
// A turn is added to the log whole and never touched again, so what a visitor reads is what was
// sent. The turns live in this page's memory and nowhere else.
"use strict";

function converse(root, answer) {
  const find = (name) => root.querySelector(`[data-${name}]`);
  const page = find("page");
  const log = find("log");
  const form = find("form");
  const input = find("input");
  const send = find("send");
  const opening = find("opening");
  const trouble = find("trouble");
  const problem = find("problem-line");
  const retry = find("retry");
  const status = find("status");
  const words = JSON.parse(find("words").dataset.words);
  const retryLabel = retry.textContent;
  const most = Number(form.dataset.most);
  const mostTurns = Number(form.dataset.mostTurns);
  const patience = 30000;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const touch = window.matchMedia("(hover: none) and (pointer: coarse)");

  let turns = [];
  let waiting = null;
  // A question that failed while the visitor was already typing another.
  let failed = "";
  let clock = null;

  const count = (text) => [...text].length;
  const number = (value) => value.toLocaleString(words.locale);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const tooLong = (found) => fill(words.too_long, { found: number(found), most: number(most) });

  // `kind` is the picture beside the message; `again` offers to ask once more.
  function tell(message, kind = "", again = Boolean(kind)) {
    clearInterval(clock);
    trouble.dataset.trouble = kind;
    retry.hidden = !again;
    retry.textContent = retryLabel;
    retry.removeAttribute("aria-disabled");
    if (problem.textContent !== message) problem.textContent = message;
    if (message && !kind) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  // Only the button counts: a live region that changes every second could not be listened to.
  function tellLimited(seconds) {
    const end = Date.now() + seconds * 1000;
    tell(fill(words.limited, { wait: fill(words.wait, { seconds: number(seconds) }) }), "limited");
    const tick = () => {
      const left = Math.ceil((end - Date.now()) / 1000);
      if (left <= 0) {
        tell(words.limited_over, "limited");
        return;
      }
      retry.setAttribute("aria-disabled", "true");
      retry.textContent = `${retryLabel} (${number(left)})`;
    };
    tick();
    clock = setInterval(tick, 1000);
  }

  function grow() {
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight + 2}px`;
  }

  function scrollTo(target) {
    const top = target.getBoundingClientRect().top - page.getBoundingClientRect().top;
    const margin = parseFloat(getComputedStyle(page).scrollPaddingTop) || 0;
    page.scrollTo({ top: page.scrollTop + top - margin, behavior: calm.matches ? "auto" : "smooth" });
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
    searching.textContent = words.searching;
    turn.append(asking, searching);
    turn.setAttribute("aria-hidden", "true");
    log.append(turn);
    return turn;
  }

  async function ask(question) {
    if (waiting) return;
    const length = count(question);
    if (!question.trim() || length > most) {
      tell(length > most ? tooLong(length) : words.empty);
      input.focus();
      return;
    }
    tell("");
    failed = "";
    opening.hidden = true;
    const asked = { turn: showWaiting(question) };
    waiting = asked;
    send.setAttribute("aria-disabled", "true");
    status.textContent = words.searching_status;
    scrollTo(asked.turn);
    const outcome = await answered(question);
    if (waiting !== asked) return;
    settle();
    if (outcome.turn === undefined) fail(question, outcome);
    else show(question, outcome);
  }

  async function answered(question) {
    if (!navigator.onLine) return { trouble: "offline" };
    const late = { trouble: "server", message: words.late };
    const timer = new Promise((resolve) => setTimeout(() => resolve(late), patience));
    try {
      return await Promise.race([answer(question, turns), timer]);
    } catch {
      return navigator.onLine
        ? { trouble: "server", message: words.unreached }
        : { trouble: "offline" };
    }
  }

  function settle() {
    waiting.turn.remove();
    waiting = null;
    send.removeAttribute("aria-disabled");
    status.textContent = "";
  }

  function fail(question, outcome) {
    if (!input.value.trim()) input.value = question;
    failed = input.value === question ? "" : question;
    grow();
    if (outcome.seconds > 0) tellLimited(outcome.seconds);
    else if (outcome.trouble === "refused") tell(outcome.message ?? words.refused);
    else tell(outcome.message ?? words[outcome.trouble], outcome.trouble);
    opening.hidden = log.childElementCount > 0;
    if (!touch.matches) input.focus({ preventScroll: true });
  }

  function show(question, reply) {
    const searched = [...reply.searched_as].slice(0, most).join("");
    turns = [...turns, { question, searched_as: searched }].slice(-mostTurns);
    const template = document.createElement("template");
    template.innerHTML = reply.turn;
    const turn = template.content.firstElementChild;
    log.append(turn);
    for (const link of turn.querySelectorAll("[data-show]")) link.dataset.address = link.href;
    tellTools();
    if (input.value === question) input.value = "";
    grow();
    scrollTo(turn);
    // On a touch screen the keyboard would cover the answer that was just asked for.
    const next = touch.matches ? turn.querySelector(".question") : input;
    next.focus({ preventScroll: true });
  }

  function tellTools() {
    for (const tool of [find("new"), find("print")]) tool.hidden = turns.length === 0;
  }

  function plainText(turn) {
    const text = (node, name) => node.querySelector(`[data-${name}]`)?.textContent;
    const lines = [`${words.question}: ${text(turn, "question")}`];
    const searched = text(turn, "searched");
    if (searched) lines.push(`${words.searched_for}: ${searched}`);
    const message = text(turn, "message");
    if (message) lines.push("", message);
    for (const statement of turn.querySelectorAll("[data-statement]")) {
      lines.push("", `[${statement.dataset.statement}] “${text(statement, "quote")}”`);
      lines.push(statement.dataset.citation, statement.querySelector("[data-show]").href);
      for (const reference of statement.querySelectorAll("[data-reference]")) {
        lines.push(`${words.rests_on}: ${reference.dataset.reference}`);
      }
    }
    lines.push("", text(turn, "disclaimer"));
    return lines.join("\n");
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return;
    } catch {
      // Plain http on another machine has no clipboard interface; a site may forbid it to a frame.
    }
    const carrier = document.createElement("textarea");
    carrier.value = text;
    carrier.className = "hidden";
    root.append(carrier);
    carrier.select();
    const done = document.execCommand("copy");
    carrier.remove();
    if (!done) throw new Error("the browser refused to copy");
  }

  async function copyTurn(button) {
    let outcome = words.copied;
    try {
      await copy(plainText(button.closest("[data-turn]")));
    } catch {
      outcome = words.not_copied;
    }
    button.textContent = outcome;
    status.textContent = outcome;
    button.focus({ preventScroll: true });
    setTimeout(() => {
      button.textContent = words.copy;
      status.textContent = "";
    }, 2500);
  }

  function printConversation() {
    const day = new Date().toLocaleDateString(words.locale, { dateStyle: "long" });
    const place = { title: document.title, day, address: location.host };
    find("printed").textContent = fill(words.printed, place);
    window.print();
  }

  function startAfresh() {
    if (waiting) settle();
    turns = [];
    failed = "";
    log.replaceChildren();
    opening.hidden = false;
    tellTools();
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
    ask(input.value);
  }

  const hasMore = () => Boolean(failed || input.value.trim());

  function focus() {
    const last = log.lastElementChild?.querySelector(".question") ?? root.querySelector("h1");
    (touch.matches ? last : input).focus({ preventScroll: true });
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
    if (length > most) tell(tooLong(length));
    else if (!trouble.dataset.trouble) tell("");
  });

  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || button.ariaDisabled === "true") return;
    if ("ask" in button.dataset) ask(button.textContent);
    else if ("copy" in button.dataset) copyTurn(button);
    else if ("retry" in button.dataset) ask(failed || input.value);
    else if ("new" in button.dataset) startAfresh();
    else if ("print" in button.dataset) printConversation();
  });

  window.addEventListener("keydown", (event) => {
    if (event.key !== "p" || !(event.ctrlKey || event.metaKey) || !turns.length) return;
    event.preventDefault();
    printConversation();
  });

  window.addEventListener("offline", () => {
    if (!waiting) tell(words.offline, "offline", hasMore());
  });

  window.addEventListener("online", () => {
    if (trouble.dataset.trouble !== "offline") return;
    if (hasMore()) tell(words.online_again, "online");
    else tell("");
  });

  return { focus };
}
