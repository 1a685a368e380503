// Scrolls to the quoted words when the address carries no anchor of its own.
"use strict";

const quote = document.getElementById("quote");
if (quote && !location.hash) {
  quote.scrollIntoView({ block: "center" });
}
