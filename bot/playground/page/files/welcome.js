// What an empty channel shows: what this is, and things to try.

import { element } from "./dom.js";

const TRIES = [
  ["/forecast SPY", "The next 60 trading days of an ETF"],
  ["/scores", "How far off past forecasts were"],
  ["/compare SPY, ARKK", "Two ETFs side by side"],
  ["/report here", "The weekly report, here on Saturdays", "manager"],
  ["/alert add SPY condition:above price:", "A message once SPY closes above your price"],
  ["/explain", "How to read a forecast, and what its words mean"],
];

/** @param take called with the line of a button; one that ends with a colon lacks its value */
export function showWelcome(node, { guild, person }, take) {
  const tries = TRIES.filter(([, , only]) => !only || (person.admin && !guild.direct));
  node.replaceChildren(
    element("h2", { id: "welcome-title" }, "Welcome to the playground"),
    element("p", {}, "This is the bot as your server would see it: the real program, in a chat on this machine. Nothing "
      + "reaches Discord, and prices are simulated unless you chose others. Try one of these, or type / to see every command."),
    element("div", { class: "tries" }, ...tries.map(([line, what]) => element("button", { type: "button", onclick: () => take(line) },
      element("code", {}, line.endsWith(":") ? line.split(" ", 2).join(" ") + " …" : line), element("span", {}, what)))),
    element("p", {}, "Move the clock at the top to see what comes by itself: “Next close” brings new forecasts and alerts, "
      + "“Next Saturday” the weekly training and the report."));
}
