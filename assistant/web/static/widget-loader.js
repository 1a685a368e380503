// The launcher for other sites:
//   <script async src="https://HOST/widget.js" data-...></script>
// It puts one button on the page, in a shadow root, and opens the assistant's own page in a
// sandboxed frame when a visitor first asks for it. It keeps nothing, leaves no global behind and
// asks no other server for anything. The options are described in the README.
(() => {
  "use strict";

  const NAME = "verbatim-answers";
  const VERSION = 1;
  const MARK = `data-${NAME}`;
  const PATIENCE = 15000;
  const SMALL = "(max-width: 639.98px), (max-height: 479.98px)";
  const SANDBOX =
    "allow-scripts allow-same-origin allow-forms allow-modals allow-popups " +
    "allow-popups-to-escape-sandbox";
  const WORDS = {
    en: {
      ask: "Ask a question",
      title: "Questions and answers",
      loading: "Loading…",
      failed: "The assistant could not be loaded here.",
      again: "Try again",
      tab: "Open it in a new tab",
      close: "Close",
    },
    es: {
      ask: "Haga una pregunta",
      title: "Preguntas y respuestas",
      loading: "Cargando…",
      failed: "No se pudo cargar el asistente aquí.",
      again: "Intentar de nuevo",
      tab: "Abrirlo en otra pestaña",
      close: "Cerrar",
    },
  };

  // A plugin may have loaded the file in its own way; then there is no current script.
  const script =
    document.currentScript ??
    [...document.scripts].find((one) => /\/widget\.js$/.test(one.src.split(/[?#]/)[0]) && !one[MARK]);
  if (!script || script[MARK]) return;
  script[MARK] = true;

  const NIGHTS = { light: "not all", dark: "all", "": "(prefers-color-scheme: dark)" };

  const small = matchMedia(SMALL);
  const options = script.dataset;
  const theme = options.theme in NIGHTS ? options.theme : "";
  const on = (value) => value !== undefined && value !== "false";
  const address = new URL("widget", script.src);
  const language = (options.lang || document.documentElement.lang).toLowerCase().startsWith("es")
    ? "es"
    : "en";
  const words = WORDS[language];
  address.searchParams.set("lang", language);

  // Colour: an accent is darkened for light surfaces and lightened for dark ones until its words
  // can be read on its own wash (WCAG 2.2, 1.4.3: 4.5:1).
  const TEAL = "#0b6566";
  const WHITE = [255, 255, 255];
  const NIGHT = [22, 33, 36];

  const mixed = (colour, other, share) =>
    colour.map((value, i) => Math.round(value + (other[i] - value) * share));

  const luminance = (colour) =>
    colour
      .map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
      .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);

  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };

  const readable = (colour, surface, pole) => {
    let share = 0;
    let tried = colour;
    while (contrast(tried, mixed(surface, tried, 0.14)) < 4.6) {
      tried = mixed(colour, pole, (share += 0.02));
    }
    return `#${tried.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
  };

  const accents = (value) => {
    const brush = document.createElement("canvas").getContext("2d");
    brush.fillStyle = TEAL;
    brush.fillStyle = value;
    const [, hex] = /^#([0-9a-f]{6})$/.exec(brush.fillStyle) ?? [];
    if (!hex || brush.fillStyle === TEAL) return null;
    const colour = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
    return { light: readable(colour, WHITE, [0, 0, 0]), dark: readable(colour, NIGHT, WHITE) };
  };

  const accent = options.accent ? accents(options.accent) : null;
  const { light, dark } = accent ?? { light: TEAL, dark: "#7cccc4" };

  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };

  const icon = (path) => {
    const space = "http://www.w3.org/2000/svg";
    const picture = document.createElementNS(space, "svg");
    picture.setAttribute("viewBox", "0 0 24 24");
    picture.setAttribute("aria-hidden", "true");
    const line = document.createElementNS(space, "path");
    line.setAttribute("d", path);
    picture.append(line);
    return picture;
  };

  const sheet = (side) => `
    :host { all: initial !important; display: contents !important; direction: ltr !important;
      color-scheme: ${theme || "light dark"} !important; --accent: ${light} !important; --on: #fff !important;
      --paper: #f6f7f5 !important; --ink: #14252b !important; --edge: #d5dddb !important }
    :host(.inline) { display: block !important; height: 100% !important }
    * { box-sizing: border-box }
    [hidden] { display: none !important }
    button, a { font: 600 16px/1.25 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif }
    button { cursor: pointer }
    :focus-visible { outline: 3px solid #0a58ca; outline-offset: 3px }
    .launcher { position: fixed; z-index: 2147483647; ${side}: 20px; display: flex; gap: 10px;
      bottom: calc(20px + env(safe-area-inset-bottom, 0px)); align-items: center;
      max-width: calc(100vw - 40px); min-height: 52px; padding: 8px 22px 8px 18px; border: 0;
      border-radius: 26px; background: var(--accent); color: var(--on); text-align: start;
      box-shadow: 0 0 0 2px rgb(255 255 255 / 85%), 0 4px 20px rgb(10 30 35 / 30%) }
    .launcher:hover { filter: brightness(.92) }
    svg { flex: none; width: 24px; height: 24px; fill: none; stroke: currentcolor;
      stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round }
    [aria-expanded=true] svg:first-of-type, [aria-expanded=false] svg:last-of-type { display: none }
    [aria-expanded=true].launcher { padding: 14px }
    [aria-expanded=true] span { position: absolute; clip-path: inset(50%) }
    .panel { position: fixed; z-index: 2147483647; ${side}: 20px; overflow: hidden;
      bottom: calc(88px + env(safe-area-inset-bottom, 0px)); width: min(430px, 100vw - 40px);
      height: min(720px, 100vh - 108px); border: 1px solid var(--edge); border-radius: 18px;
      background: var(--paper); color: var(--ink); box-shadow: 0 12px 48px rgb(10 30 35 / 28%) }
    .panel.inline { position: relative; inset: auto; z-index: 0; width: 100%;
      height: 100%; min-height: 560px; box-shadow: none }
    iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0 }
    .waiting iframe { visibility: hidden }
    .wait { display: none }
    .waiting .wait { display: grid; gap: 16px; height: 100%; padding: 24px; place-content: center;
      justify-items: center; text-align: center }
    .wait p { margin: 0; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Arial, sans-serif }
    .wait button, .wait a { padding: 10px 18px; border: 1px solid; border-radius: 22px;
      background: none; color: var(--accent); text-decoration: none }
    @media ${NIGHTS[theme]} {
      :host { --accent: ${dark} !important; --on: #081517 !important; --paper: #0e1618 !important;
        --ink: #e4ecec !important; --edge: #2b3a3e !important }
      :focus-visible { outline-color: #8ab8ff }
    }
    @media (prefers-reduced-motion: no-preference) {
      .panel:not(.inline) { animation: rise .18s ease-out }
      @keyframes rise { from { opacity: 0; transform: translateY(12px) } }
    }
    @media ${SMALL} {
      .panel:not(.inline) { inset: var(--top, 0) 0 auto 0; width: 100%; border: 0; border-radius: 0;
        height: var(--height, 100dvh) }
      .launcher[aria-expanded=true] { display: none }
    }
    @media (forced-colors: active) { .launcher { border: 2px solid } }
    @media print { .launcher, .panel { display: none !important } }`;

  const mount = () => {
    const place = on(options.inline) ? find(options.inline) : null;
    const floating = !place;
    const turned = getComputedStyle(document.documentElement).direction === "rtl";
    const side = /left/.test(options.position ?? (turned ? "left" : "right")) ? "left" : "right";
    const key = `${address.origin} ${side}`;
    // A theme and a plugin may both have brought the line: one launcher is enough.
    if (floating && document.querySelector(`[${MARK}="${key}"]`)) return;

    const host = element("div", { [MARK]: floating ? key : "inline" });
    const root = host.attachShadow({ mode: "open" });
    const style = new CSSStyleSheet();
    style.replaceSync(sheet(side));
    root.adoptedStyleSheets = [style];

    const message = element("p", { role: "status" });
    const again = element("button", { type: "button" }, words.again);
    const shut = element("button", { type: "button" }, words.close);
    const tab = element("a", { href: address, target: "_blank", rel: "noopener" }, words.tab);
    const panel = element(
      "div",
      { id: "panel", class: "panel waiting", hidden: "", lang: language },
      element("div", { class: "wait" }, message, again, tab, shut),
    );
    const launcher = element(
      "button",
      {
        type: "button",
        class: "launcher",
        "aria-haspopup": "dialog",
        "aria-expanded": "false",
        "aria-controls": "panel",
      },
      icon("M4 5h16v11.5H9.5L5 20v-3.5H4zM8.500 9.250h7M8.500 12.250h4.500"),
      icon("M6 9l6 6 6-6"),
      element("span", options.label ? { dir: "auto" } : { lang: language }, options.label || words.ask),
    );
    let frame = null;
    let timer = 0;
    let wanted = false;
    let before = null;

    const post = (type, more) =>
      frame.contentWindow.postMessage({ name: NAME, version: VERSION, type, ...more }, address.origin);

    const tell = (text) => {
      message.textContent = text;
      again.hidden = tab.hidden = text === words.loading;
    };

    const load = () => {
      frame?.remove();
      panel.classList.add("waiting");
      tell(words.loading);
      frame = element("iframe", {
        title: options.title || words.title,
        sandbox: SANDBOX,
        allow: "clipboard-write",
        referrerpolicy: "no-referrer",
        src: address,
      });
      if (!floating) frame.loading = "lazy";
      else patience(PATIENCE);
      // A frame that a policy refused is loaded too, and stays silent.
      frame.addEventListener("load", () => {
        patience(3000);
        post("options", {
          accent,
          theme,
          closable: floating,
          greeting: options.greeting,
          starters: options.starters?.split("|").map((one) => one.trim()).filter(Boolean),
        });
      });
      panel.append(frame);
    };

    const patience = (time) => {
      clearTimeout(timer);
      timer = setTimeout(() => tell(words.failed), time);
    };

    const focusFrame = () => {
      if (!wanted || panel.hidden || panel.classList.contains("waiting")) return;
      wanted = false;
      frame.focus();
      post("focus");
    };

    // On a small screen the panel covers the page, so the page behind it rests.
    const cover = () => {
      const page = document.documentElement.style;
      const covers = floating && small.matches && !panel.hidden;
      if (covers && !before) {
        before = [document.body.inert, page.overflow];
        document.body.inert = true;
        page.overflow = "hidden";
      } else if (!covers && before) {
        [document.body.inert, page.overflow] = before;
        before = null;
      }
      panel.setAttribute("aria-modal", covers);
      follow();
    };

    // Above an on-screen keyboard; a page that is magnified by pinching is left alone.
    const follow = () => {
      const view = window.visualViewport;
      if (!view || !before || Math.abs(view.scale - 1) > 0.01) return;
      panel.style.setProperty("--top", `${view.offsetTop}px`);
      panel.style.setProperty("--height", `${view.height}px`);
    };

    const open = (focus) => {
      panel.hidden = false;
      launcher.setAttribute("aria-expanded", "true");
      if (!frame) load();
      cover();
      wanted = focus;
      focusFrame();
    };

    const close = () => {
      const inside = document.activeElement === host;
      panel.hidden = true;
      launcher.setAttribute("aria-expanded", "false");
      cover();
      if (inside) launcher.focus({ preventScroll: true });
    };

    addEventListener("message", (event) => {
      if (event.source !== frame?.contentWindow || event.origin !== address.origin) return;
      const { name, version, type } = event.data ?? {};
      if (name !== NAME || version !== VERSION) return;
      if (type === "ready") {
        clearTimeout(timer);
        panel.classList.remove("waiting");
        focusFrame();
      } else if (type === "close" && floating) close();
    });

    again.addEventListener("click", () => {
      load();
      wanted = true;
      shut.focus();
    });
    shut.addEventListener("click", close);

    if (!floating) {
      host.className = "inline";
      panel.classList.add("inline");
      shut.hidden = true;
      root.append(panel);
      place(host);
      open(false);
      return;
    }
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-label", options.title || words.title);
    launcher.addEventListener("click", () => (panel.hidden ? open(true) : close()));
    host.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !panel.hidden) close();
    });
    small.addEventListener("change", cover);
    window.visualViewport?.addEventListener("resize", follow);
    window.visualViewport?.addEventListener("scroll", follow);
    root.append(launcher, panel);
    // Beside the body, where neither a transform nor `inert` on it reaches.
    document.documentElement.append(host);
    if (on(options.open) && !small.matches) open(false);
  };

  // Where an inline widget goes: into the element that its option names, else where the script is.
  const find = (selector) => {
    const named = selector && selector !== "true" ? document.querySelector(selector) : null;
    if (named) return (host) => named.append(host);
    if (script.closest("body")) return (host) => script.after(host);
    console.warn(`${NAME}: data-inline names no element of this page`);
    return null;
  };

  if (document.readyState === "loading") addEventListener("DOMContentLoaded", mount, { once: true });
  else mount();
})();
