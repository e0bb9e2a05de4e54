import { useState } from "react";
import { Card } from "../parts/Card";
import { Days } from "../parts/Days";
import { Download } from "../parts/Download";
import { texts } from "../texts";

const tables = ["metrics", "runs", "days", "breakdown"] as const;

/** Everything as files. */
export function Exports() {
  const [days, setDays] = useState(30);
  const words = texts.exports;
  return (
    <Card title={texts.settings.exports} tools={<Days value={days} choose={setDays} options={[1, 7, 30, 90]} />}>
      <p className="help">{texts.settings.exportsHelp}</p>
      <div className="buttons left">
        {tables.map((table) => (
          <Download key={table} path={`/api/export/${table}.csv?days=${days}`} name={`${table}-${days}-days.csv`}>
            {words[table]}
          </Download>
        ))}
        <Download path={`/api/report.pdf?days=${days}`} name={`report-${days}-days.pdf`}>
          {texts.overview.report}
        </Download>
      </div>
    </Card>
  );
}
