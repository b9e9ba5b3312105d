// Who you are and where: the choice of a person, the list of channels they see, and what is unread in them.

import { element } from "./dom.js";

const byId = (id) => document.getElementById(id);

export class Places {
  /** @param guilds servers, and direct messages in the same form   @param onMove called when the place has changed */
  constructor(guilds, onMove) {
    this.guilds = guilds;
    this.onMove = onMove;
    this.unread = new Map(); // channel -> ids of the new messages there
    this.people = guilds.filter((guild) => !guild.direct).flatMap((guild) => guild.members);
    this.select = byId("member");
    this.select.replaceChildren(...this.people.map(({ id, name, admin }) => element("option", { value: id },
      admin ? `${name} (manager)` : name)));
    this.select.addEventListener("change", () => this.be(this.select.value));
    this.menu = byId("menu");
    this.menu.addEventListener("click", () => this.showList(this.menu.getAttribute("aria-expanded") !== "true"));
    byId("scroller").addEventListener("click", () => this.showList(false));
    byId("sidebar").addEventListener("keydown", (event) => {
      if (event.key === "Escape") { this.showList(false); this.menu.focus(); }
    });
    this.member = this.people[0].id;
    this.channel = this.visible()[0].channels[0].id;
    this.draw();
  }

  get person() {
    return this.people.find((person) => person.id === this.member);
  }

  get guild() {
    return this.guilds.find((guild) => guild.channels.some((channel) => channel.id === this.channel));
  }

  visible() {
    return this.guilds.filter((guild) => guild.members.some((member) => member.id === this.member));
  }

  be(member) {
    this.member = member;
    if (!this.visible().includes(this.guild)) this.channel = this.visible()[0].channels[0].id;
    this.draw();
    return this.onMove();
  }

  go(channel) {
    this.channel = channel;
    this.showList(false);
    this.draw();
    return this.onMove();
  }

  /** On a narrow screen the list covers the chat while it is open. */
  showList(open) {
    this.menu.setAttribute("aria-expanded", String(open));
    byId("sidebar").classList.toggle("open", open);
    if (open) byId("sidebar").querySelector("button").focus();
  }

  /** A message has come in a channel that is not open. */
  notice(entry) {
    const ids = this.unread.get(entry.channel) ?? new Set();
    ids.add(entry.id); // a change of a message is no second one
    this.unread.set(entry.channel, ids);
    this.draw();
  }

  draw() {
    this.unread.delete(this.channel);
    byId("places").replaceChildren(...this.visible().map((guild) => element("section", {},
      element("h2", {}, guild.direct ? "Direct messages" : guild.name),
      element("ul", {}, ...guild.channels.map((channel) => element("li", {}, this.button(channel)))))));
    const { name } = this.guild.channels.find((channel) => channel.id === this.channel); // #general, @bot
    byId("channel-mark").textContent = name[0];
    byId("channel-name").textContent = name.slice(1);
    const news = this.visible().flatMap((guild) => guild.channels).some((channel) => this.unread.has(channel.id));
    this.menu.classList.toggle("news", news);
  }

  button({ id, name }) {
    const count = this.unread.get(id)?.size;
    return element("button", { type: "button", "aria-current": id === this.channel && "page", onclick: () => this.go(id) },
      name, count ? element("span", { class: "unread" }, String(count),
        element("span", { class: "visually-hidden" }, count === 1 ? " new message" : " new messages")) : null);
  }
}
