// The part of Discord's Markdown that bots use: bold, italic, underline, strikethrough, code, links, times, mentions.

import { element, safeAddress } from "./dom.js";
import { timestamp } from "./times.js";

const RULES = [
  [/^```(?:\w*\n)?([^]*?)\n?```/, (m) => element("pre", { tabindex: 0 }, m[1])],
  [/^`([^`\n]+)`/, (m) => element("code", {}, m[1])],
  [/^\*\*([^]+?)\*\*/, (m) => element("strong", {}, ...inline(m[1]))],
  [/^__([^]+?)__/, (m) => element("u", {}, ...inline(m[1]))],
  [/^~~([^]+?)~~/, (m) => element("s", {}, ...inline(m[1]))],
  [/^\*(?!\s)([^*\n]+?)\*/, (m) => element("em", {}, ...inline(m[1]))],
  [/^_(?!\s)([^_\n]+?)_(?!\w)/, (m) => element("em", {}, ...inline(m[1]))],
  [/^\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?\)/, (m) => link(m[2], m[1])],
  [/^https?:\/\/[^\s<>)\]]+/, (m) => link(m[0], m[0])],
  [/^<t:(-?\d+)(?::([tTdDfFR]))?>/, (m) => timestamp(Number(m[1]), m[2] ?? "f")],
  [/^<(#|@[!&]?)(\d+)>/, (m) => element("span", { class: "mention" }, m[1][0] + nameOf(m[2]))],
  [/^<\/([-\w ]+):\d+>/, (m) => element("span", { class: "mention" }, "/" + m[1])],
  [/^\\([*_`~\\|<>[\]()#-])/, (m) => document.createTextNode(m[1])],
];

const names = new Map();

/** The names that mentions of channels and members show. */
export function learnNames(pairs) {
  for (const [id, name] of pairs) names.set(id, name);
}

function nameOf(id) {
  return names.get(id) ?? "unknown";
}

/** A link to a message on Discord leads to the message here. */
const JUMP = /^https:\/\/discord\.com\/channels\/(?:\d+|@me)\/(\d+)\/(\d+)$/;

function link(address, label) {
  const jump = JUMP.exec(address);
  if (jump) {
    const text = label === address ? `#${nameOf(jump[1])} › message` : label;
    return element("a", { class: "mention", href: `#message-${jump[2]}`, "data-channel": jump[1] }, text);
  }
  const href = safeAddress(address);
  return href ? element("a", { href, target: "_blank", rel: "noopener noreferrer" }, label) : label;
}

function inline(text) {
  const nodes = [];
  let plain = "";
  let atWord = false; // inside a word, underscores and addresses mean nothing
  while (text) {
    const hit = rule(text, atWord);
    if (hit) {
      if (plain) nodes.push(plain);
      plain = "";
      nodes.push(hit.node);
      text = text.slice(hit.length);
      atWord = false;
    } else {
      atWord = /\w/.test(text[0]);
      plain += text[0];
      text = text.slice(1);
    }
  }
  if (plain) nodes.push(plain);
  return nodes;
}

function rule(text, atWord) {
  for (const [pattern, make] of RULES) {
    if (atWord && /[_h]/.test(text[0])) continue;
    const match = pattern.exec(text);
    if (match) return { node: make(match), length: match[0].length };
  }
  return null;
}

/** The nodes of a text; lines that begin with "-# " are small print, with "# " to "### " headings. */
export function markdown(text) {
  const nodes = [];
  for (const part of text.split(/(```[^]*?```)/)) {
    if (part.startsWith("```")) nodes.push(...inline(part));
    else if (part) nodes.push(...lines(part));
  }
  return nodes;
}

function lines(text) {
  return text.split("\n").flatMap((line, index) => {
    const start = index ? ["\n"] : [];
    const small = /^-# (.*)/.exec(line);
    const heading = /^#{1,3} (.*)/.exec(line);
    if (small) return [...start, element("small", {}, ...inline(small[1]))];
    if (heading) return [...start, element("strong", {}, ...inline(heading[1]))];
    return [...start, ...inline(line.replace(/^(\s*)[-*] /, "$1• "))];
  });
}
