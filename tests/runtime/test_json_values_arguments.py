from enum import IntEnum, StrEnum

import pytest

from runtime.errors import ArgumentsError
from runtime.interface.types import (
    INTEGER_RANGES,
    ArrayType,
    Field,
    InterfaceType,
    InterfaceValue,
    RecordType,
    Scalar,
    Signature,
)
from runtime.json_values import PythonValue, arguments_to_values, parse_json

BYTES = ArrayType(Scalar.U8)
POINT = RecordType("Point", (Field("x", Scalar.S32), Field("y", Scalar.S32)))
PERSON = RecordType(
    "Person", (Field("name", Scalar.STRING), Field("age", Scalar.U8), Field("place", POINT))
)
TREE = RecordType("Tree")
TREE.fields = (Field("value", Scalar.U8), Field("children", ArrayType(TREE)))

NAME_AND_AGE = Signature((Field("name", Scalar.STRING), Field("age", Scalar.U8)), None)
NOTHING = Signature((), None)


def one(wanted: InterfaceType) -> Signature:
    return Signature((Field("value", wanted),), None)


def convert(
    signature: Signature, arguments: PythonValue, *, from_json: bool = True
) -> tuple[InterfaceValue, ...]:
    return arguments_to_values(
        signature, arguments, module="greeting", function="greet", from_json=from_json
    )


def convert_one(
    wanted: InterfaceType, value: PythonValue, *, from_json: bool = True
) -> InterfaceValue:
    (converted,) = convert(one(wanted), [value], from_json=from_json)
    return converted


def refusal(
    signature: Signature, arguments: PythonValue, *, from_json: bool = True
) -> ArgumentsError:
    with pytest.raises(ArgumentsError) as caught:
        convert(signature, arguments, from_json=from_json)
    return caught.value


def problems(signature: Signature, arguments: PythonValue, *, from_json: bool = True) -> list[str]:
    return [str(item) for item in refusal(signature, arguments, from_json=from_json).problems]


class TestTheForms:
    def test_an_array_is_positional(self) -> None:
        assert convert(NAME_AND_AGE, ["Ann", 5]) == ("Ann", 5)

    def test_an_object_is_by_name_in_any_order(self) -> None:
        assert convert(NAME_AND_AGE, {"age": 5, "name": "Ann"}) == ("Ann", 5)

    def test_a_tuple_of_python_is_positional(self) -> None:
        assert convert(NAME_AND_AGE, ("Ann", 5), from_json=False) == ("Ann", 5)

    @pytest.mark.parametrize("nothing", [None, [], {}])
    def test_a_function_without_parameters_takes_nothing(self, nothing: PythonValue) -> None:
        assert convert(NOTHING, nothing) == ()

    @pytest.mark.parametrize(
        ("wanted", "value"), [(Scalar.STRING, "Ann"), (Scalar.U8, 5), (Scalar.BOOL, False)]
    )
    def test_a_bare_scalar_is_the_one_argument(self, wanted: Scalar, value: str | int) -> None:
        assert convert(one(wanted), value) == (value,)

    def test_bare_bytes_are_the_one_argument(self) -> None:
        assert convert(one(BYTES), b"abc", from_json=False) == (b"abc",)

    @pytest.mark.parametrize(
        ("signature", "arguments", "message"),
        [
            (NAME_AND_AGE, ["Ann", 5, 6], "function requires 2 arguments, 3 provided"),
            (NAME_AND_AGE, [], "function requires 2 arguments, 0 provided"),
            (NAME_AND_AGE, None, "function requires 2 arguments, 0 provided"),
            (NAME_AND_AGE, "Ann", "function requires 2 arguments, 1 provided"),
            (one(Scalar.U8), None, "function requires 1 argument, 0 provided"),
            (NOTHING, 5, "function requires 0 arguments, 1 provided"),
            (NOTHING, [5], "function requires 0 arguments, 1 provided"),
        ],
    )
    def test_a_wrong_number_of_arguments_is_counted(
        self, signature: Signature, arguments: PythonValue, message: str
    ) -> None:
        assert problems(signature, arguments) == [f"args: {message}"]

    def test_missing_and_unknown_names_are_each_reported(self) -> None:
        assert problems(NAME_AND_AGE, {"nam": "Ann", "zzz": 1}) == [
            "args.name: missing argument with name name",
            "args.age: missing argument with name age",
            "args.nam: unknown argument; did you mean 'name'?",
            "args.zzz: unknown argument; known are name, age",
        ]

    def test_a_function_without_parameters_knows_no_names(self) -> None:
        assert problems(NOTHING, {"x": 1}) == ["args.x: unknown argument; known are none"]

    def test_keys_that_are_no_names_are_quoted(self) -> None:
        assert problems(NOTHING, {"a\x1b b": 1})[0].startswith("args['a\\x1b b']: unknown")

    def test_functions_whose_parameters_share_a_name_take_arguments_by_position(self) -> None:
        twins = Signature((Field("x", Scalar.U8), Field("x", Scalar.U8)), None)
        assert convert(twins, [1, 2]) == (1, 2)
        assert problems(twins, {"x": 1, "y": 2}) == ["args.y: unknown argument; known are x, x"]


