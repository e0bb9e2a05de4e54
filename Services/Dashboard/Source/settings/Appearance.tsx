import { Card } from "../parts/Card";
import { Choice } from "../parts/Choice";
import { useStore } from "../state/store";
import { theme } from "../state/theme";
import { texts } from "../texts";

/** Dark, light, or as the system. */
export function Appearance() {
  const words = texts.theme;
  return (
    <Card title={words.label}>
      <Choice
        label={words.label}
        value={useStore(theme)}
        choose={theme.set}
        options={[
          ["system", words.system],
          ["light", words.light],
          ["dark", words.dark],
        ]}
      />
    </Card>
  );
}
