// The page: who and where you are, the channel's messages, and what you type.

import { Composer } from "./composer.js";
import { element } from "./dom.js";
import { learnNames } from "./markdown.js";
import { message, notice, pending } from "./messages.js";

const byId = (id) => document.getElementById(id);
const list = byId("messages");
const scroller = byId("scroller");
const selects = { guild: byId("guild"), channel: byId("channel"), member: byId("member") };
const waiting = new Map(); // exchange -> the row that shows its line until it is answered
let state = { guilds: [] };
let held = null; // entries that arrived while the channel's messages were being fetched

const place = () => ({ channel: selects.channel.value, member: selects.member.value });

async function ask(path, parameters = {}) {
  const answer = await fetch(`/page/api/${path}?${new URLSearchParams(parameters)}`);
  return answer.ok ? answer.json() : [];
}

async function post(path, body) {
  const answer = await fetch(`/page/api/${path}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ...place(), ...body }),
  });
  return answer.ok ? answer.json() : { refused: true };
}

function fill(select, items, label) {
  const before = select.value;
  select.replaceChildren(...items.map((item) => element("option", { value: item.id }, label(item))));
  if (items.some((item) => item.id === before)) select.value = before;
}

function showPlace() {
  const guild = state.guilds.find((item) => item.id === selects.guild.value) ?? state.guilds[0];
  fill(selects.channel, guild.channels, (item) => item.name);
  fill(selects.member, guild.members, (item) => item.admin ? `${item.name} (admin)` : item.name);
  const name = selects.channel.selectedOptions[0].textContent; // #general, or @bot in direct messages
  byId("channel-mark").textContent = name[0];
  byId("channel-name").textContent = name.slice(1);
  return showEntries();
}

async function showEntries() {
  held ??= [];
  const entries = await ask("entries", place());
  waiting.clear();
  list.replaceChildren(...entries.map(node));
  scroller.scrollTop = scroller.scrollHeight;
  const meanwhile = held ?? [];
  held = null;
  meanwhile.forEach(receive);
}

function node(entry) {
  if (entry.kind === "notice") return notice(entry);
  return message(entry, (custom_id, values) => post("press", { message: entry.id, custom_id, values }));
}

function receive(entry) {
  if (entry.kind === "progress") {
    byId("progress").textContent = entry.text;
    return;
  }
  if (held) {
    held.push(entry);
    return;
  }
  if (entry.channel !== selects.channel.value || (entry.for && entry.for !== selects.member.value)) return;
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  const shown = list.querySelector(`[data-id="${CSS.escape(entry.id)}"]`);
  waiting.get(entry.exchange)?.remove();
  waiting.delete(entry.exchange);
  if (entry.deleted) shown?.remove();
  else if (shown) shown.replaceWith(node(entry));
  else list.append(node(entry));
  if (atEnd) scroller.scrollTop = scroller.scrollHeight;
}

async function send(line) {
  const row = pending(state.guilds.flatMap((g) => g.members).find((m) => m.id === selects.member.value)?.name, line);
  list.append(row);
  scroller.scrollTop = scroller.scrollHeight;
  const { exchange, refused } = await post("send", { line });
  const answered = list.querySelector(`[data-exchange="${CSS.escape(exchange ?? "")}"]`);
  if (refused || answered) row.remove();
  else waiting.set(exchange, row);
}

list.addEventListener("load", () => {
  if (scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 900) scroller.scrollTop = scroller.scrollHeight;
}, true); // a loaded picture makes its message taller

async function start() {
  state = await ask("state");
  learnNames(state.guilds.flatMap((g) => [...g.channels, ...g.members].map((item) => [item.id, item.name.replace(/^[#@]/, "")])));
  fill(selects.guild, state.guilds, (item) => item.name);
  byId("progress").textContent = state.progress;
  for (const select of Object.values(selects)) select.addEventListener("change", showPlace);
  await showPlace();
  const events = new EventSource("/page/api/events");
  events.onmessage = (event) => receive(JSON.parse(event.data));
  events.onopen = () => showEntries(); // also after a lost connection: entries may have been missed
  new Composer((line) => ask("suggestions", { ...place(), line }), send).input.focus();
}

start();
