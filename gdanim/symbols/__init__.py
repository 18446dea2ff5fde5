"""numpy code run on symbols, and what they record written as JavaScript."""

from gdanim.symbols.node import Tape, UntracedError
from gdanim.symbols.program import Function, Program, Rule, program_of, rule_of

__all__ = ["Function", "Program", "Rule", "Tape", "UntracedError", "program_of", "rule_of"]
