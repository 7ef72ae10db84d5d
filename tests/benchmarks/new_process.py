"""Loads a service in a process of its own: reads a pickled case and engine, prints the seconds."""

import pickle
import sys

from tests.benchmarks.own_engines import load_operation

if __name__ == "__main__":
    case, engine = pickle.load(sys.stdin.buffer)
    print(load_operation(case, engine)(1))
