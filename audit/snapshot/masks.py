"""What a snapshot keeps of titles and texts that it must not tell: masks that the rules read as they read the texts.

Each word of a title becomes an opaque one, the same for the same word, so that equal titles stay equal; prefix,
days, references and external ids stay, but for a name alone before a number (``name#5``) that is no project's. So do
numbers of issues that were read; any other becomes one that is too long for an issue's. Words that the title of a
public issue beside it has stay too, since rules compare the two. Of a description its references and external ids stay;
what else rules need of it is kept as a reading (:attr:`audit.model.Issue.reading`).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from audit.model import Mention
from audit.text import titles, visible
from audit.text.blocks import blocks
from audit.text.descriptions import named_issues, names_of
from audit.text.names import LINK
from audit.text.references import Mentions, Naming, external_ids, issues_in, mentions, references

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from audit.model import Issue, Records, Ref
    from audit.settings.settings import Settings

_SIGN: Final = "\ua66e"
"""A letter with which no word begins: the many-eyed O of one psalter."""
_LENGTH: Final = 12
_ZEROS: Final = "0000"
"""With which the mask of a number begins, which is longer than any issue's number."""
_DIGITS: Final = 18
_FULL_WIDTH: Final = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}
"""References end at other digits than those of ASCII."""
_NUMBER_MASK: Final = re.compile(rf"(?:{_ZEROS}|{_ZEROS.translate(_FULL_WIDTH)})\d{{{_DIGITS}}}")
_WORD: Final = re.compile(rf"{_SIGN}(?:[a-p]{{{_LENGTH}}}|(?:_[a-p]){{{_LENGTH}}})|[^\W\d_]+|[0-9]+|[^\D0-9]+")
"""A word or a number, masked or not; digits of two scripts are two numbers."""
_PIECE: Final = (
    rf"(?P<names>https?://\S+|(?a:[\w./-]*(?:/(?:issues|work_items)/|#(?!\d{{4}}-\d\d-\d\d(?!\d)))\d+))"
    rf"|(?P<day>{titles.DATES.pattern})|{_WORD.pattern}"
)
"""What may name an issue, or a day, or else a word or a number."""
_NO_NUMBER: Final = "\uff03"
"""A full-width number sign, which names no issue."""
_NUMERALS: Final = re.compile(r"\d+")
_NUMBER: Final = re.compile(r"(?<=[#/])\d+", re.ASCII)
_OF_DAYS: Final = frozenset({"t", "z", "utc"})
"""Words that stand in days and times."""
_SHORT: Final = 2
"""Letters up to which rules take no notice of a word; its mask has none longer."""


@dataclass(frozen=True, kw_only=True)
class Masks:
    """Masks issues with a key; without the key a guess of a word cannot be confirmed."""

    key: bytes
    settings: Settings
    numbers: bool = True
    """Mask numbers of titles as well; of a shard, an issue of another one may have them."""

    def with_readings(self, records: Records, wanted: Callable[[Issue], bool]) -> Records:
        """Name the reading of each description that will not be kept, while it is still there."""
        return _changed(records, wanted, self._with_reading)

    def _with_reading(self, issue: Issue) -> Issue:
        if not issue.text_kept:
            return issue
        text = hashlib.sha256(issue.description.encode("utf-8", "surrogatepass")).digest()
        return replace(issue, reading=hmac.new(self.key, text, "sha256").hexdigest())

    def masked(self, records: Records, wanted: Callable[[Issue], bool]) -> Records:
        """Mask the titles and descriptions of the issues that are wanted; their readings stand in the records."""
        naming = Naming(hosts=frozenset(records.hosts), projects=None, root=records.root)
        masker = _Masker(masks=self, naming=naming, numbers=_numbers(records), projects=_projects(records))
        beside = _beside(records, wanted, masker) if any(map(wanted, records.issues)) else None
        return _changed(records, wanted, lambda issue: masker.mask(issue, beside.words(issue) if beside else ()))

    def unmasked(self, records: Records) -> Records:
        """Take off the masks of the words that any title has which is not masked, so that they can be compared."""
        if all(issue.text_kept for issue in records.issues):
            return records
        known = {word for issue in records.issues if issue.text_kept for word in _words(issue.title)}
        known |= _numbers(records)
        by_mask = {self.word(word): word for word in known}
        return _changed(
            records,
            lambda issue: not issue.text_kept,
            lambda issue: replace(issue, title=_WORD.sub(lambda found: by_mask.get(found[0], found[0]), issue.title)),
        )

    def digests(self, records: Records) -> dict[str, str]:
        """Return global id -> a digest of the title as titles are compared, to find equal ones in other shards."""
        prefixes = self.settings.review.prefixes
        bare = {str(issue.id): titles.essence(issue.title, prefixes) for issue in records.issues}
        return {
            number: hmac.new(self.key, text.encode("utf-8", "surrogatepass"), "sha256").hexdigest()[:16]
            for number, text in bare.items()
            if text
        }

    def word(self, word: str) -> str:
        """Return the mask of a word in small letters, or of a number."""
        found = hmac.digest(self.key, word.encode("utf-8", "surrogatepass"), "sha256")[:_LENGTH]
        if word.isdecimal():
            mask = f"{_ZEROS}{int.from_bytes(found) % 10**_DIGITS:0{_DIGITS}}"
            return mask if word.isascii() else mask.translate(_FULL_WIDTH)
        letters = (chr(ord("a") + byte % 16) for byte in found)
        return _SIGN + ("".join(letters) if len(word) > _SHORT else "".join(f"_{one}" for one in letters))


