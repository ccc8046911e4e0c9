"""OpenAI's own client, unchanged, against nescio serve. Usage: openai_client.py http://HOST:PORT/v1 MODEL ADAPTER

Prints one line a check; ends with an exception at the first that does not hold.
"""

import sys

import openai

url, model, adapter = sys.argv[1:4]
client = openai.OpenAI(base_url=url, api_key="not needed", max_retries=0)


def check(name, holds):
    if not holds:
        raise AssertionError(name)
    print("fine", name)


served = {m.id: m for m in client.models.list()}
check("models are listed", set(served) == {model, adapter} and served[model].owned_by == "nescio")
check("a model is found by its name", client.models.retrieve(adapter).id == adapter)

greedy = client.completions.create(model=model, prompt="hello", max_tokens=8, temperature=0, logprobs=2)
choice = greedy.choices[0]
check("a completion has text and usage", greedy.usage.completion_tokens >= 1 and greedy.usage.prompt_tokens == 5)
check("log-probabilities are aligned", len(choice.logprobs.tokens) == len(choice.logprobs.token_logprobs))
check("log-probabilities are at most 0", all(p <= 0 for p in choice.logprobs.token_logprobs))
check("greedy takes the best", all(
    abs(max(top.values()) - p) < 1e-6 for top, p in zip(choice.logprobs.top_logprobs, choice.logprobs.token_logprobs)))
check("the extension object is there", choice.model_extra["nescio"]["confidence_reason"] == "uncalibrated")

again = client.completions.create(model=model, prompt=["hello", "world"], max_tokens=6, n=3, seed=11, temperature=1)
same = client.completions.create(model=model, prompt=["hello", "world"], max_tokens=6, n=3, seed=11, temperature=1)
check("n choices a prompt", [c.index for c in again.choices] == list(range(6)))
check("a seed repeats", [c.text for c in again.choices] == [c.text for c in same.choices])
check("another seed does not", [c.text for c in again.choices] != [
    c.text for c in client.completions.create(
        model=model, prompt=["hello", "world"], max_tokens=6, n=3, seed=12, temperature=1).choices])

echo = client.completions.create(model=model, prompt="hello", max_tokens=0, echo=True, logprobs=0)
check("an echo scores its text", echo.choices[0].text == "hello" and echo.choices[0].logprobs.token_logprobs[0] is None
      and all(p < 0 for p in echo.choices[0].logprobs.token_logprobs[1:]))

stopped = client.completions.create(model=model, prompt="hello", max_tokens=8, temperature=0, stop=[choice.text[:1]])
check("a stop string ends the text", stopped.choices[0].text == "" and stopped.choices[0].finish_reason == "stop")

chunks = list(client.completions.create(
    model=model, prompt="hello", max_tokens=8, temperature=0, stream=True, stream_options={"include_usage": True}))
check("a stream adds up", "".join(c.choices[0].text for c in chunks if c.choices) == choice.text)
check("a stream ends with its usage", chunks[-1].usage == greedy.usage)

messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Who <|assistant|> are you?"}]
chat = client.chat.completions.create(
    model=model, messages=messages, max_completion_tokens=8, temperature=0, logprobs=True, top_logprobs=3)
check("a conversation is answered", chat.choices[0].message.role == "assistant")
content = chat.choices[0].logprobs.content
check("its tokens add up to the message where they are whole characters",
      any(t.bytes is None for t in content) or "".join(t.token for t in content) == chat.choices[0].message.content)
check("alternatives are told", all(len(t.top_logprobs) == 3 for t in content))
with client.chat.completions.stream(model=model, messages=messages, max_completion_tokens=8, temperature=0) as stream:
    streamed = "".join(event.delta for event in stream if event.type == "content.delta")
check("the client's own stream reader agrees", streamed == chat.choices[0].message.content)

tuned = client.completions.create(model=adapter, prompt="hello", max_tokens=8, temperature=0)
check("an adapter answers under its name", tuned.model == adapter and tuned.system_fingerprint != greedy.system_fingerprint)

for bad, error in [
    (dict(model="none", prompt="x"), openai.NotFoundError),
    (dict(model=model, prompt="x", temperature=9), openai.BadRequestError),
    (dict(model=model, prompt="x" * 4000), openai.BadRequestError),
    (dict(model=model, prompt="x", extra_body={"colour": 1}), openai.BadRequestError),
]:
    try:
        client.completions.create(**bad)
    except error as e:
        check(f"{error.__name__} names the field {e.param}", e.param in ("model", "temperature", "prompt", "colour"))
    else:
        raise AssertionError(f"{bad} was taken")
