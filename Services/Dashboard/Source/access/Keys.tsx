import { useState } from "react";
import { get, post, remove } from "../api/client";
import type { Key } from "../api/types";
import { time } from "../format";
import { Badge } from "../parts/Badge";
import { Card } from "../parts/Card";
import { Confirm } from "../parts/Confirm";
import { Empty } from "../parts/Empty";
import { Icon } from "../parts/Icon";
import { Load } from "../parts/Load";
import { type Column, Table } from "../parts/Table";
import { announce } from "../state/announce";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";
import { NewKeyDialog } from "./NewKeyDialog";
import { SecretDialog } from "./SecretDialog";

/** Keys without their secrets; new ones are shown once. */
export function Keys() {
  const loaded = useLoad((signal) => get<{ keys: Key[] }>("/keys", signal), "keys");
  const [isNew, setNew] = useState(false);
  const [secret, setSecret] = useState<string>();
  const [question, setQuestion] = useState<{ key: Key; action: "rotate" | "revoke" }>();
  const words = texts.access;

  async function act({ key, action }: { key: Key; action: "rotate" | "revoke" }) {
    try {
      if (action === "rotate") setSecret((await post<{ key: string }>(`/keys/${key.id}/rotate`)).key);
      else {
        await remove(`/keys/${key.id}`);
        announce(words.revoked);
      }
      loaded.reload();
    } catch (error) {
      announce(error instanceof Error ? error.message : texts.failed, "bad");
    }
  }

  const columns: Column<Key>[] = [
    { title: words.columns.name, cell: (key) => key.name, order: (key) => key.name },
    { title: words.columns.owner, cell: (key) => key.owner, order: (key) => key.owner, isExtra: true },
    {
      title: words.columns.scopes,
      cell: (key) => (
        <span className="labels">
          {key.scopes.map((scope) => (
            <code key={scope}>{scope}</code>
          ))}
        </span>
      ),
      isExtra: true,
    },
    {
      title: words.columns.state,
      cell: (key) => <Badge tone={key.state === "active" ? "good" : "plain"}>{words.keyStates[key.state] ?? key.state}</Badge>,
      order: (key) => key.state,
    },
    {
      title: words.columns.expires,
      cell: (key) => (key.expires ? time(key.expires) : words.never),
      order: (key) => key.expires,
      isExtra: true,
    },
    {
      title: texts.actions,
      cell: (key) =>
        key.state === "active" && (
          <span className="row">
            <button
              type="button"
              aria-label={`${words.rotate}: ${key.name}`}
              onClick={() => setQuestion({ key, action: "rotate" })}
            >
              {words.rotate}
            </button>
            <button
              type="button"
              className="danger"
              aria-label={`${words.revoke}: ${key.name}`}
              onClick={() => setQuestion({ key, action: "revoke" })}
            >
              {words.revoke}
            </button>
          </span>
        ),
    },
  ];
  return (
    <Card
      title={words.keys}
      tools={
        <button type="button" className="primary" onClick={() => setNew(true)}>
          <Icon name="plus" />
          {words.newKey}
        </button>
      }
    >
      <Load from={loaded}>
        {({ keys }) =>
          keys.length ? (
            <Table caption={words.keys} columns={columns} rows={keys} name={(key) => key.id} />
          ) : (
            <Empty title={texts.nothing} />
          )
        }
      </Load>
      {isNew && (
        <NewKeyDialog
          close={() => setNew(false)}
          made={(text) => {
            setNew(false);
            setSecret(text);
            loaded.reload();
          }}
        />
      )}
      {secret && <SecretDialog title={words.made} secret={secret} close={() => setSecret(undefined)} />}
      {question && (
        <Confirm
          action={words[question.action]}
          act={() => void act(question)}
          close={() => setQuestion(undefined)}
          question={question.action === "rotate" ? words.rotateConfirm(question.key.name) : words.revokeConfirm(question.key.name)}
        />
      )}
    </Card>
  );
}
