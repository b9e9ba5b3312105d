// The reader's language, which every interaction carries, and the theme. Both are remembered.

import { setLanguage } from "./times.js";

const language = document.getElementById("language");
const theme = document.getElementById("theme");

/**
 * @param languages the name of each language that can be chosen, by its locale
 * @param onLanguage called when another language was chosen
 */
export function startSettings(languages, onLanguage) {
  language.replaceChildren(...Object.entries(languages).map(([locale, name]) => new Option(name, locale)));
  const ofBrowser = Object.keys(languages).find((locale) => locale.slice(0, 2) === navigator.language.slice(0, 2));
  language.value = localStorage.getItem("language") ?? ofBrowser ?? "en-US";
  theme.value = localStorage.getItem("theme") ?? "";
  setLanguage(locale());
  showTheme();
  language.addEventListener("change", () => {
    localStorage.setItem("language", locale());
    setLanguage(locale());
    onLanguage();
  });
  theme.addEventListener("change", () => {
    localStorage.setItem("theme", theme.value);
    showTheme();
  });
}

export function locale() {
  return language.value;
}

function showTheme() {
  document.documentElement.dataset.theme = theme.value;
}
