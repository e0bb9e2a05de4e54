"""Calls language models through LiteLLM as a client, by both of the gateway's doors, and prints what came back as JSON.

usage: litellm_models.py <base url> <key> <model>…
"""

import gc
import json
import os
import sys

# Its table of prices comes with it; a newer one from the network is not asked for.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm  # noqa: E402 the environment is set above

# LiteLLM does not read streams to their ends. When the collector comes upon such a one while httpcore holds the lock of its
# pool, httpcore waits for that same lock, for ever (one run in thirty; https://github.com/encode/httpcore/discussions/990).
gc.disable()

url, key, models = sys.argv[1], sys.argv[2], sys.argv[3:]
litellm.telemetry = False
litellm.suppress_debug_info = True
DOORS = {"openai": f"{url}/v1", "anthropic": url}
QUESTION = [{"role": "user", "content": "Say hello."}]
TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather in a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def complete(door, model, **fields):
    fields = {"messages": QUESTION, "max_tokens": 100, "num_retries": 0} | fields
    return litellm.completion(model=f"{door}/{model}", api_base=DOORS[door], api_key=fields.pop("key", key), **fields)


def usage(answer):
    return [answer.usage.prompt_tokens, answer.usage.completion_tokens]


def talk(door, model):
    whole = complete(door, model)
    chunks = list(complete(door, model, stream=True, stream_options={"include_usage": True}))
    pieces = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]
    built = litellm.stream_chunk_builder(chunks, messages=QUESTION)
    asked = complete(door, model, tools=[TOOL])
    call = asked.choices[0].message.tool_calls[0]
    streamed = litellm.stream_chunk_builder(list(complete(door, model, tools=[TOOL], stream=True)))
    streamed_call = streamed.choices[0].message.tool_calls[0]
    result = {"role": "tool", "tool_call_id": call.id, "content": "sunny"}
    answered = complete(door, model, tools=[TOOL], messages=[*QUESTION, asked.choices[0].message, result])
    return {
        "text": whole.choices[0].message.content,
        "finish": whole.choices[0].finish_reason,
        "usage": usage(whole),
        "stream": "".join(pieces),
        "pieces": len(pieces),
        "stream usage": usage(built),
        "tool": [call.function.name, json.loads(call.function.arguments), asked.choices[0].finish_reason],
        "streamed tool": [streamed_call.function.name, json.loads(streamed_call.function.arguments)],
        "after the tool": answered.choices[0].message.content,
    }


def failure(call):
    try:
        call()
        return "none"
    except Exception as error:  # noqa: BLE001 its kind is what is looked at
        return [type(error).__name__, getattr(error, "status_code", None)]


found = {"talks": {door: {model: talk(door, model) for model in models} for door in DOORS}}
vectors = litellm.embedding(model="openai/vectors", input=["a", "bcd"], api_base=DOORS["openai"], api_key=key)
found["vectors"] = [item["embedding"] for item in vectors.data]
found["failures"] = {
    door: {
        "unknown model": failure(lambda: complete(door, "nobody")),
        "no key": failure(lambda: complete(door, models[0], key="avs_no_key")),
        "too long": failure(lambda: complete(door, models[0], messages=[{"role": "user", "content": "word " * 100_000}])),
    }
    for door in DOORS
}
print(json.dumps(found))
