import type { ReactNode } from "react";
import type { Costs } from "../api/types";
import { dollars, none, number, share } from "../format";
import { Empty } from "../parts/Empty";
import { Load } from "../parts/Load";
import { type Column, Table } from "../parts/Table";
import { href } from "../state/router";
import type { Loaded } from "../state/useLoad";
import { texts } from "../texts";

export type Grouping = keyof typeof texts.costs.groupings;

export interface Group {
  name: string;
  /** What names none of what the costs are grouped by. */
  isRest?: boolean;
  /** What days are sorted by. */
  order?: string;
  /** Of models. */
  calls: number;
  cost: number;
}

/** As many groups the service lists at most. */
const most = 200;

/** The groups, and what of the total is in none of them: costs that do not tell, and groups beyond those that are listed. */
export function withRest({ groups = [], total, calls }: Costs, title: string): Group[] {
  const all = (value: (group: (typeof groups)[0]) => number) => groups.reduce((sum, group) => sum + value(group), 0);
  const hasCosts = total.count > all((group) => group.count);
  const rest: Group = {
    isRest: groups.length < most,
    name: groups.length < most ? texts.costs.notGiven(title) : texts.costs.others,
    calls: calls - all((group) => group.calls),
    // Sums of what is no sum of powers of two are off by a little: less than a millionth of a cent is nothing.
    cost: hasCosts ? Math.max(0, Math.round((total.sum - all((group) => group.cost)) * 1e9) / 1e9) : 0,
  };
  return hasCosts || rest.calls > 0 ? [...groups, rest] : groups;
}

interface Props {
  groups: Group[];
  title: string;
  /** What a group's name is shown as, where it is more than that. */
  cell?: (group: Group) => ReactNode;
  isDays?: boolean;
}

export function CostTable({ groups, title, cell, isDays }: Props) {
  const whole = groups.reduce((sum, group) => sum + group.cost, 0);
  const titles = texts.costs.columns;
  const columns: Column<Group>[] = [
    { title, cell: (group) => cell?.(group) ?? (group.name || texts.costs.unnamed), order: (group) => group.order ?? group.name },
    {
      title: titles.calls,
      cell: (group) => (group.calls ? number(group.calls) : none),
      order: (group) => group.calls,
      isFigure: true,
    },
    { title: titles.cost, cell: (group) => dollars(group.cost), order: (group) => group.cost, isFigure: true },
    {
      title: titles.share,
      isFigure: true,
      isExtra: true,
      cell: (group) => (
        <span className="with-bar">
          <progress max={whole || 1} value={group.cost} aria-hidden="true" />
          {share(whole ? group.cost / whole : 0)}
        </span>
      ),
    },
  ];
  if (groups.length === 0) return <Empty title={texts.costs.empty} detail={texts.costs.emptyDetail} />;
  return (
    <Table
      key={title}
      caption={texts.costs.groups}
      columns={columns}
      rows={groups}
      name={(group) => group.name}
      sortedBy={isDays ? 0 : 2}
    />
  );
}

/** Costs by what the service groups them by. A script leads to its page, and what names no group to the scripts that it is of. */
export function CostGroups({ by, loaded, toScripts }: { by: Grouping; loaded: Loaded<Costs>; toScripts: () => void }) {
  const title = texts.costs.groupings[by];
  function cell({ name, isRest }: Group): ReactNode {
    if (isRest) {
      return (
        <button type="button" className="link" title={texts.costs.toScripts} onClick={toScripts}>
          {name}
        </button>
      );
    }
    return by === "script" ? <a href={href("scripts", name)}>{name}</a> : undefined;
  }
  return <Load from={loaded}>{(costs) => <CostTable groups={withRest(costs, title)} title={title} cell={cell} />}</Load>;
}
