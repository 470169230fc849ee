// Before anything is drawn: the colours and the language that were chosen last time. A file of its own, because the page allows no script in its text.
(() => {
  const root = document.documentElement;
  const kept = (key) => {
    try {
      return localStorage.getItem(`lianghu.${key}`);
    } catch {
      return null; // storage may be forbidden
    }
  };
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = kept("theme");
  root.dataset.theme = theme === "dark" || theme === "light" ? theme : dark ? "dark" : "light";
  root.dataset.rise = kept("rise") === "green" ? "green" : "red";
  if (kept("session")) root.dataset.session = "kept";
  root.lang = kept("language") === "en" ? "en" : "zh-CN";
})();
