// Messages as Discord shows them: who asked what, text, embeds, files and buttons; and the client's own notices.

import { element, safeAddress } from "./dom.js";
import { markdown } from "./markdown.js";
import { picture } from "./pictures.js";
import { clock } from "./times.js";

const BUTTON = 2;
const LINK = 5;

export function notice(entry, dismiss) {
  return element("li", { class: "entry notice", "data-id": entry.id, "data-exchange": entry.exchange },
    invoked(entry, "typed"),
    element("p", { class: "text" }, entry.text),
    onlyYou(dismiss));
}

/** What a command or a press looks like until the bot has said something. */
export function pending(by, line, bot, did = "used") {
  return element("li", { class: "entry pending" }, invoked({ by, line }, did),
    element("p", { class: "thinking" }, `${bot} is thinking`));
}

/**
 * @param press called with (custom_id, values, label) when a button or a menu is used
 * @param dismiss called when a message for one person is put away
 */
export function message(entry, press, dismiss) {
  const kind = `entry${entry.ephemeral ? " ephemeral" : ""}`;
  return element("li", { class: kind, id: `message-${entry.id}`, tabindex: -1, "data-id": entry.id, "data-exchange": entry.exchange },
    entry.by ? invoked(entry) : null,
    element("p", { class: "who" },
      element("strong", {}, entry.author),
      element("span", { class: "badge" }, "APP"),
      element("time", { datetime: new Date(entry.at * 1000).toISOString() }, clock(entry.at))),
    entry.thinking ? element("p", { class: "thinking" }, `${entry.author} is thinking`) : null,
    entry.content ? element("div", { class: "text" }, ...markdown(entry.content),
      entry.edited ? element("span", { class: "edited" }, " (edited)") : null) : null,
    ...entry.embeds.map(embed),
    files(entry.attachments),
    ...entry.components.map((row) => components(row, press)),
    entry.ephemeral ? onlyYou(dismiss) : null);
}

function invoked({ by, line }, did = "used") {
  return element("p", { class: "invoked" }, `${by} ${did} `, element("code", {}, line));
}

function onlyYou(dismiss) {
  return element("p", { class: "only-you" }, "Only you can see this • ",
    element("button", { type: "button", class: "as-link", onclick: dismiss }, "Dismiss message"));
}

function embed(data) {
  const title = data.title ? element("h2", {}, ...markdown(data.title)) : null;
  const node = element("article", { class: "embed", "aria-label": data.title ?? "Embed" },
    data.author?.name ? element("p", { class: "invoked" }, data.author.name) : null,
    title,
    data.description ? element("div", { class: "text" }, ...markdown(data.description)) : null,
    data.fields?.length ? element("dl", { class: "fields" }, ...data.fields.map(field)) : null,
    data.image ? picture(data.image) : null,
    footer(data));
  if (data.color !== undefined) node.style.borderLeftColor = `#${data.color.toString(16).padStart(6, "0")}`;
  return node;
}

function field(data) {
  return element("div", { class: data.inline ? "inline" : "" },
    element("dt", {}, ...markdown(data.name)),
    element("dd", {}, ...markdown(data.value)));
}

function footer(data) {
  const parts = [data.footer?.text, data.timestamp ? clock(Date.parse(data.timestamp) / 1000) : null].filter(Boolean);
  return parts.length ? element("footer", {}, parts.join(" • ")) : null;
}

function files(attachments) {
  if (!attachments.length) return null;
  return element("div", { class: "attachments" }, ...attachments.map((file) => file.is_image ? picture(file) : element("a",
    { href: safeAddress(file.url), download: file.filename }, `${file.filename} (${(file.size / 1024).toFixed(1)} kB)`)));
}

function components(row, press) {
  return element("div", { class: "row" }, ...(row.components ?? []).map((part) => part.type === BUTTON ? button(part, press)
    : part.options ? menu(part, press) : null));
}

function button(part, press) {
  const label = [part.emoji?.name, part.label].filter(Boolean).join(" ");
  if (part.style === LINK) {
    return element("a", { href: safeAddress(part.url), target: "_blank", rel: "noopener noreferrer" }, label);
  }
  return element("button", { type: "button", class: `style-${part.style}`, disabled: part.disabled,
    onclick: () => press(part.custom_id, [], label) }, label);
}

function menu(part, press) {
  const node = element("select", { "aria-label": part.placeholder ?? "Choose", disabled: part.disabled,
    multiple: (part.max_values ?? 1) > 1,
    onchange: () => {
      const chosen = [...node.selectedOptions].filter((option) => option.value);
      press(part.custom_id, chosen.map((option) => option.value), chosen.map((option) => option.textContent).join(", "));
    } },
    element("option", { value: "" }, part.placeholder ?? "Choose…"),
    ...part.options.map((option) => element("option", { value: option.value, selected: option.default }, option.label)));
  return node;
}
