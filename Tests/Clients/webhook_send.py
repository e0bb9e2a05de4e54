"""Sends webhooks signed by the official package. Takes JSON as its argument: url, secret and messages (id, body, and tampered for
a body that is not the signed one); writes the status of each answer and its document."""

import datetime
import json
import sys

import requests
from standardwebhooks import Webhook

given = json.loads(sys.argv[1])
hook = Webhook(given["secret"])
results = []
for message in given["messages"]:
    now = datetime.datetime.now(tz=datetime.timezone.utc)
    headers = {
        "content-type": "application/json",
        "webhook-id": message["id"],
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": hook.sign(message["id"], now, message["body"]),
    }
    answer = requests.post(given["url"], data=message.get("tampered", message["body"]).encode(), headers=headers, timeout=20)
    results.append({"status": answer.status_code, "document": answer.json()})
json.dump(results, sys.stdout)
