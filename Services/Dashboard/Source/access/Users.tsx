import { useState } from "react";
import { get, query, remove } from "../api/client";
import { time } from "../format";
import { Card } from "../parts/Card";
import { Confirm } from "../parts/Confirm";
import { Empty } from "../parts/Empty";
import { Icon } from "../parts/Icon";
import { Pages } from "../parts/Pages";
import { type Column, Table } from "../parts/Table";
import { announce } from "../state/announce";
import { texts } from "../texts";
import { NewUserDialog } from "./NewUserDialog";

export interface User {
  id: string;
  name: string;
  email: string;
  created: string;
}

/** People with accounts, for administrators. */
export function Users() {
  const [turn, setTurn] = useState(0);
  const [isNew, setNew] = useState(false);
  const [leaving, setLeaving] = useState<User>();
  const words = texts.access;

  async function end(user: User) {
    try {
      await remove(`/users/${user.id}`);
      announce(words.userRemoved);
      setTurn(turn + 1);
    } catch (error) {
      announce(error instanceof Error ? error.message : texts.failed, "bad");
    }
  }

  const columns: Column<User>[] = [
    { title: words.userColumns.name, cell: (user) => user.name, order: (user) => user.name },
    { title: words.userColumns.email, cell: (user) => user.email, order: (user) => user.email },
    { title: words.userColumns.created, cell: (user) => time(user.created), order: (user) => user.created, isExtra: true },
    {
      title: texts.actions,
      cell: (user) => (
        <button type="button" className="danger" aria-label={`${words.removeUser}: ${user.name}`} onClick={() => setLeaving(user)}>
          {words.removeUser}
        </button>
      ),
    },
  ];
  return (
    <Card
      title={words.users}
      tools={
        <button type="button" className="primary" onClick={() => setNew(true)}>
          <Icon name="plus" />
          {words.newUser}
        </button>
      }
    >
      <Pages<User>
        key={turn}
        load={async (before, signal) => {
          const page = await get<{ users: User[]; next?: string | null }>(query("/users", { limit: 50, before }), signal);
          return { items: page.users, next: page.next ?? undefined };
        }}
        empty={<Empty title={words.noUsers} detail={words.noUsersDetail} />}
      >
        {(users) => <Table caption={words.users} columns={columns} rows={users} name={(user) => user.id} />}
      </Pages>
      {isNew && (
        <NewUserDialog
          close={() => setNew(false)}
          made={() => {
            setNew(false);
            setTurn(turn + 1);
          }}
        />
      )}
      {leaving && (
        <Confirm
          question={words.removeUserConfirm(leaving.name)}
          action={words.removeUser}
          act={() => void end(leaving)}
          close={() => setLeaving(undefined)}
        />
      )}
    </Card>
  );
}
