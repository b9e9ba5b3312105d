// The page: the channel's messages, and what you type and press.

import { Clock } from "./clock.js";
import { Composer } from "./composer.js";
import { learnNames } from "./markdown.js";
import { message, notice, pending } from "./messages.js";
import { Places } from "./places.js";
import { locale, startSettings } from "./settings.js";
import { showWelcome } from "./welcome.js";

const byId = (id) => document.getElementById(id);
const list = byId("messages");
const scroller = byId("scroller");
const waiting = new Map(); // exchange -> the row that shows that the bot is thinking, until it has said something
const dismissed = new Set(JSON.parse(sessionStorage.getItem("dismissed") ?? "[]"));
const answers = new Set(); // exchanges to which it has
let bot = "The bot";
let places = null;
let clock = null;
let composer = null;
let held = null; // entries that arrived while the channel's messages were being fetched

const here = () => ({ channel: places.channel, member: places.member, locale: locale() });

async function ask(path, parameters = {}) {
  const answer = await fetch(`/page/api/${path}?${new URLSearchParams(parameters)}`);
  return answer.ok ? answer.json() : [];
}

async function post(path, body) {
  try {
    const answer = await fetch(`/page/api/${path}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    return answer.ok ? await answer.json() : { problem: await answer.text() };
  } catch {
    return { problem: "The playground does not answer. Is it still running?" };
  }
}

function say(text) {
  keepingTheEnd(() => { byId("progress").textContent = text; }); // a long one leaves the messages less room
}

async function showEntries() {
  held ??= [];
  const entries = await ask("entries", here());
  waiting.clear();
  list.replaceChildren(...entries.filter((entry) => !dismissed.has(entry.id)).map(node));
  showWelcome(byId("welcome"), places, take);
  hideOrShowWelcome();
  scroller.scrollTop = list.children.length ? scroller.scrollHeight : 0;
  const meanwhile = held ?? [];
  held = null;
  meanwhile.forEach(receive);
}

function hideOrShowWelcome() {
  byId("welcome").hidden = list.children.length > 0;
}

function node(entry) {
  const dismiss = () => {
    dismissed.add(entry.id);
    sessionStorage.setItem("dismissed", JSON.stringify([...dismissed]));
    list.querySelector(`[data-id="${CSS.escape(entry.id)}"]`)?.remove();
    hideOrShowWelcome();
    composer.input.focus();
  };
  if (entry.kind === "notice") return notice(entry, dismiss);
  const press = (custom_id, values, label) => act(
    "press", { message: entry.id, custom_id, values }, pending(places.person.name, label, bot, "pressed"));
  return message(entry, press, dismiss);
}

function receive(entry) {
  if (entry.kind === "progress") return say(entry.text);
  if (entry.kind === "clock") return clock.set(entry.now);
  if (held) return held.push(entry);
  if (entry.kind === "answered") return answered(entry.exchange);
  if (entry.for && entry.for !== places.member) return undefined;
  if (entry.channel !== places.channel) return entry.deleted ? undefined : places.notice(entry);
  return keepingTheEnd(() => {
    const shown = list.querySelector(`[data-id="${CSS.escape(entry.id)}"]`);
    answered(entry.exchange);
    if (entry.deleted) shown?.remove();
    else if (shown) shown.replaceWith(node(entry));
    else if (!dismissed.has(entry.id)) list.append(node(entry));
    hideOrShowWelcome();
  });
}

function answered(exchange) {
  answers.add(exchange);
  waiting.get(exchange)?.remove();
  waiting.delete(exchange);
}

/** Change the messages. Who reads the newest goes on seeing the newest. */
function keepingTheEnd(change) {
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  change();
  if (atEnd) scroller.scrollTop = scroller.scrollHeight;
}

/** Send what somebody did; `row` shows at once that the bot is thinking. */
async function act(path, body, row) {
  list.append(row);
  hideOrShowWelcome();
  scroller.scrollTop = scroller.scrollHeight;
  const { exchange, refused, problem } = await post(path, { ...here(), ...body });
  if (problem || refused || answers.has(exchange)) row.remove();
  else waiting.set(exchange, row);
  if (problem) say(problem);
  hideOrShowWelcome();
}

function send(line) {
  return act("send", { line }, pending(places.person.name, line, bot));
}

/** A thing to try: a line that lacks its last value is put into the input. */
function take(line) {
  if (line.endsWith(":")) composer.offer(line);
  else send(line);
}

async function jump(event) {
  const link = event.target.closest("a[data-channel]");
  if (!link) return;
  event.preventDefault();
  if (link.dataset.channel !== places.channel) await places.go(link.dataset.channel);
  const target = document.querySelector(link.hash);
  target?.scrollIntoView({ block: "start" });
  target?.focus();
}

list.addEventListener("click", jump);
list.addEventListener("load", () => {
  if (scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 900) scroller.scrollTop = scroller.scrollHeight;
}, true); // a loaded picture makes its message taller

async function start() {
  const state = await ask("state");
  bot = state.bot;
  learnNames(state.guilds.flatMap((g) => [...g.channels, ...g.members].map((item) => [item.id, item.name.replace(/^[#@]/, "")])));
  places = new Places(state.guilds, showEntries);
  clock = new Clock(state.can_move_clock, (to) => post("clock", { to }), say);
  clock.set(state.now);
  startSettings(state.languages, showEntries);
  say(state.progress);
  composer = new Composer((line) => ask("suggestions", { ...here(), line }), send);
  await showEntries();
  const events = new EventSource("/page/api/events");
  events.onmessage = (event) => receive(JSON.parse(event.data));
  events.onopen = () => showEntries(); // also after a lost connection: entries may have been missed
  composer.input.focus();
}

start();
