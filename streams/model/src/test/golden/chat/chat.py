"""Writes ../../resources/golden/chat.json: the templates of this directory rendered by transformers' apply_chat_template
for several conversations, or what the template raised. The date is fixed. Needs transformers; no model is loaded."""
import json
import pathlib
from datetime import datetime
from unittest import mock

from jinja2.exceptions import TemplateError
from transformers.utils import chat_template_utils

TOKENS = dict(bos_token="<s>", eos_token="</s>")
U, A, S = "user", "assistant", "system"
CONVERSATIONS = [
    [(U, "Hi")],
    [(S, "Be kind."), (U, "  What is 2 + 2?\n")],
    [(U, "A"), (A, "B"), (U, "C")],
    [(S, " s \n"), (U, "one"), (A, " two \n"), (U, "three"), (A, "four")],
    [(U, "{{ 7 * 7 }} {% raise %} {# gone? #} \\n 'quoted' \"twice\"")],
    [(U, "x"), (A, "<think>\nwhy\n</think>\n\nbecause"), (U, "y"), (A, "<think>so</think>z  "), (U, "Ünï ✓ 日本")],
    [(U, "twice"), (U, "in a row")],
    [(A, "first")],
    [(U, "")],
    [(U, "f"), ("tool", "12"), (A, "g")],
    [(U, "false"), (A, "None")],
]


class FixedDate(datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2026, 3, 5, 7, 8, 9)


here = pathlib.Path(__file__).parent
cases = []
for file in sorted(here.glob("*.jinja")):
    template = file.read_text()
    for conversation in CONVERSATIONS:
        for prompt in (False, True):
            messages = [dict(role=role, content=content) for role, content in conversation]
            case = dict(template=file.name, messages=messages, addGenerationPrompt=prompt)
            try:
                with mock.patch.object(chat_template_utils, "datetime", FixedDate):
                    rendered, _ = chat_template_utils.render_jinja_template(
                        conversations=[messages], chat_template=template, add_generation_prompt=prompt, **TOKENS)
                case["text"] = rendered[0]
            except TemplateError as refused:
                case["refused"] = str(refused)
            cases.append(case)
target = here.parent.parent / "resources" / "golden" / "chat.json"
templates = {file.name: file.read_text() for file in sorted(here.glob("*.jinja"))}
target.write_text(
    json.dumps(dict(tokens=TOKENS, templates=templates, cases=cases), ensure_ascii=False, indent=1) + "\n",
    encoding="utf-8")