def _changed(records: Records, wanted: Callable[[Issue], bool], change: Callable[[Issue], Issue]) -> Records:
    return replace(records, issues=tuple(change(issue) if wanted(issue) else issue for issue in records.issues))


def less_masked(one: str, other: str) -> str:
    """Return a title of which two copies are masked, with each word that stays in either."""
    words = _WORD.findall(other)
    if len(words) != len(_WORD.findall(one)):
        return one
    rest = iter(words)
    return _WORD.sub(lambda found: min(found[0], next(rest), key=_is_mask), one)


def _is_mask(word: str) -> bool:
    return word.startswith(_SIGN) or _NUMBER_MASK.fullmatch(word) is not None


def _numbers(records: Records) -> frozenset[str]:
    """Return the numbers of all issues that were read or that links lead to, by which a title may name them."""
    targets = (link.target for issue in records.issues for link in issue.links if link.target is not None)
    return frozenset(str(ref.iid) for ref in (*(issue.ref for issue in records.issues), *targets))


def _projects(records: Records) -> frozenset[str]:
    """Return the paths of all projects from which something was read, today's and former ones."""
    paths = {*(source.project for source in records.sources), *(issue.ref.project for issue in records.issues)}
    return frozenset(path.lower() for path in (*paths, *records.former_paths))


def _plain(word: str) -> str:
    if word.isdecimal():
        return word  # as titles are compared
    plain = normalize("NFKC", normalize("NFKC", word).casefold())
    return word if plain.isdecimal() else plain  # a number in a circle is a word


def _words(title: str) -> set[str]:
    return {_plain(word) for word in _WORD.findall(normalize("NFC", title))}