class TestMissingBrackets:
    def test_an_array_passed_without_its_list_is_explained(self) -> None:
        error = refusal(one(BYTES), [1, 2, 3])
        assert [str(problem) for problem in error.problems] == [
            "args: function requires 1 argument, 3 provided"
        ]
        assert error.message.endswith(
            "\n  to pass it all as the one argument value, write [[1,2,3]]"
        )

    def test_the_advice_comes_after_all_problems(self) -> None:
        lines = refusal(one(ArrayType(BYTES)), [[1], [2]]).message.splitlines()
        assert lines[1] == "  args: function requires 1 argument, 2 provided"
        assert lines[2:] == ["  to pass it all as the one argument value, write [[[1],[2]]]"]

    def test_no_arguments_are_not_called_all(self) -> None:
        # A call without arguments in the shell is one with an empty array.
        assert refusal(one(BYTES), []).message.endswith(
            "\n  to pass an empty array as the one argument value, write [[]]"
        )

    def test_arguments_that_fit_in_no_way_get_no_advice(self) -> None:
        assert "to pass" not in refusal(one(Scalar.STRING), [["a", "b"]]).message

    def test_an_array_of_one_passed_without_its_list_is_explained(self) -> None:
        assert "write [[5]]" in refusal(one(BYTES), [5]).message

    def test_a_record_passed_without_its_list_is_explained(self) -> None:
        assert 'write [{"x":1,"y":2}]' in refusal(one(POINT), {"x": 1, "y": 2}).message

    def test_a_python_value_is_shown_in_the_notation_of_python(self) -> None:
        error = refusal(one(ArrayType(BYTES)), [b"a", b"b"], from_json=False)
        assert "write [[b'a', b'b']]" in error.message

    def test_a_long_value_is_not_shown_whole(self) -> None:
        assert refusal(one(BYTES), [1] * 10_000).message.endswith("write [[…]]")

    def test_there_is_no_such_advice_where_it_would_not_help(self) -> None:
        assert "to pass it all" not in refusal(one(BYTES), [1, 300]).message


class TestIntegers:
    @pytest.mark.parametrize("wanted", INTEGER_RANGES)
    def test_both_ends_of_the_range_are_in_it_and_their_neighbours_are_not(
        self, wanted: Scalar
    ) -> None:
        lowest, highest = INTEGER_RANGES[wanted]
        assert convert_one(ArrayType(wanted), [lowest, highest]) in (
            [lowest, highest],
            bytes([0, 255]),
        )
        assert convert_one(wanted, lowest) == lowest
        assert convert_one(wanted, highest) == highest
        for outside in (lowest - 1, highest + 1):
            (problem,) = problems(one(wanted), [outside])
            assert f"({lowest} to {highest}), got {outside}" in problem
            (problem,) = problems(one(ArrayType(wanted)), [[lowest, outside]])
            assert problem.startswith("args[0][1]: expected ")

    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (True, "true"),
            (1.5, "1.5"),
            ("5", "the string '5'"),
            (None, "null"),
            ({}, "an object"),
            ([1, 2], "an array of 2"),
            ([], "an array of 0"),
            pytest.param(10**5000, "an integer of 16610 bits", id="10**5000"),
        ],
    )
    def test_other_values_are_no_integers(self, value: PythonValue, shown: str) -> None:
        assert problems(one(Scalar.U8), [value]) == [
            f"args[0]: expected u8 (0 to 255), got {shown}"
        ]

    def test_a_whole_float_is_told_how_to_be_written(self) -> None:
        (problem,) = problems(one(Scalar.S64), [1.0])
        assert problem.endswith("got 1.0, which is a float: write it without fraction and exponent")

    def test_an_integer_enumeration_counts_as_its_number(self) -> None:
        colour = IntEnum("colour", ["RED"])
        converted = convert_one(Scalar.U8, colour.RED, from_json=False)
        assert converted == 1
        assert type(converted) is int

    def test_an_array_with_a_bool_among_its_integers_is_refused(self) -> None:
        assert problems(one(ArrayType(Scalar.S32)), [[1, True]]) == [
            "args[0][1]: expected i32 (-2147483648 to 2147483647), got true"
        ]


