// The reader's language, which every interaction carries, and the theme. Both are remembered.

import { setLanguage } from "./times.js";

const language = document.getElementById("language");
const theme = document.getElementById("theme");

/** @param onLanguage called when another language was chosen */
export function startSettings(onLanguage) {
  language.value = localStorage.getItem("language") ?? (navigator.language.startsWith("de") ? "de" : "en-US");
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
