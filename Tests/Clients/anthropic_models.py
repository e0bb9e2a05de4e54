"""Calls language models through Anthropic's own SDK, unchanged, and prints what came back as JSON.

usage: anthropic_models.py <base url> <key> <model>…
"""

import json
import sys

import typing

import anthropic
from anthropic.types import message_create_params
from anthropic.types.beta import message_create_params as beta_create_params

url, key, models = sys.argv[1], sys.argv[2], sys.argv[3:]
client = anthropic.Anthropic(base_url=url, api_key=key, max_retries=0)
TOOL = {
    "name": "weather",
    "description": "The weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def talk(model):
    question = [{"role": "user", "content": "Say hello."}]
    fields = {"model": model, "max_tokens": 100, "messages": question}
    whole = client.messages.create(**fields, system="Be brief.")
    with client.messages.stream(**fields) as stream:
        pieces = list(stream.text_stream)
        streamed = stream.get_final_message()
    events = [event.type for event in client.messages.create(**fields, stream=True)]
    asked = client.messages.create(**fields, tools=[TOOL])
    call = next(block for block in asked.content if block.type == "tool_use")
    with client.messages.stream(**fields, tools=[TOOL]) as stream:
        streamed_call = stream.get_final_message()
    answered = client.messages.create(
        model=model,
        max_tokens=100,
        tools=[TOOL],
        messages=question
        + [
            {"role": "assistant", "content": asked.content},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "sunny"}]},
        ],
    )
    return {
        "text": whole.content[0].text,
        "finish": whole.stop_reason,
        "usage": [whole.usage.input_tokens + (whole.usage.cache_read_input_tokens or 0), whole.usage.output_tokens],
        "stream": "".join(pieces),
        "pieces": len(pieces),
        "stream output": streamed.usage.output_tokens,
        "events": [events[0], events[-1]],
        "tool": [call.name, call.input, asked.stop_reason],
        "streamed tool": [[b.name, b.input] for b in streamed_call.content if b.type == "tool_use"],
        "after the tool": answered.content[0].text,
    }


def failure(call):
    try:
        call()
        return "none"
    except anthropic.APIStatusError as error:
        return [type(error).__name__, error.status_code, error.body["error"]["type"]]


def message(**fields):
    fields = {"model": models[0], "max_tokens": 10, "messages": [{"role": "user", "content": "x"}]} | fields
    return lambda: client.messages.create(**fields)


found = {"talks": {model: talk(model) for model in models}}
found["count"] = client.messages.count_tokens(model="claude", messages=[{"role": "user", "content": "Hello, world"}]).input_tokens
found["models"] = sorted(model.id for model in client.models.list())
found["model"] = client.models.retrieve(models[0]).id
stranger = anthropic.Anthropic(base_url=url, api_key="avs_no_key", max_retries=0)
found["failures"] = {
    "unknown model": failure(message(model="nobody")),
    "no key": failure(lambda: stranger.models.list()),
    "no messages": failure(message(messages=[])),
    "wrong type": failure(message(extra_body={"temperature": "hot"})),
}


def known(name):
    """Whether the door has heard of a parameter; it may refuse it."""
    fields = {"model": models[0], "max_tokens": 5, "messages": [{"role": "user", "content": "x"}]}
    answer = client._client.post(f"{url}/v1/messages", headers={"x-api-key": key}, json=fields | {name: False})
    return answer.is_success or "not known here" not in answer.json()["error"]["message"]


# What goes into a header is none of the document.
in_headers = {"betas", "user_profile_id", "workspace_id"}
parameters = typing.get_type_hints(message_create_params.MessageCreateParamsBase)
parameters |= typing.get_type_hints(beta_create_params.MessageCreateParamsBase)
found["unknown parameters"] = [name for name in parameters if name not in in_headers and not known(name)]
print(json.dumps(found))
