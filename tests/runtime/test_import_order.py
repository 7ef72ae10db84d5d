from runtime.import_order import after_their_imports, with_importers

IMPORTS = {"facade": ["curl", "storage"], "curl": ["log"], "storage": ["log"], "log": [], "own": []}


def test_each_module_comes_after_those_that_it_imports() -> None:
    assert after_their_imports(["facade"], IMPORTS.__getitem__) == [
        "log",
        "curl",
        "storage",
        "facade",
    ]


def test_what_imports_leave_open_stays_in_order() -> None:
    assert after_their_imports(["own", "storage", "log"], IMPORTS.__getitem__) == [
        "own",
        "log",
        "storage",
    ]


def test_a_circle_is_cut_where_it_is_entered() -> None:
    circle = {"a": ["b"], "b": ["c"], "c": ["a"]}
    assert after_their_imports(circle, circle.__getitem__) == ["c", "b", "a"]


def test_a_long_chain_needs_no_recursion() -> None:
    length = 10_000
    ordered = after_their_imports([0], lambda module: [module + 1] if module < length else [])
    assert ordered == list(range(length, -1, -1))


def test_importers_are_found_through_others_and_keep_their_order() -> None:
    assert with_importers(["log"], IMPORTS) == ["facade", "curl", "storage", "log"]
    assert with_importers(["own"], IMPORTS) == ["own"]
