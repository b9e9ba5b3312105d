// The clock in the header: the playground's date and time in New York, and two buttons that move it forward.

import { now, setNow } from "./times.js";

const IN_NEW_YORK = new Intl.DateTimeFormat("en-US", {
  weekday: "short", month: "short", day: "numeric", year: "numeric", hour: "numeric", minute: "2-digit",
  timeZone: "America/New_York",
});

export class Clock {
  /** @param move to -> {now} or {problem}   @param say shows a sentence */
  constructor(canMove, move, say) {
    this.node = document.getElementById("now");
    this.buttons = [...document.querySelectorAll("#clock button")];
    for (const button of this.buttons) {
      button.hidden = !canMove;
      button.addEventListener("click", () => this.move(button.dataset.to, move, say));
    }
    setInterval(() => this.show(), 1000);
  }

  set(seconds) {
    setNow(seconds);
    this.show();
  }

  show() {
    const date = new Date(now() * 1000);
    this.node.dateTime = date.toISOString();
    this.node.textContent = `${IN_NEW_YORK.format(date)} in New York`;
  }

  async move(to, move, say) {
    this.buttons.forEach((button) => { button.disabled = true; });
    say("Moving the clock…");
    const { now: reached, problem } = await move(to);
    if (reached) this.set(reached);
    say(problem ?? `It is ${this.node.textContent} now, and the bot has done what was due.`);
    this.buttons.forEach((button) => { button.disabled = false; });
  }
}
