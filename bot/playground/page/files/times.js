// The playground's time, and Discord's timestamps: <t:unix:style> in the reader's language and time zone. Relative ones
// are kept up to date.

const STYLES = {
  t: { timeStyle: "short" }, T: { timeStyle: "medium" }, d: { dateStyle: "short" }, D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" }, F: { dateStyle: "full", timeStyle: "short" },
};
const UNITS = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
let ahead = 0; // of the browser's clock, in seconds
let language;

/** Seconds since 1970 on the playground's clock. */
export function now() {
  return Date.now() / 1000 + ahead;
}

/** From now on the playground's clock shows this time. */
export function setNow(seconds) {
  ahead = seconds - Date.now() / 1000;
  renew();
}

/** Timestamps made from now on are in this language. */
export function setLanguage(code) {
  language = code;
}

export function timestamp(seconds, style) {
  const date = new Date(seconds * 1000);
  const node = document.createElement("time");
  node.className = "stamp";
  if (Number.isNaN(date.getTime())) {
    node.textContent = "Invalid Date";
    return node;
  }
  node.dateTime = date.toISOString();
  node.title = new Intl.DateTimeFormat(language, STYLES.F).format(date);
  if (style === "R") {
    node.dataset.since = seconds;
    node.textContent = ago(seconds);
  } else {
    node.textContent = new Intl.DateTimeFormat(language, STYLES[style]).format(date);
  }
  return node;
}

export function clock(seconds) {
  return new Intl.DateTimeFormat(language, { dateStyle: "short", timeStyle: "short" }).format(new Date(seconds * 1000));
}

function ago(seconds) {
  const away = seconds - now();
  const [unit, length] = UNITS.find(([, size]) => Math.abs(away) >= size) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(Math.round(away / length), unit);
}

function renew() {
  for (const node of document.querySelectorAll("time[data-since]")) node.textContent = ago(Number(node.dataset.since));
}

setInterval(renew, 10_000);
