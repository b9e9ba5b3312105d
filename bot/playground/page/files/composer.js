// The input, the list of suggestions above it, and the keys that choose from the list.

import { element } from "./dom.js";

export class Composer {
  /** @param fetchSuggestions line -> [{line, label, detail}]   @param send line -> void */
  constructor(fetchSuggestions, send) {
    this.input = document.getElementById("line");
    this.list = document.getElementById("suggestions");
    this.fetchSuggestions = fetchSuggestions;
    this.send = send;
    this.found = [];
    this.active = -1;
    this.asked = 0;
    this.history = [];
    this.input.addEventListener("input", () => this.refresh());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.show([]), 150));
    this.input.addEventListener("focus", () => this.refresh());
    document.getElementById("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  async refresh() {
    const mine = ++this.asked;
    const found = this.input.value.startsWith("/") ? await this.fetchSuggestions(this.input.value) : [];
    if (mine === this.asked) this.show(found); // an older answer must not replace a newer one
  }

  show(found) {
    this.found = found;
    this.active = -1;
    this.list.replaceChildren(...found.map((item, index) => {
      const row = element("li", { role: "option", id: `suggestion-${index}`, "aria-selected": "false" },
        element("b", {}, item.label), element("span", {}, item.detail));
      row.addEventListener("mousedown", (event) => { event.preventDefault(); this.take(index); });
      return row;
    }));
    this.list.hidden = found.length === 0;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const open = this.found.length > 0;
    if (event.key === "ArrowDown" && open) this.move(1);
    else if (event.key === "ArrowUp" && open) this.move(-1);
    else if (event.key === "ArrowUp" && !this.input.value && this.history.length) this.input.value = this.history.at(-1);
    else if (event.key === "Tab" && open && !event.shiftKey) this.take(Math.max(this.active, 0));
    else if (event.key === "Enter" && this.active >= 0) this.take(this.active);
    else if (event.key === "Enter" && this.isUnfinished()) this.take(0);
    else if (event.key === "Escape" && open) this.show([]);
    else return;
    event.preventDefault();
  }

  /** Only the beginning of a command's name is typed: Enter completes it, as in Discord. */
  isUnfinished() {
    const typed = this.input.value.trim();
    const labels = this.found.map((item) => item.label); // may be those of one key press ago
    return typed.startsWith("/") && labels[0]?.startsWith(typed) && !labels.includes(typed);
  }

  move(step) {
    const count = this.found.length;
    this.active = this.active < 0 && step < 0 ? count - 1 : (this.active + step + count) % count;
    [...this.list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === this.active)));
    this.input.setAttribute("aria-activedescendant", `suggestion-${this.active}`);
    this.list.children[this.active].scrollIntoView({ block: "nearest" });
  }

  take(index) {
    this.offer(this.found[index].line);
  }

  /** Put a line into the input for its writer to finish. */
  offer(line) {
    this.input.value = line;
    this.input.focus();
    return this.refresh();
  }

  submit() {
    const line = this.input.value.trim();
    if (!line) return;
    this.asked += 1;
    this.input.value = "";
    this.show([]);
    this.history.push(line);
    this.send(line);
  }
}
