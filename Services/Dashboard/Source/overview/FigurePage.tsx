import { useState } from "react";
import { Days } from "../parts/Days";
import { Icon } from "../parts/Icon";
import { href } from "../state/router";
import { texts } from "../texts";
import { FigureRows } from "./FigureRows";
import { FigureScripts } from "./FigureScripts";

const periods = [1, 7, 30];

/** The scripts and the measurements that a key figure is made of. */
export function FigurePage({ name, period }: { name: string; period?: string }) {
  const [days, setDays] = useState(periods.find((one) => String(one) === period) ?? 7);
  return (
    <>
      <div className="page-tools">
        <a className="button" href={href()}>
          <Icon name="left" />
          {texts.pages.overview}
        </a>
        <Days value={days} choose={setDays} options={periods} />
      </div>
      <FigureScripts name={name} days={days} />
      <FigureRows name={name} days={days} title={texts.overview.rows} />
    </>
  );
}
