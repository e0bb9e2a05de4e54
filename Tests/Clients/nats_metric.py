"""A script of the machine that measures over NATS with the Python client of the NATS project: one measurement, then an array.

nats_metric.py URL PASSWORD SCRIPT
"""

import asyncio
import json
import sys

import nats

url, password, script = sys.argv[1:]


async def main():
    client = await nats.connect(url, user="cli", password=password, allow_reconnect=False)
    one = {"script_name": script, "metric_type": "uploads", "value": 3}
    await client.publish("avstudio.metric", json.dumps(one).encode())
    await client.publish("avstudio.metric", json.dumps([one | {"value": value} for value in (4, 5)]).encode())
    await client.drain()


asyncio.run(main())
