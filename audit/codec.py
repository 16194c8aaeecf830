"""Frozen records as JSON and back, by their type hints, so that a new field needs no code.

A dataclass or named tuple is a list of its fields in their order. Which fields these are stands beside it
(:attr:`Codec.shapes`), so that a later program can still read what an earlier one wrote.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from operator import attrgetter
from typing import Any, Final, Generic, Literal, NamedTuple, TypeVar

from audit import catalog_model, model

T = TypeVar("T")
Shapes = Mapping[str, Sequence[str]]
"""Name of a class -> its fields, in the order in which they are written."""

_NONE: Final = type(None)
_SMALL: Final = 3
"""Fields of a record whose texts are names, and mostly those of many others."""
_NAMING: Final = {str, bool}
"""What they hold if they are of no one record, like accounts."""
_PLAIN: Final[dict[Any, tuple[type, ...]]] = {
    str: (str,),
    bool: (bool,),
    int: (int,),
    float: (float, int),
    _NONE: (_NONE,),
}
_NAMES: Final = {
    **{name: vars(module)[name] for module in (catalog_model, model) for name in vars(module) if name[0].isupper()},
    "date": date,
    "datetime": datetime,
    "timedelta": timedelta,
    "Mapping": Mapping,
    "Sequence": Sequence,
}
"""What hints name that modules import for the type checker only."""


class CodecError(Exception):
    """A document is not what its type says: of another version, or damaged."""


class _Form(NamedTuple):
    """How values of one type are written and read. None: as they are. Every form writes and reads None as null."""

    encode: Callable[[Any], Any] | None
    decode: Callable[[Any], Any] | None
    kinds: tuple[type, ...]
    """The types of JSON in which they are written."""


_SINGLE: Final = {
    datetime: _Form(datetime.isoformat, datetime.fromisoformat, (str,)),
    date: _Form(date.isoformat, date.fromisoformat, (str,)),
    timedelta: _Form(lambda one: [one.days, one.seconds, one.microseconds], lambda row: timedelta(*row), (list,)),
    bytes: _Form(bytes.hex, bytes.fromhex, (str,)),
}


class Codec(Generic[T]):
    """Writes and reads values of one type, made of dataclasses, named tuples, enums, days, instants and collections."""

    def __init__(self, kind: Any, *, names: Mapping[str, Any] | None = None, shapes: Shapes | None = None) -> None:
        """Take the type, what its hints name besides the model, and the shapes of what is to be read.

        Without shapes, what is read has those of today. Raises CodecError if the shapes do not fit.
        """
        build = _Forms({**_NAMES, **(names or {})}, shapes)
        self._form = build.form(kind)
        self.shapes: Shapes = build.today
        """Those of what this writes."""
        text = json.dumps(sorted(build.types.items()))
        self.fingerprint: str = hashlib.sha256(text.encode()).hexdigest()[:16]
        """Changes with every field and type."""

    def encode(self, value: T) -> Any:
        """Return a value as lists, dicts and plain values."""
        return self._form.encode(value) if self._form.encode else value

    def dumps(self, value: T) -> str:
        """Return a value as JSON on one line."""
        return json_line(self.encode(value))

    def decode(self, data: Any) -> T:
        """Return the value. Raises CodecError."""
        try:
            return _checked(self._form)(data)  # type: ignore[no-any-return]
        except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
            raise CodecError(str(error)) from error

    def loads(self, text: str) -> T:
        """Return the value in a JSON text. Raises CodecError."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise CodecError(str(error)) from error
        return self.decode(data)


