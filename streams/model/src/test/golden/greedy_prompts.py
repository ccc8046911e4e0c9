"""200 prompts of several kinds and languages, the same ones every time: question forms, few-shot prompts, continued texts,
code, data, lists. All of it was written for this file."""
import random

PLACES = ["Peru", "Norway", "Kenya", "Mongolia", "Portugal", "Vietnam", "Chile", "Iceland", "Ghana", "Nepal", "Cuba",
          "Estonia", "Laos", "Oman", "Fiji", "Malta", "Togo", "Bhutan", "Uruguay", "Slovenia"]
FACTS = [("What is the capital of Peru?", "Lima"), ("Which continent is Kenya in?", "Africa"),
         ("What do you call a person from Malta?", "Maltese"), ("What is the currency of Chile?", "Chilean peso"),
         ("What is the capital of Nepal?", "Kathmandu"), ("Who wrote Don Quixote?", "Miguel de Cervantes"),
         ("How many legs has a spider?", "eight"), ("What is the chemical symbol of gold?", "Au")]
FORMS = ["What is the capital of {}?", "Which currency is used in {}?", "On which continent is {}?",
         "What do you call the people of {}?", "Name a river in {}.", "Which country borders {}?",
         "Tell me one thing that {} is known for.", "Is {} larger than Belgium?"]
ASKED = ["Question: {}\n\nAnswer:", "Q: {}\nA:", "{}\n", "User: {}\nAssistant:", "Answer briefly. {}\nThe answer is",
         "{} I think it is"]
OPENINGS = [
    "The old lighthouse keeper had not spoken to anyone for three weeks when",
    "Water boils at a lower temperature on a mountain because",
    "To make a simple bread you need flour, water, salt and yeast. First,",
    "In the beginning the committee agreed on only one thing:",
    "A good test fails for one reason. When it fails for many,",
    "The train from the coast was late again, and the passengers",
    "Photosynthesis is the process by which plants",
    "She opened the letter, read the first line and",
    "If a triangle has two sides of length 3 and 4 and a right angle between them, the third side",
    "There are three ways to cross the desert. The first is",
    "The moon has no air, so",
    "Dear Sir or Madam,\n\nI am writing to complain about the clock that",
    "Once the river froze, the children of the village",
    "An honest answer to the question would be that nobody knows",
    "The recipe is simple, but",
    "Most birds fly south in the autumn; the robin, however,",
]
LANGUAGES = [
    "Die Hauptstadt von Norwegen ist", "Der Zug nach Hamburg fährt heute leider nicht, weil",
    "Il était une fois, dans un petit village au bord de la mer,", "La capitale de la France est Paris, et celle du Portugal est",
    "El sol sale por el este y se pone por", "Para hacer una tortilla de patatas necesitas",
    "Il lago di Garda si trova nel nord", "A língua oficial do Brasil é", "Stolicą Polski jest",
    "Türkiye'nin başkenti", "Столица России —", "Жили-были старик со старухой, и была у них",
    "日本の首都は", "水は百度で", "中国的首都是", "从前有一座山,山里有", "Η πρωτεύουσα της Ελλάδας είναι",
    "De hoofdstad van Nederland is", "Sveriges huvudstad heter", "대한민국의 수도는", "عاصمة مصر هي", "भारत की राजधानी",
]
CODE = [
    "def fibonacci(n):\n    \"\"\"Returns the n-th Fibonacci number.\"\"\"\n",
    "public static int gcd(int a, int b) {\n  while (b != 0) {\n",
    "#include <stdio.h>\n\nint main(void) {\n  for (int i = 0; i < 10; i++) {\n",
    "SELECT name, COUNT(*) AS n\nFROM orders\nWHERE placed > '2026-01-01'\nGROUP BY",
    "{\"name\": \"Ada\", \"born\": 1815, \"fields\": [\"mathematics\",",
    "<!DOCTYPE html>\n<html>\n<head>\n  <title>", "function debounce(callback, milliseconds) {\n  let timer;\n",
    "import numpy as np\n\nx = np.arange(12).reshape(3, 4)\nprint(x.sum(axis=", "for file in *.txt; do\n  echo",
    "class Stack:\n    def __init__(self):\n        self.items = []\n\n    def push(self, item):\n",
    "fn largest(values: &[i32]) -> Option<i32> {\n", "| country | capital |\n| --- | --- |\n| Peru | Lima |\n| Kenya |",
    "1. wake up\n2. make coffee\n3.", "2 + 2 = 4\n3 + 5 = 8\n6 + 7 =", "a,b,c\n1,2,3\n4,5,", "x^2 - 5x + 6 = (x - 2)(",
    "TODO:\n- [x] write the parser\n- [ ]", "git commit -m \"", "aaaa bbbb aaaa bbbb aaaa", "10, 20, 30, 40,",
]
TEXT = [
    "The harbour lies in the shadow of the hill, and for most of the winter the sun reaches only the outer wall.",
    "Fishermen leave before dawn and come back when the market opens.", "Nobody remembers who built the stone bridge.",
    "It was repaired twice in the last century, once after a flood and once after a wedding.",
    "The library keeps the town's records in eleven boxes.", "A cat sleeps on the seventh.",
    "In spring the schoolchildren count the swallows and write the number on the door.",
    "Last year there were forty-one; the year before, sixty.", "The teacher says that the number means nothing.",
    "The mayor says that it means everything.", "On market days a man sells clocks that run backwards.",
    "He has never sold one, but he has never missed a day.", "When the fog comes, the bell is rung every quarter of an hour.",
    "Ships answer it with their horns, and dogs answer the horns.", "Travellers find this hard to sleep through.",
    "The inn gives them cotton wool and a glass of plum brandy, and charges for neither.",
]


def prompts():
    """[(kind, text)], 200 of them, no two alike."""
    random_ = random.Random(2026)
    made = []
    for _ in range(60):
        question = random_.choice(FORMS).format(random_.choice(PLACES))
        made.append(("question", random_.choice(ASKED).format(question)))
    for _ in range(40):
        shots = random_.sample(FACTS, random_.randint(1, 6))
        question = random_.choice(FORMS).format(random_.choice(PLACES))
        made.append(("few-shot", "".join(f"Q: {q}\nA: {a}\n\n" for q, a in shots) + f"Q: {question}\nA:"))
    made += [("opening", text) for text in OPENINGS]
    made += [("language", text) for text in LANGUAGES]
    made += [("code", text) for text in CODE]
    while len(set(made)) < 200:
        begin = random_.randrange(len(TEXT))
        length = random_.randint(2, 21)
        story = " ".join((TEXT * 3)[begin:begin + length])
        ending = random_.choice(["", " In short,", " The traveller asked why, and", "\n\nSummary:", "\n\nQuestion: What "
                                 "sleeps in the library?\nAnswer:", "\n\nTranslate the first sentence into French:"])
        made.append(("text", story + ending))
    return list(dict.fromkeys(made))[:200]
