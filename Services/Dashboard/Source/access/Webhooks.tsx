import { useState } from "react";
import { call, get, post, remove } from "../api/client";
import { attempt } from "../parts/attempt";
import { Badge } from "../parts/Badge";
import { Card } from "../parts/Card";
import { Confirm } from "../parts/Confirm";
import { Empty } from "../parts/Empty";
import { Icon } from "../parts/Icon";
import { Load } from "../parts/Load";
import { type Column, Table } from "../parts/Table";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";
import { NewWebhookDialog } from "./NewWebhookDialog";
import { SecretDialog } from "./SecretDialog";
import { WebhookDeliveries } from "./WebhookDeliveries";

export interface Webhook {
  id: string;
  url: string;
  types: string[];
  enabled: boolean;
  stopped?: string | null;
}

/** Where the caller wants to hear of what happens. */
export function Webhooks() {
  const loaded = useLoad((signal) => get<{ webhooks: Webhook[] }>("/webhooks", signal), "webhooks");
  const [isNew, setNew] = useState(false);
  const [secret, setSecret] = useState<string>();
  const [shown, setShown] = useState<Webhook>();
  const [leaving, setLeaving] = useState<Webhook>();
  const words = texts.access;

  async function change(act: () => Promise<unknown>, done?: string) {
    if (await attempt(act, done)) loaded.reload();
  }

  const columns: Column<Webhook>[] = [
    { title: words.webhook.url, cell: (hook) => hook.url, order: (hook) => hook.url },
    { title: words.webhook.types, cell: (hook) => hook.types.join(" ") || words.webhook.everything, isExtra: true },
    {
      title: words.webhook.state,
      cell: (hook) => (
        <Badge tone={hook.enabled ? "good" : "plain"}>{words.webhookStates[hook.stopped ?? "on"] ?? hook.stopped}</Badge>
      ),
    },
    {
      title: texts.actions,
      cell: (hook) => (
        <span className="row">
          <button
            type="button"
            aria-label={`${words.test}: ${hook.url}`}
            onClick={() => void attempt(() => post(`/webhooks/${hook.id}/test`), words.testSent)}
          >
            {words.test}
          </button>
          <button type="button" aria-label={words.deliveriesTo(hook.url)} onClick={() => setShown(hook)}>
            {words.deliveries}
          </button>
          <button
            type="button"
            aria-label={`${hook.enabled ? words.pause : words.resume}: ${hook.url}`}
            onClick={() => void change(() => call(`/webhooks/${hook.id}`, { method: "PATCH", body: { enabled: !hook.enabled } }))}
          >
            {hook.enabled ? words.pause : words.resume}
          </button>
          <button
            type="button"
            className="danger"
            aria-label={`${words.removeWebhook}: ${hook.url}`}
            onClick={() => setLeaving(hook)}
          >
            {words.removeWebhook}
          </button>
        </span>
      ),
    },
  ];
  return (
    <Card
      title={words.webhooks}
      tools={
        <button type="button" className="primary" onClick={() => setNew(true)}>
          <Icon name="plus" />
          {words.newWebhook}
        </button>
      }
    >
      <Load from={loaded}>
        {({ webhooks }) =>
          webhooks.length ? (
            <Table caption={words.webhooks} columns={columns} rows={webhooks} name={(hook) => hook.id} />
          ) : (
            <Empty title={words.noWebhooks} detail={words.noWebhooksDetail} />
          )
        }
      </Load>
      {isNew && (
        <NewWebhookDialog
          close={() => setNew(false)}
          made={(text) => {
            setNew(false);
            setSecret(text);
            loaded.reload();
          }}
        />
      )}
      {secret && <SecretDialog title={words.webhook.made} secret={secret} close={() => setSecret(undefined)} />}
      {shown && <WebhookDeliveries hook={shown} close={() => setShown(undefined)} />}
      {leaving && (
        <Confirm
          question={words.removeWebhookConfirm(leaving.url)}
          action={words.removeWebhook}
          act={() => void change(() => remove(`/webhooks/${leaving.id}`), words.webhookRemoved)}
          close={() => setLeaving(undefined)}
        />
      )}
    </Card>
  );
}
