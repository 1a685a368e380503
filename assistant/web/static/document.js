// Scrolls to the quoted words when the address carries no anchor of its own, and closes the tab.
"use strict";

const quote = document.getElementById("quote");
if (quote && !location.hash) {
  quote.scrollIntoView({ block: "center" });
}

// A tab that has shown no other page was opened beside something, most often a conversation.
const close = document.querySelector("[data-close]");
if (close && history.length === 1) {
  close.hidden = false;
  close.addEventListener("click", () => {
    window.close();
    const stuck = document.querySelector("[data-stuck]");
    setTimeout(() => (stuck.textContent = stuck.dataset.stuck), 300);
  });
}
