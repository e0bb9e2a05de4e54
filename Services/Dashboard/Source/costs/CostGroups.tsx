import type { Costs, SeriesDocument } from "../api/types";
import { day, dollars, number, share } from "../format";
import { useFresh } from "../overview/useFresh";
import { Empty } from "../parts/Empty";
import { Load } from "../parts/Load";
import { type Column, Table } from "../parts/Table";
import type { Loaded } from "../state/useLoad";
import { texts } from "../texts";

interface Group {
  name: string;
  /** What days are sorted by. */
  order?: string;
  count: number;
  cost: number;
}

/** The sums of each day. */
function byDay({ series }: SeriesDocument): Group[] {
  const groups = new Map<string, Group>();
  for (const { points } of series) {
    for (const [time, count, sum] of points) {
      const group = groups.get(time) ?? { name: day(time), order: time, count: 0, cost: 0 };
      groups.set(time, { ...group, count: group.count + count, cost: group.cost + sum });
    }
  }
  return [...groups.values()];
}

/** The groups, and what of the total is in none of them: calls that do not tell, and groups beyond those that are listed. */
function withRest({ groups = [], total }: Costs): Group[] {
  const rest = {
    name: texts.costs.others,
    count: total.count - groups.reduce((sum, group) => sum + group.count, 0),
    cost: total.sum - groups.reduce((sum, group) => sum + group.cost, 0),
  };
  return rest.count > 0 ? [...groups, rest] : groups;
}

function Groups({ groups, title, isDays }: { groups: Group[]; title: string; isDays: boolean }) {
  const whole = groups.reduce((sum, group) => sum + group.cost, 0);
  const titles = texts.costs.columns;
  const columns: Column<Group>[] = [
    { title, cell: (group) => group.name || texts.costs.unnamed, order: (group) => group.order ?? group.name },
    { title: titles.count, cell: (group) => number(group.count), order: (group) => group.count, isFigure: true },
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

/** Costs by what they are grouped by. */
export function CostGroups({ by, days, loaded }: { by: keyof typeof texts.costs.groupings; days: number; loaded: Loaded<Costs> }) {
  const series = useFresh<SeriesDocument>(`/api/metrics/${days}?type=cost_dollars`);
  const title = texts.costs.groupings[by];
  return by === "day" ? (
    <Load from={series}>{(document) => <Groups groups={byDay(document)} title={title} isDays />}</Load>
  ) : (
    <Load from={loaded}>{(costs) => <Groups groups={withRest(costs)} title={title} isDays={false} />}</Load>
  );
}
