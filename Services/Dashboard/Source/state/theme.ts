import { Store } from "./store";

export type Theme = "system" | "light" | "dark";
const place = "avstudio.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

function stored(): Theme {
  const value = localStorage.getItem(place);
  return value === "light" || value === "dark" ? value : "system";
}

export const theme = new Store<Theme>(stored());
/** What is shown: charts draw with its colours. */
export const isDark = new Store(false);

function apply(): void {
  const value = theme.get() === "system" ? dark.matches : theme.get() === "dark";
  document.documentElement.dataset.theme = value ? "dark" : "light";
  isDark.set(value);
}

theme.watch(() => {
  if (theme.get() === "system") localStorage.removeItem(place);
  else localStorage.setItem(place, theme.get());
  apply();
});
dark.addEventListener("change", apply);
apply();
