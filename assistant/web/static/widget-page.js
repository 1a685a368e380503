// The widget's end of conversation.js: questions go to our own server, and the page that holds the
// frame may say how it greets. Messages are `{ name, version, type, ... }`; one is heard only from
// the window around this one, and only from an origin that may embed it.
const NAME = "verbatim-answers";
const VERSION = 1;

const settings = document.body.dataset;
const allowed = [location.origin, ...settings.origins.split(" ")];
const surrounding = window.parent === window ? null : window.parent;
const closeButton = document.querySelector("[data-close]");
let holder = null;

// Seconds until a server that said "too many requests" wants to be asked again.
function secondsToWait(response) {
  const value = response.headers.get("retry-after") ?? "";
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Math.min(Math.max(Math.ceil(seconds) || 30, 1), 3600);
}

async function answer(question, history) {
  const response = await fetch(settings.answers, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ question, history }),
    cache: "no-store",
    credentials: "omit",
  });
  if (response.ok) return response.json();
  if (response.status === 429) return { trouble: "limited", seconds: secondsToWait(response) };
  return { trouble: response.status < 500 ? "refused" : "server" };
}

const conversation = converse(document.body, answer);

function say(type) {
  if (holder) surrounding.postMessage({ name: NAME, version: VERSION, type }, holder);
}

function useAccent({ light, dark }) {
  const hex = /^#[0-9a-f]{6}$/;
  if (!hex.test(light) || !hex.test(dark)) return;
  const sheet = new CSSStyleSheet();
  const colours = (accent, surface, ink, on) => `:root {
    --teal: ${accent}; --on-teal: ${on};
    --teal-deep: color-mix(in srgb, ${accent} 78%, ${ink});
    --teal-wash: color-mix(in srgb, ${accent} 14%, ${surface}); }`;
  sheet.replaceSync(
    `@media screen { ${colours(light, "#fff", "#000", "#fff")} }
     @media screen and (prefers-color-scheme: dark) {
       ${colours(dark, "#162124", "#fff", "#081517")} }`,
  );
  document.adoptedStyleSheets = [sheet];
}

// A light site may want a light widget by night too: its choice stands for the visitor's setting.
function useTheme(theme) {
  if (theme !== "light" && theme !== "dark") return;
  document.documentElement.style.colorScheme = theme;
  for (const sheet of [...document.styleSheets, ...document.adoptedStyleSheets]) {
    for (const rule of sheet.cssRules) {
      const media = rule.media?.mediaText ?? "";
      if (!media.includes("prefers-color-scheme")) continue;
      rule.media.mediaText = theme === "dark" ? "screen" : "not all";
    }
  }
}

function useStarters(questions) {
  const list = document.querySelector("[data-starters]");
  const buttons = questions.slice(0, 8).map((question) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ask";
    button.dataset.ask = "";
    // Questions are asked in the language of the documents.
    button.lang = "en";
    button.dir = "auto";
    button.textContent = question.slice(0, 300);
    item.append(button);
    return item;
  });
  list.replaceChildren(...buttons);
  document.querySelector("[data-starters-title]").hidden = buttons.length === 0;
}

function useOptions({ accent, theme, greeting, starters, closable }) {
  if (accent) useAccent(accent);
  useTheme(theme);
  if (typeof greeting === "string" && greeting.trim()) {
    document.querySelector("[data-greeting]").textContent = greeting.slice(0, 300);
  }
  if (Array.isArray(starters) && starters.every((one) => typeof one === "string")) {
    useStarters(starters);
  }
  closeButton.hidden = closable !== true;
}

window.addEventListener("message", (event) => {
  if (!surrounding || event.source !== surrounding || !allowed.includes(event.origin)) return;
  const { name, version, type } = event.data ?? {};
  if (name !== NAME || version !== VERSION) return;
  holder = event.origin;
  if (type === "options") {
    useOptions(event.data);
    say("ready");
  } else if (type === "focus") {
    conversation.focus();
  }
});

closeButton.addEventListener("click", () => say("close"));

window.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing && !closeButton.hidden) say("close");
});

if (!surrounding) conversation.focus();
