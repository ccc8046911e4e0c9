"""Writes ROUGE-L F1 of some pairs as Google's rouge_score gives it: pip install rouge_score, then
python rouge.py > ../resources/golden/rouge-l.tsv
"""
from rouge_score import rouge_scorer

PAIRS = [
    ("The capital of France is Paris", "Paris"),
    ("He was running through the woods", "He runs in the woods"),
    ("Nations united for relational databases", "the united nation's relation database"),
    ("It was formalized in 1984 by the organisation", "formalised by an organization in 1984"),
    ("the cat sat on the mat", "on the mat sat the cat"),
    ("agreed controlling hopping falling hissing fizzed", "agree control hop fall hiss fizz"),
    ("conditional rationality, vietnamization; predication!", "condition rational vietnamize predicate"),
    ("Guinea-Bissau", "guinea bissau"),
    ("U.S. dollars 1,000", "1000 US dollar"),
    ("generously generated generals", "generous generation general"),
    ("nothing in common", "entirely other words"),
    ("Abraham Lincoln was the sixteenth president of the United States", "Abraham Lincoln, 16th president"),
    ("a b c d e f g", "a c e g"),
    ("happy children", "happiness of a child"),
]

if __name__ == "__main__":
    scorer = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=True)
    for candidate, accepted in PAIRS:
        print(f"{candidate}\t{accepted}\t{scorer.score(accepted, candidate)['rougeL'].fmeasure:.12f}")
