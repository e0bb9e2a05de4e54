import { useState } from "react";
import { Card } from "../parts/Card";
import { Choice } from "../parts/Choice";
import { texts } from "../texts";
import { MediaEstimate } from "./MediaEstimate";
import { ModelEstimate } from "./ModelEstimate";

/** What a piece of work would take, before it is begun. */
export function Estimator() {
  const [kind, setKind] = useState<"media" | "model">("media");
  return (
    <Card
      title={texts.overview.estimator}
      tools={
        <Choice
          label={texts.overview.estimator}
          value={kind}
          choose={setKind}
          options={[
            ["media", texts.overview.estimate.media],
            ["model", texts.overview.estimate.model],
          ]}
        />
      }
    >
      {kind === "media" ? <MediaEstimate /> : <ModelEstimate />}
    </Card>
  );
}
