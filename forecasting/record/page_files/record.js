// Verifies the chain: hash = SHA-256(hash of the row before + "\n" + canonical JSON of the row), as docs/record.md says.

const BEFORE_FIRST = "0".repeat(64);
const SHOWN = 200;
const hashes = [BEFORE_FIRST];
const rows = [];
let sound = false;

const element = (id) => document.getElementById(id);
const percent = (share) => (share == null ? "–" : `${(100 * share).toFixed(1)}%`);
const fixed = (number) => (number == null ? "–" : number.toFixed(2));

async function sha256(text) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function say(text, kind) {
  element("verdict").textContent = text;
  element("verdict").className = kind ?? "";
}

async function fetched(name) {
  const answer = await fetch(name, { cache: "no-store" });
  if (!answer.ok) throw new Error(`${name} cannot be loaded (${answer.status}).`);
  return answer.json();
}

function cells(table, values, texts = 0) {
  const row = table.tBodies[0].insertRow();
  values.forEach((value, index) => {
    const cell = row.insertCell();
    cell.textContent = value;
    cell.dataset.label = table.tHead.rows[0].cells[index].textContent.trim();
    if (index < texts) cell.className = "text";
  });
}

function showRecords(records) {
  for (const record of records) {
    const live = record.scores.lstm ?? {};
    const beside = (share, promised) => `${percent(share)} (${percent(promised)})`;
    cells(element("records"), [
      record.symbol, record.kind, record.issued, record.final, record.sessions,
      beside(live.cover80, record.backtest.cover80), beside(live.cover95, record.backtest.cover95),
      live.mae_pct == null ? "–" : `${fixed(live.mae_pct)}%`,
    ], 2);
  }
}

function showRows() {
  const symbol = element("symbol").value;
  const wanted = rows.filter((row) => !symbol || row.content.symbol === symbol);
  element("rows").tBodies[0].replaceChildren();
  for (const { content, hash, outcome } of wanted.slice(-SHOWN).reverse()) {
    const last = Object.values(content.quantiles).at(-1) ?? [];
    const scored = outcome?.sessions ?? 0;
    cells(element("rows"), [
      content.number, content.symbol, content.kind, content.as_of, `${fixed(content.raw_close)} ${content.currency}`,
      `${fixed(last[1])} to ${fixed(last.at(-2))}`, scored, scored ? percent(outcome.inside80 / scored) : "–",
      scored ? `${fixed(outcome.mae_pct)}%` : "–", hash.slice(0, 16),
    ], 4);
  }
  element("shown").textContent = `The newest ${Math.min(SHOWN, wanted.length)} of ${wanted.length} are shown.`;
}

async function verified(record) {
  for (const name of record.files) {
    for (const row of await fetched(name)) {
      const number = hashes.length;
      const content = JSON.parse(row.canonical);
      if (content.number !== number) return `Row ${number} is missing: row ${content.number} stands in its place.`;
      const hash = await sha256(`${hashes[number - 1]}\n${row.canonical}`);
      if (hash !== row.hash) return `Row ${number} (${content.symbol} as of ${content.as_of}) does not have the hash that it says.`;
      hashes.push(hash);
      rows.push({ content, hash, outcome: row.outcome });
    }
    say(`Verifying: ${hashes.length - 1} of ${record.head.number} …`);
  }
  if (hashes.length - 1 !== record.head.number || hashes.at(-1) !== record.head.hash) {
    return `The rows end with ${hashes.length - 1}, and the head is ${record.head.number}: something is missing.`;
  }
  return null;
}

element("noted").addEventListener("submit", (event) => {
  event.preventDefault();
  const [number, digits] = event.target.elements.head.value.trim().toLowerCase().split(":");
  const output = event.target.querySelector("output");
  if (!sound) output.textContent = "The record has not been verified.";
  else if (Number(number) >= hashes.length) output.textContent = `Row ${number} is not in this record: it was cut off.`;
  else if (hashes[Number(number)].startsWith(digits)) output.textContent = "This record continues it.";
  else output.textContent = `Row ${number} or one before it was changed, and the hashes were recomputed.`;
});
element("symbol").addEventListener("change", showRows);

try {
  if (!globalThis.crypto?.subtle) throw new Error("Open this page over https, or from this machine: browsers verify hashes only there.");
  const record = await fetched("record.json");
  showRecords(record.records);
  const fault = await verified(record);
  sound = fault === null;
  const head = `${record.head.number}:${record.head.hash.slice(0, 16)}`;
  if (sound) say(`Your browser recomputed all ${record.head.number} hashes: unchanged. Head: ${head}`, "sound");
  else say(`${fault} Rows up to ${hashes.length - 1} are intact.`, "broken");
  for (const symbol of [...new Set(rows.map((row) => row.content.symbol))].sort()) element("symbol").add(new Option(symbol));
  showRows();
} catch (error) {
  say(error.message, "broken");
}