@dataclass(frozen=True, kw_only=True)
class _Masker:
    """Masks one issue at a time."""

    masks: Masks
    naming: Naming
    numbers: frozenset[str]
    """They stay, wherever they stand."""
    projects: frozenset[str]
    """Paths in small letters, of which the names alone stay too."""

    @property
    def _prefixes(self) -> tuple[str, ...]:
        return self.masks.settings.review.prefixes

    def named(self, issue: Issue) -> dict[Mention, list[Ref]]:
        """Return the issues that an issue names, by where it does."""
        by_mention: dict[Mention, list[Ref]] = {}
        names = names_of(self.masks.settings)
        for mention, ref in named_issues(issue, self.naming, self._prefixes, names):
            if ref not in by_mention.setdefault(mention, []):
                by_mention[mention].append(ref)
        return by_mention

    def essence(self, issue: Issue) -> str:
        return titles.essence(issue.title, self._prefixes)

    def mask(self, issue: Issue, clear: Iterable[str]) -> Issue:
        title = self._title(issue, frozenset(clear) | _OF_DAYS)
        if not issue.text_kept:
            return replace(issue, title=title)
        return replace(issue, title=title, description=self._description(issue), text_kept=False)

    def _title(self, issue: Issue, clear: frozenset[str]) -> str:
        whole = normalize("NFC", issue.title)
        bare = titles.without_prefix(whole, self._prefixes)
        ids = self._external_ids(bare)
        clear = clear.union(*map(_NUMERALS.findall, ids))
        masked = self._references_kept(bare, issue.ref.project, clear)
        if not self._external_ids(masked) <= ids:  # the mask of a number must be no external id
            masked = self._references_kept(bare, issue.ref.project, clear.union(_NUMERALS.findall(bare)))
        title = " ".join([masked, *self._ids(bare, masked)])
        end = "..." if titles.is_cut(whole) and not titles.is_cut(title) else ""
        return whole[: len(whole) - len(bare)] + title + end

    def _references_kept(self, bare: str, home: str, clear: frozenset[str]) -> str:
        """Mask a title that goes on to name what it names; where its words and references touch, by an appendix."""
        wanted = frozenset(self._references(bare, home))
        masked = self._words_masked(bare, home, wanted, clear)
        if set(references(masked, home, self.naming)) == wanted:
            return masked
        return " ".join([self._words_masked(bare, home, frozenset(), clear), *sorted(map(str, wanted))])

    def _references(self, text: str, home: str) -> Iterator[Ref]:
        """Yield what a text names; a name alone that is no project's may be a customer's."""
        for one in mentions(text).issues:
            for ref in issues_in(Mentions(issues=(one,)), home, self.naming):
                if not one.project or "/" in one.project or ref.project.lower() in self.projects:
                    yield ref

    def _words_masked(self, bare: str, home: str, kept: frozenset[Ref], clear: frozenset[str]) -> str:
        """Mask a title but for these references, words and numbers, and for an external id that stands by itself."""
        ids = "|".join(map(re.escape, self._ids(bare)))
        pattern = rf"(?P<id>(?<![\w/-])(?-i:{ids})(?![\w/-]))|{_PIECE}" if ids else f"(?P<id>(?!))|{_PIECE}"

        def mask(found: re.Match[str]) -> str:
            if found["names"] and (refs := set(self._references(found[0], home))) and refs <= kept:
                return found[0] if "#" in found[0] and "://" not in found[0] else " ".join(sorted(map(str, refs)))
            if found["names"]:
                return self._unnamed(found[0], clear)
            stays = found["id"] or found["day"] or _plain(found[0]) in clear
            return found[0] if stays else self._word(found[0])

        return re.sub(pattern, mask, bare, flags=re.IGNORECASE)

    def _external_ids(self, text: str) -> frozenset[str]:
        return external_ids(text, self.masks.settings.review.external_id)

    def _unnamed(self, piece: str, clear: frozenset[str]) -> str:
        """Mask what looks like the name of an issue, so that it is none."""
        rest = piece.replace("#", _NO_NUMBER)
        numbers = clear.intersection(_NUMERALS.findall(rest))
        return _WORD.sub(lambda found: found[0] if found[0] in numbers else self._word(found[0]), rest)

    def _word(self, word: str) -> str:
        stays = _is_mask(word) or (word.isdecimal() and (word in self.numbers or not self.masks.numbers))
        return word if stays else self.masks.word(_plain(word))

    def _ids(self, text: str, rest: str = "") -> list[str]:
        """Return the external ids of a text, written so that they are read again; without those in the rest."""
        pattern = self.masks.settings.review.external_id
        ids = sorted(external_ids(text, pattern) - external_ids(rest, pattern))
        return [
            one
            if one in external_ids(one, pattern)
            else f"https://app.incident.io/incidents/{one.removeprefix('INC-')}"
            for one in ids
        ]

    def _description(self, issue: Issue) -> str:
        named = self.named(replace(issue, title=""))
        row, text = (" ".join(map(str, named.get(mention, ()))) for mention in (Mention.ROW, Mention.TEXT))
        table = f"| | |\n|---|---|\n| {LINK} | {row} |" if row else ""
        ids = " ".join(self._ids(visible.where(blocks(issue.description), re.compile(""))))
        return "\n\n".join(filter(None, (table, text, ids)))


@dataclass(frozen=True, kw_only=True)
class _Beside:
    """Which public issues stand beside a masked one: linked with it, naming it, named by it, or of its title."""

    public: Mapping[Ref, Issue]
    linked: Mapping[Ref, set[Ref]]
    """From either end."""
    by_title: Mapping[str, list[Ref]]
    masker: _Masker

    def words(self, issue: Issue) -> set[str]:
        """Return the words of the titles beside an issue."""
        named = (ref for refs in self.masker.named(issue).values() for ref in refs)
        beside = {*self.linked.get(issue.ref, ()), *named, *self.by_title.get(self.masker.essence(issue), ())}
        return {word for ref in beside & self.public.keys() for word in _words(self.public[ref].title)}


def _beside(records: Records, wanted: Callable[[Issue], bool], masker: _Masker) -> _Beside:
    public = {issue.ref: issue for issue in records.issues if not wanted(issue) and issue.text_kept}
    masked = {issue.ref for issue in records.issues if issue.ref not in public}
    numbers = {str(ref.iid) for ref in masked}
    linked: dict[Ref, set[Ref]] = defaultdict(set)
    by_title: dict[str, list[Ref]] = defaultdict(list)
    for issue in records.issues:
        targets = {link.target for link in issue.links if link.target is not None}
        if issue.ref in public:
            by_title[masker.essence(issue)].append(issue.ref)
            text = f"{issue.title}\n{issue.description}"
            # without parsing: what is named in code as well does no harm
            if not numbers.isdisjoint(_NUMBER.findall(text)):
                targets |= set(references(text, issue.ref.project, masker.naming, comments=True)) & masked
        for target in targets:
            linked[issue.ref].add(target)
            linked[target].add(issue.ref)
    return _Beside(public=public, linked=linked, by_title=by_title, masker=masker)
