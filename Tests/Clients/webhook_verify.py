"""Verifies webhooks with the official package. Takes JSON as its argument: secret and messages (headers, body)."""

import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError

given = json.loads(sys.argv[1])
hook = Webhook(given["secret"])
results = []
for message in given["messages"]:
    try:
        hook.verify(message["body"], message["headers"])
        results.append(True)
    except WebhookVerificationError:
        results.append(False)
json.dump(results, sys.stdout)
