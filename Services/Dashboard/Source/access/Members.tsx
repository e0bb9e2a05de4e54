import { useState } from "react";
import { get, put, remove } from "../api/client";
import { attempt } from "../parts/attempt";
import { Card } from "../parts/Card";
import { Confirm } from "../parts/Confirm";
import { Options } from "../parts/FormDialog";
import { Icon } from "../parts/Icon";
import { Load } from "../parts/Load";
import { type Column, Table } from "../parts/Table";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";
import { Invitations } from "./Invitations";
import { InviteDialog } from "./InviteDialog";
import type { Membership } from "./Organisations";
import { SecretDialog } from "./SecretDialog";

/** Who shares an organisation, and as what; its owners say so. */
export function Members({ own }: { own: Membership }) {
  const path = `/organisations/${own.organisation}/members`;
  const loaded = useLoad((signal) => get<{ members: Membership[] }>(path, signal), path);
  const [isInviting, setInviting] = useState(false);
  const [turn, setTurn] = useState(0);
  const [invitation, setInvitation] = useState<string>();
  const [leaving, setLeaving] = useState<string>();
  const words = texts.access;
  const isOwner = own.role === "owner";

  async function change(act: () => Promise<unknown>, done: string) {
    await attempt(act, done);
    // Also what was refused: the page shows what holds.
    loaded.reload();
  }

  const columns: Column<Membership>[] = [
    {
      title: words.memberColumns.user,
      cell: ({ user }) => (
        <>
          <code>{user}</code> {user === own.user && <span className="muted">{`(${words.isYou})`}</span>}
        </>
      ),
    },
    {
      title: words.memberColumns.role,
      cell: ({ user, role }) =>
        isOwner ? (
          <select
            aria-label={words.roleOf(user)}
            value={role}
            onChange={(event) => void change(() => put(`${path}/${user}`, { role: event.target.value }), words.roleSet)}
          >
            <Options of={words.roles} />
          </select>
        ) : (
          (words.roles[role] ?? role)
        ),
    },
  ];
  if (isOwner) {
    columns.push({
      title: texts.actions,
      cell: ({ user }) => (
        <button type="button" className="danger" aria-label={`${words.removeMember}: ${user}`} onClick={() => setLeaving(user)}>
          {words.removeMember}
        </button>
      ),
    });
  }
  return (
    <Card
      title={words.membersOf(own.name)}
      tools={
        isOwner && (
          <button type="button" className="primary" onClick={() => setInviting(true)}>
            <Icon name="plus" />
            {words.invite}
          </button>
        )
      }
    >
      <Load from={loaded}>
        {({ members }) => <Table caption={words.members} columns={columns} rows={members} name={(member) => member.user} />}
      </Load>
      {isOwner && <Invitations key={turn} organisation={own.organisation} />}
      {isInviting && (
        <InviteDialog
          organisation={own.organisation}
          close={() => setInviting(false)}
          made={(text) => {
            setInviting(false);
            setInvitation(text);
            setTurn(turn + 1);
          }}
        />
      )}
      {invitation && <SecretDialog title={words.invitation} secret={invitation} close={() => setInvitation(undefined)} />}
      {leaving && (
        <Confirm
          question={words.removeMemberConfirm(leaving)}
          action={words.removeMember}
          act={() => void change(() => remove(`${path}/${leaving}`), words.memberRemoved)}
          close={() => setLeaving(undefined)}
        />
      )}
    </Card>
  );
}