def json_line(value: Any) -> str:
    """Return plain values as JSON on one line, which can be encoded whatever it holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a pair of surrogates, as somebody may have cut a text
        return json.dumps(value, separators=(",", ":"))
    return text


def _checked(form: _Form) -> Callable[[Any], Any]:
    """Return the reader of one value, which checks the type of the JSON first."""
    decode, kinds = form.decode, form.kinds

    def read(data: Any) -> Any:
        if type(data) not in kinds:
            raise CodecError(f"{type(data).__name__} in the place of {' or '.join(one.__name__ for one in kinds)}")
        return decode(data) if decode else data

    return read


class _Forms:
    """Makes the form of each type once."""

    def __init__(self, names: Mapping[str, Any], shapes: Shapes | None) -> None:
        self.names, self.shapes = names, shapes
        self.today: dict[str, Sequence[str]] = {}
        self.types: dict[str, str] = {}
        self._forms: dict[Any, _Form] = {}
        self._texts: dict[str, str] = {}

    def _shared(self, text: str) -> str:
        """Return the one text of these letters: names of labels, accounts and projects stand in each of the records."""
        return self._texts.setdefault(text, text)

    def form(self, kind: Any) -> _Form:
        if kind not in self._forms:
            self._forms[kind] = self._made(kind)
        return self._forms[kind]

    def _made(self, kind: Any) -> _Form:
        origin = typing.get_origin(kind)
        if kind in _PLAIN:
            return _Form(None, None, _PLAIN[kind])
        if kind in _SINGLE:
            return _SINGLE[kind]
        if origin is not None:
            return self._generic(origin, typing.get_args(kind))
        return self._class(kind)

    def _class(self, kind: Any) -> _Form:
        if dataclasses.is_dataclass(kind):
            return self._dataclass(kind)
        if issubclass(kind, tuple):
            return self._named_tuple(kind)
        if issubclass(kind, Enum):
            self.types[kind.__name__] = repr([one.value for one in kind])
            return _Form(attrgetter("value"), kind, tuple({type(one.value) for one in kind}))
        raise TypeError(f"no form of {kind}")

    def _generic(self, origin: Any, args: tuple[Any, ...]) -> _Form:
        if origin in (typing.Union, types.UnionType):
            return self._union(args)
        if origin is Literal:
            return _Form(None, None, tuple({type(one) for one in args}))
        if origin is tuple and args[-1] is not Ellipsis:
            return self._fixed(tuple(self.form(one) for one in args))
        if issubclass(origin, Mapping):
            return self._mapping(*map(self.form, args))
        item = self.form(args[0])
        encode, read = item.encode, _checked(item)
        if issubclass(origin, frozenset | set):
            return _Form(
                lambda many: sorted(many if encode is None else map(encode, many)),
                lambda rows: frozenset(map(read, rows)),
                (list,),
            )
        written = (lambda many: list(map(encode, many))) if encode else None
        named = (lambda one: self._shared(read(one))) if args[0] is str else read
        return _Form(written, lambda rows: tuple(map(named, rows)), (list,))

    def _union(self, args: Iterable[Any]) -> _Form:
        forms = [self.form(one) for one in args if one is not _NONE]
        kinds = tuple(kind for form in forms for kind in form.kinds)
        if all(form.encode is None and form.decode is None for form in forms):
            return _Form(None, None, (*kinds, _NONE))
        (form,) = forms
        encode, decode = form.encode, form.decode
        return _Form(
            (lambda one: None if one is None else encode(one)) if encode else None,
            (lambda one: None if one is None else decode(one)) if decode else None,
            (*kinds, _NONE),
        )

    def _fixed(self, forms: Sequence[_Form]) -> _Form:
        readers = [_checked(form) for form in forms]
        encoders = [form.encode or _same for form in forms]
        plain = all(form.encode is None for form in forms)
        return _Form(
            None if plain else lambda one: [encode(value) for encode, value in zip(encoders, one, strict=True)],
            lambda row: tuple(read(value) for read, value in zip(readers, row, strict=True)),
            (list,),
        )

    def _mapping(self, key: _Form, value: _Form) -> _Form:
        """Texts as keys make an object of JSON, others a list of pairs; the order stays."""
        encode, read = value.encode or _same, _checked(value)
        if key.kinds == (str,) and key.encode is None:
            return _Form(
                lambda one: {name: encode(content) for name, content in one.items()},
                lambda data: {name: read(content) for name, content in data.items()},
                (dict,),
            )
        pair = self._fixed((key, value))
        return _Form(
            lambda one: [pair.encode(item) if pair.encode else item for item in one.items()],
            lambda rows: dict(pair.decode(row) for row in rows) if pair.decode else dict(rows),
            (list,),
        )

    def _named_tuple(self, kind: Any) -> _Form:
        names: tuple[str, ...] = kind._fields
        forms = self._fields(kind, names)
        pair = self._fixed([forms[name] for name in names])
        decode = self._decoder(kind, names, forms, set(kind._field_defaults))
        return _Form(pair.encode, decode, (list,))

    def _dataclass(self, kind: Any) -> _Form:
        fields = [one for one in dataclasses.fields(kind) if one.init]
        names = tuple(one.name for one in fields)
        forms = self._fields(kind, names)
        missing = dataclasses.MISSING
        optional = {one.name for one in fields if one.default is not missing or one.default_factory is not missing}
        changed = [(number, form.encode) for number, name in enumerate(names) if (form := forms[name]).encode]
        get = attrgetter(*names) if len(names) > 1 else lambda one: (getattr(one, names[0]),)

        def encode(value: Any) -> list[Any]:
            row = list(get(value))
            for number, part in changed:
                if (one := row[number]) is not None:
                    row[number] = part(one)
            return row

        return _Form(encode, self._decoder(kind, names, forms, optional), (list,))

    def _fields(self, kind: Any, names: tuple[str, ...]) -> dict[str, _Form]:
        hints = typing.get_type_hints(kind, localns=dict(self.names))
        self.today[kind.__name__] = names
        self.types[kind.__name__] = repr([(name, str(hints[name])) for name in names])
        return {name: self.form(hints[name]) for name in names}

    def _decoder(
        self, kind: Any, names: tuple[str, ...], forms: Mapping[str, _Form], optional: set[str]
    ) -> Callable[[Any], Any]:
        """Return the reader of a row; its fields are those of the shape that was written with it."""
        # a class that the shapes do not know is one of today, of which nothing was written
        written = tuple((self.shapes or {}).get(kind.__name__, names))
        if further := [name for name in written if name not in forms]:
            raise CodecError(f"{kind.__name__} has the unknown field {further[0]}")
        if absent := [name for name in names if name not in written and name not in optional]:
            raise CodecError(f"{kind.__name__} lacks the field {absent[0]}")
        kinds = [forms[name].kinds for name in written]
        changed = [(number, form.decode) for number, name in enumerate(written) if (form := forms[name]).decode]
        if len(written) <= _SMALL and not changed:
            if all(set(allowed) <= _NAMING for allowed in kinds):
                return _recalled(self._filled(kind, written, kinds, []))
            changed = [(number, self._shared) for number, allowed in enumerate(kinds) if allowed == (str,)]
        return self._filled(kind, written, kinds, changed)

    def _filled(
        self,
        kind: Any,
        written: tuple[str, ...],
        kinds: Sequence[tuple[type, ...]],
        changed: Sequence[tuple[int, Callable[[Any], Any]]],
    ) -> Callable[[Any], Any]:
        """Return the reader of a row that checks its types, and changes the values at some places."""
        fitting: set[tuple[type, ...]] = set()  # the types of a row: thousands of rows have the same, checked once
        make = _maker(kind, written)

        def decode(row: list[Any]) -> Any:
            found = tuple(map(type, row))
            if found not in fitting:
                if not all(one in allowed for one, allowed in zip(found, kinds, strict=True)):
                    raise CodecError(f"a field of {kind.__name__} is of another type")
                fitting.add(found)
            for number, part in changed:
                if (value := row[number]) is not None:
                    row[number] = part(value)
            return make(row)

        return decode


def _maker(kind: Any, written: tuple[str, ...]) -> Callable[[list[Any]], Any]:
    """Return what makes a value of as many fields as were written, in their order."""
    if written == getattr(kind, "_fields", None):
        return kind._make  # type: ignore[no-any-return]
    return lambda row: kind(**dict(zip(written, row, strict=True)))


def _recalled(decode: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a reader of rows that makes equal ones once: few accounts stand in all records, and are frozen."""
    made: dict[tuple[Any, ...], Any] = {}

    def read(row: list[Any]) -> Any:
        key = (*row, *map(type, row))  # 1 and True are equal
        if key not in made:
            made[key] = decode(row)
        return made[key]

    return read


def _same(value: Any) -> Any:
    return value
