import { Icon } from "../parts/Icon";
import { useStore } from "../state/store";
import { isDark, theme } from "../state/theme";
import { texts } from "../texts";

/** Changes between dark and light; the settings also let the system decide. */
export function ThemeSwitch() {
  const dark = useStore(isDark);
  const label = dark ? texts.theme.toLight : texts.theme.toDark;
  return (
    <button
      type="button"
      className="bare theme"
      aria-label={label}
      title={label}
      onClick={() => theme.set(dark ? "light" : "dark")}
    >
      <Icon name={dark ? "sun" : "moon"} />
    </button>
  );
}
