"""Calls language models through OpenAI's own SDK, unchanged, and prints what came back as JSON.

usage: openai_models.py <base url> <key> <model>…
"""

import json
import sys

import typing

import openai
import pydantic
from openai.types import embedding_create_params
from openai.types.chat import completion_create_params
from openai.types.responses import response_create_params

url, key, models = sys.argv[1], sys.argv[2], sys.argv[3:]
client = openai.OpenAI(base_url=url, api_key=key, max_retries=0)
TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather in a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


class City(pydantic.BaseModel):
    city: str
    people: int


def usage(answer):
    return [answer.usage.prompt_tokens, answer.usage.completion_tokens]


def talk(model):
    question = [{"role": "user", "content": "Say hello."}]
    whole = client.chat.completions.create(model=model, messages=question, max_tokens=50)
    pieces, told = [], None
    with client.chat.completions.create(
        model=model, messages=question, max_tokens=50, stream=True, stream_options={"include_usage": True}
    ) as stream:
        for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                pieces.append(chunk.choices[0].delta.content)
            if chunk.usage:
                told = usage(chunk)
    quiet = client.chat.completions.create(model=model, messages=question, stream=True)
    asked = client.chat.completions.create(model=model, messages=question, tools=[TOOL])
    call = asked.choices[0].message.tool_calls[0]
    answered = client.chat.completions.create(
        model=model,
        tools=[TOOL],
        messages=question + [asked.choices[0].message, {"role": "tool", "tool_call_id": call.id, "content": "sunny"}],
    )
    with client.chat.completions.stream(model=model, messages=question, tools=[TOOL]) as stream:
        streamed = stream.get_final_completion().choices[0]
    city = client.chat.completions.parse(model=model, messages=question, response_format=City).choices[0].message.parsed
    return {
        "text": whole.choices[0].message.content,
        "finish": whole.choices[0].finish_reason,
        "usage": usage(whole),
        "stream": "".join(pieces),
        "pieces": len(pieces),
        "stream usage": told,
        "usage that nobody asked for": any(chunk.usage for chunk in quiet),
        "tool": [call.function.name, json.loads(call.function.arguments), asked.choices[0].finish_reason],
        "streamed tool": [streamed.message.tool_calls[0].function.name, streamed.finish_reason],
        "after the tool": answered.choices[0].message.content,
        "city": city.model_dump(),
    }


def native_responses(model):
    """What a provider with a Responses API of its own answers."""
    tool = {"type": "function", "strict": True} | TOOL["function"]
    whole = client.responses.create(model=model, input="Say hello.", instructions="Be brief.")
    deltas = client.responses.create(model=model, input="Say hello.", stream=True)
    call = client.responses.create(model=model, input="The weather?", tools=[tool]).output[0]
    with client.responses.stream(model=model, input="The weather?", tools=[tool]) as stream:
        streamed = stream.get_final_response().output[0]
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
    answered = client.responses.create(model=model, input=[call, result], tools=[tool])
    return {
        "text": whole.output_text,
        "usage": [whole.usage.input_tokens, whole.usage.output_tokens],
        "stream": "".join(event.delta for event in deltas if event.type == "response.output_text.delta"),
        "tool": [call.name, json.loads(call.arguments)],
        "streamed tool": [streamed.name, json.loads(streamed.arguments)],
        "after the tool": answered.output_text,
        "city": client.responses.parse(model=model, input="A city.", text_format=City).output_parsed.model_dump(),
    }


def failure(call):
    try:
        call()
        return "none"
    except openai.APIStatusError as error:
        return [type(error).__name__, error.status_code, error.code, error.param]


def chat(**fields):
    return lambda: client.chat.completions.create(**({"model": models[0], "messages": [{"role": "user", "content": "x"}]} | fields))


found = {"talks": {model: talk(model) for model in models}}
responses = client.responses.create(model=models[-1], input="Say hello.")
events = [event.type for event in client.responses.create(model=models[-1], input="Say hello.", stream=True)]
found["responses"] = {"text": responses.output_text, "first": events[0], "last": events[-1]}
found["native responses"] = native_responses(models[0])
vectors = client.embeddings.create(model="vectors", input=["a", "bcd"])
found["vectors"] = [item.embedding for item in vectors.data]
found["models"] = sorted(model.id for model in client.models.list())
found["model"] = client.models.retrieve(models[0]).id
stranger = openai.OpenAI(base_url=url, api_key="avs_no_key", max_retries=0)
found["failures"] = {
    "unknown model": failure(chat(model="nobody")),
    "no key": failure(lambda: stranger.models.list()),
    "no messages": failure(chat(messages=[])),
    "wrong type": failure(chat(max_tokens="many")),
    "no such model": failure(lambda: client.models.retrieve("nobody")),
    "model without a key": failure(chat(model="keyless")),
    "too long": failure(chat(messages=[{"role": "user", "content": "word " * 100_000}])),
}


def unknown(path, parameters, **fields):
    """The parameters of a call that the door has never heard of."""

    def code(name):
        answer = client.with_options(max_retries=0)._client.post(
            f"{url}{path}", headers={"Authorization": f"Bearer {key}"}, json=fields | {name: False}
        )
        return None if answer.is_success else answer.json()["error"]["code"]

    return [name for name in typing.get_type_hints(parameters) if name not in fields and code(name) == "unknown-field"]


question = [{"role": "user", "content": "x"}]
found["unknown parameters"] = (
    unknown("/chat/completions", completion_create_params.CompletionCreateParamsBase, model=models[0], messages=question)
    + unknown("/responses", response_create_params.ResponseCreateParamsBase, model=models[0], input="x")
    + unknown("/embeddings", embedding_create_params.EmbeddingCreateParams, model="vectors", input="x")
)
raw = client.chat.completions.with_raw_response.create(model=models[0], messages=[{"role": "user", "content": "x"}])
found["headers"] = {name: raw.headers.get(f"x-avstudio-{name}") for name in ("model", "provider", "cost")}
print(json.dumps(found))