class TestFloats:
    @pytest.mark.parametrize("wanted", [Scalar.F32, Scalar.F64])
    def test_integers_are_accepted(self, wanted: Scalar) -> None:
        converted = convert_one(wanted, 5)
        assert converted == 5.0
        assert type(converted) is float
        assert convert_one(ArrayType(wanted), [5, 1.5]) == [5.0, 1.5]

    def test_f32_is_rounded(self) -> None:
        assert convert_one(Scalar.F32, 0.1) == 0.10000000149011612
        assert convert_one(ArrayType(Scalar.F32), [0.1]) == [0.10000000149011612]

    @pytest.mark.parametrize("value", [1e39, -1e39, 10**39, 10**400])
    def test_what_is_too_large_for_f32_is_refused(self, value: float) -> None:
        assert problems(one(Scalar.F32), [value])[0].endswith("is too large for f32")
        (problem,) = problems(one(ArrayType(Scalar.F32)), [[1.0, value]])
        assert problem.startswith("args[0][1]: ")

    def test_an_integer_too_large_for_f64_is_refused(self) -> None:
        assert problems(one(Scalar.F64), [10**400]) == [
            "args[0]: an integer of 1329 bits is too large for f64"
        ]

    @pytest.mark.parametrize("wanted", [Scalar.F32, Scalar.F64])
    @pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
    def test_nan_and_infinities_pass_from_python_only(self, wanted: Scalar, value: float) -> None:
        assert repr(convert_one(wanted, value, from_json=False)) == repr(value)
        assert repr(convert_one(ArrayType(wanted), [value], from_json=False)) == repr([value])
        assert "a finite number" in problems(one(wanted), [value])[0]
        assert problems(one(ArrayType(wanted)), [[0.0, value]])[0].startswith("args[0][1]: ")

    @pytest.mark.parametrize("wanted", [Scalar.U8, Scalar.F32, Scalar.F64, Scalar.STRING])
    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ("1e400", "a number above 1.7976931348623157e+308"),
            ("-1e400", "a number below -1.7976931348623157e+308"),
        ],
    )
    def test_a_number_beyond_every_float_is_not_called_infinite(
        self, wanted: Scalar, written: str, shown: str
    ) -> None:
        (problem,) = problems(one(wanted), parse_json(f"[{written}]"))
        assert problem.startswith("args[0]: expected ")
        assert problem.endswith(f", got {shown}")

    @pytest.mark.parametrize("value", [True, "1.5", None])
    def test_other_values_are_no_floats(self, value: PythonValue) -> None:
        assert "expected f64 (a number), got " in problems(one(Scalar.F64), [value])[0]


class TestStringsAndBooleans:
    def test_any_unicode_text_is_a_string(self) -> None:
        assert convert_one(Scalar.STRING, "naïve \0 🚀") == "naïve \0 🚀"

    def test_a_lone_surrogate_is_refused_at_its_place(self) -> None:
        (problem,) = problems(one(Scalar.STRING), ["é\ud800"])
        assert problem == (
            "args[0]: the string 'é\\ud800' is no Unicode text: "
            "the surrogate U+D800 at index 1 stands alone"
        )
        (problem,) = problems(one(ArrayType(Scalar.STRING)), [["a", "\udc00"]])
        assert problem.startswith("args[0][1]: ")

    def test_surrogates_in_two_strings_do_not_make_a_pair(self) -> None:
        assert len(problems(one(ArrayType(Scalar.STRING)), [["\ud83d", "\ude00"]])) == 2

    def test_other_values_are_no_strings(self) -> None:
        assert problems(one(Scalar.STRING), [5]) == ["args[0]: expected string, got 5"]

    def test_a_string_enumeration_counts_as_its_text(self) -> None:
        colour = StrEnum("colour", ["RED"])
        converted = convert_one(Scalar.STRING, colour.RED, from_json=False)
        assert converted == "red"
        assert type(converted) is str

    @pytest.mark.parametrize("value", [0, 1, "true", None])
    def test_only_true_and_false_are_booleans(self, value: PythonValue) -> None:
        assert "expected bool (true or false), got " in problems(one(Scalar.BOOL), [value])[0]
        assert problems(one(ArrayType(Scalar.BOOL)), [[True, value]])[0].startswith("args[0][1]: ")


