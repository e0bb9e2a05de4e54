import { useState } from "react";
import { get, remove } from "../api/client";
import { dollars } from "../format";
import { Card } from "../parts/Card";
import { Confirm } from "../parts/Confirm";
import { Empty } from "../parts/Empty";
import { Icon } from "../parts/Icon";
import { Load } from "../parts/Load";
import { type Column, Table } from "../parts/Table";
import { announce } from "../state/announce";
import { isAdministrator, session } from "../state/session";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";
import { NewBudgetDialog } from "./NewBudgetDialog";

interface Budget {
  id: string;
  scope: string;
  subject?: string | null;
  period: string;
  limit: number | string;
  at_limit: string;
}

/** What of a budget is used up. */
interface Account {
  budget: Budget;
  subject: string;
  spent: number | string;
}

const words = texts.settings;

/** What calls of language models may cost. */
export function Budgets() {
  const loaded = useLoad((signal) => get<{ budgets: Budget[]; accounts: Account[] }>("/gateway/budgets", signal), "budgets");
  const [isNew, setNew] = useState(false);
  const [leaving, setLeaving] = useState<Budget>();
  const canChange = isAdministrator(session.get());

  async function end(budget: Budget) {
    try {
      await remove(`/gateway/budgets/${encodeURIComponent(budget.id)}`);
      announce(words.budgetRemoved);
      loaded.reload();
    } catch (error) {
      announce(error instanceof Error ? error.message : texts.failed, "bad");
    }
  }

  const columns: Column<Budget>[] = [
    { title: words.budget.id, cell: (budget) => budget.id, order: (budget) => budget.id },
    {
      title: words.budget.scope,
      cell: (budget) => `${words.scopes[budget.scope] ?? budget.scope}${budget.subject ? `: ${budget.subject}` : ""}`,
    },
    { title: words.budget.period, cell: (budget) => words.periods[budget.period] ?? budget.period },
    { title: words.budget.limit, cell: (budget) => dollars(Number(budget.limit)), isFigure: true },
    { title: words.budget.atLimit, cell: (budget) => words.atLimits[budget.at_limit] ?? budget.at_limit, isExtra: true },
    {
      title: texts.actions,
      cell: (budget) =>
        canChange && (
          <button type="button" className="danger" aria-label={`${texts.remove}: ${budget.id}`} onClick={() => setLeaving(budget)}>
            {texts.remove}
          </button>
        ),
    },
  ];
  return (
    <Card
      title={words.budgets}
      tools={
        canChange && (
          <button type="button" onClick={() => setNew(true)}>
            <Icon name="plus" />
            {words.newBudget}
          </button>
        )
      }
    >
      <Load from={loaded}>
        {({ budgets, accounts }) => (
          <>
            {budgets.length ? (
              <Table caption={words.budgetsCaption} columns={columns} rows={budgets} name={(budget) => budget.id} />
            ) : (
              <Empty title={words.noBudgets} detail={words.noBudgetsDetail} />
            )}
            {accounts.map((account) => (
              <p key={`${account.budget.id} ${account.subject}`} className="row">
                <span>{`${account.budget.id}: ${account.subject}`}</span>
                <span>
                  {words.budget.spent} {dollars(Number(account.spent))} / {dollars(Number(account.budget.limit))}
                </span>
              </p>
            ))}
          </>
        )}
      </Load>
      {isNew && (
        <NewBudgetDialog
          close={() => setNew(false)}
          made={() => {
            setNew(false);
            loaded.reload();
          }}
        />
      )}
      {leaving && (
        <Confirm
          question={words.budgetRemoveConfirm(leaving.id)}
          action={texts.remove}
          act={() => void end(leaving)}
          close={() => setLeaving(undefined)}
        />
      )}
    </Card>
  );
}