class TestByteArrays:
    @pytest.mark.parametrize("wanted", [BYTES, Scalar.BYTE_ARRAY])
    @pytest.mark.parametrize(
        "value", [[1, 2], (1, 2), b"\1\2", bytearray(b"\1\2"), memoryview(b"\1_\2")[::2]]
    )
    def test_numbers_and_bytes_like_objects_are_accepted(
        self, wanted: InterfaceType, value: PythonValue
    ) -> None:
        converted = convert_one(wanted, value, from_json=False)
        assert converted == b"\1\2"
        assert type(converted) is bytes

    def test_every_wrong_number_is_reported_with_its_place(self) -> None:
        assert problems(one(BYTES), [[1, 256, True, -1]]) == [
            "args[0][1]: expected u8 (0 to 255), got 256",
            "args[0][2]: expected u8 (0 to 255), got true",
            "args[0][3]: expected u8 (0 to 255), got -1",
        ]

    def test_a_string_is_no_byte_array(self) -> None:
        assert problems(one(BYTES), ["abc"]) == [
            "args[0]: expected []u8 (an array of numbers from 0 to 255), got the string 'abc'"
        ]

    def test_a_view_of_larger_items_is_refused(self) -> None:
        view = memoryview(b"abcd").cast("I")
        assert "items of 4 bytes" in problems(one(BYTES), [view], from_json=False)[0]

    def test_a_released_view_is_refused(self) -> None:
        view = memoryview(b"abcd")
        view.release()
        assert "released" in problems(one(BYTES), [view], from_json=False)[0]


class TestArrays:
    def test_arrays_nest(self) -> None:
        nested = ArrayType(ArrayType(ArrayType(Scalar.STRING)))
        assert convert_one(nested, [[["a"], []], []]) == [[["a"], []], []]

    @pytest.mark.parametrize("value", ["abc", {}, 5, None])
    def test_other_values_are_no_arrays(self, value: PythonValue) -> None:
        assert (
            "expected []string (an array), got "
            in (problems(one(ArrayType(Scalar.STRING)), [value])[0])
        )

    def test_the_value_is_a_copy(self) -> None:
        given = [1, 2]
        converted = convert_one(ArrayType(Scalar.S32), given)
        given.append(3)
        assert converted == [1, 2]


class TestRecords:
    def test_an_object_gives_the_fields_by_name(self) -> None:
        person: PythonValue = {"place": {"y": 2, "x": 1}, "age": 5, "name": "Ann"}
        assert convert_one(PERSON, person) == ("Ann", 5, (1, 2))

    def test_an_array_gives_the_fields_by_position(self) -> None:
        assert convert_one(PERSON, ["Ann", 5, [1, 2]]) == ("Ann", 5, (1, 2))

    def test_every_missing_unknown_and_wrong_field_is_reported_with_its_path(self) -> None:
        person: PythonValue = {"nam": "Ann", "age": 300, "place": {"x": "1", "y": 2, "z": 3}}
        assert problems(NAME_AND_AGE, {"name": "x", "age": [1, 2]}) == [
            "args.age: expected u8 (0 to 255), got an array of 2"
        ]
        assert problems(one(ArrayType(PERSON)), {"value": [person]}) == [
            "args.value[0].name: missing field with name name",
            "args.value[0].age: expected u8 (0 to 255), got 300",
            "args.value[0].place.x: expected i32 (-2147483648 to 2147483647), got the string '1'",
            "args.value[0].place.z: unknown field; known are x, y",
            "args.value[0].nam: unknown field; did you mean 'name'?",
        ]

    def test_a_wrong_number_of_fields_is_counted(self) -> None:
        assert problems(one(POINT), [[1, 2, 3]]) == [
            "args[0]: expected Point (an array of 2: x, y), got an array of 3"
        ]

    def test_errors_of_positional_fields_are_named_by_field(self) -> None:
        assert problems(one(PERSON), [["Ann", 5, [1, None]]])[0].startswith("args[0].place.y: ")

    def test_other_values_are_no_records(self) -> None:
        assert problems(one(POINT), [5]) == ["args[0]: expected Point (an object with x, y), got 5"]

    def test_a_record_may_hold_arrays_of_itself(self) -> None:
        tree: PythonValue = {"value": 1, "children": [{"value": 2, "children": []}]}
        assert convert_one(TREE, tree) == (1, [(2, [])])


class TestScalarsInAnArrayOfTheirOwn:
    @pytest.mark.parametrize(
        ("wanted", "value"),
        [(Scalar.STRING, "x"), (Scalar.U8, 5), (Scalar.F64, 1.5), (Scalar.BOOL, True)],
    )
    def test_they_are_unwrapped(self, wanted: Scalar, value: str | float) -> None:
        assert convert_one(wanted, [value]) == value
        assert convert_one(POINT, {"x": [1], "y": [2]}) == (1, 2)

    def test_they_are_unwrapped_inside_of_arrays(self) -> None:
        assert convert_one(ArrayType(Scalar.S32), [[1], 2]) == [1, 2]
        assert convert_one(BYTES, [[1], 2]) == b"\1\2"

    def test_they_are_unwrapped_once(self) -> None:
        assert "got an array of 1" in problems(one(Scalar.U8), [[[5]]])[0]


class TestErrors:
    def test_the_message_names_function_and_module_and_lists_the_problems(self) -> None:
        error = refusal(NAME_AND_AGE, [5, "x"])
        assert error.message == (
            "wrong arguments for fn greet(name: string, age: u8) of module 'greeting':\n"
            "  args[0]: expected string, got 5\n"
            "  args[1]: expected u8 (0 to 255), got the string 'x'"
        )
        assert (error.module, error.function) == ("greeting", "greet")

    def test_the_message_lists_twenty_problems_and_counts_the_others(self) -> None:
        error = refusal(one(BYTES), [[256] * 50])
        assert len(error.problems) == 50
        assert error.message.count("got 256") == 20
        assert error.message.endswith("\n  … and 30 more")

    def test_a_flood_of_problems_is_counted_but_not_kept(self) -> None:
        error = refusal(one(BYTES), [[256] * 5_000])
        assert len(error.problems) == 1_000
        assert error.message.endswith("\n  … and 4980 more")

    def test_long_strings_are_cut(self) -> None:
        assert len(refusal(one(Scalar.U8), ["x" * 100_000]).message) < 200

    def test_an_object_of_python_is_named_by_its_type(self) -> None:
        (problem,) = problems(one(Scalar.U8), [{1}], from_json=False)  # type: ignore[list-item]
        assert problem.endswith("got a value of the Python type set")


def nested_tree(depth: int) -> PythonValue:
    tree: PythonValue = {"value": 0, "children": []}
    for _ in range(depth):
        tree = {"value": 0, "children": [tree]}
    return tree


class TestNesting:
    def test_values_may_nest_hundreds_deep(self) -> None:
        converted = convert_one(TREE, nested_tree(150))  # an object and an array each
        depth = 0
        while isinstance(converted, tuple) and isinstance(converted[1], list) and converted[1]:
            converted = converted[1][0]
            depth += 1
        assert depth == 150

    def test_errors_hundreds_deep_have_their_path(self) -> None:
        tree: PythonValue = {"value": 300, "children": []}
        for _ in range(100):
            tree = {"value": 0, "children": [tree]}
        (problem,) = problems(one(TREE), [tree])
        assert problem == (
            "args[0]" + ".children[0]" * 100 + ".value: expected u8 (0 to 255), got 300"
        )

    def test_values_nested_too_deeply_are_refused(self) -> None:
        assert problems(one(TREE), [nested_tree(100_000)]) == [
            "args: nested too deeply for the stack of Python"
        ]

    def test_types_nested_too_deeply_are_refused(self) -> None:
        wanted: InterfaceType = Scalar.U8
        value: PythonValue = 1
        for _ in range(1_024):
            wanted = RecordType("R", (Field("f", wanted),))
            value = [value]
        assert problems(one(wanted), [value]) == ["args: nested too deeply for the stack of Python"]
