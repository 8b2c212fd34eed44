"""From points to hits: one cause a line, that of its strongest rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from kkpd.core.errors import Severity
from kkpd.core.moments import brief
from kkpd.core.money import Rupiah, total
from kkpd.engines.watch import rules
from kkpd.engines.watch.points import THRESHOLD, Point, WatchWorld, card_of, points_of
from kkpd.engines.watch.rules import Rulings
from kkpd.engines.watch.shapes import Hit, WatchedLine
from kkpd.engines.watch.together import Grouped, points_together
from kkpd.engines.watch.words import FAMILIES

#: Rules whose hits are about lines that belong together.
_TOGETHER = ("pecah", "cepat")


def judge(world: WatchWorld) -> list[Hit]:
    """The hits on the lines of this world, in the order of their lines."""
    together = points_together(world)
    groups: dict[tuple[str, str], list[tuple[WatchedLine, list[Point]]]] = defaultdict(list)
    hits = []
    for line, points in _weighed(world, together):
        alone = _alone(line, points)
        if _sum(line, points) < THRESHOLD:
            continue
        rule = _strongest(points)
        cause = _cause(line, rule, together)
        if rule in _TOGETHER:
            groups[rule, cause].append((line, points))
        else:
            hits.append(_hit(rule, cause, [line], points, alone, world.rulings))
    for (rule, cause), members in groups.items():
        lines = [line for line, _ in members]
        points = list(dict.fromkeys(point for _, own in members for point in own))
        alone = any(not line.has_purchase for line in lines)
        hits.append(_hit(rule, cause, lines, points, alone, world.rulings))
    return sorted(hits, key=lambda hit: (hit.lines, hit.rule))


def _weighed(world: WatchWorld, together: Grouped) -> list[tuple[WatchedLine, list[Point]]]:
    """The lines that have points; half a word counts more on a card that said the whole one."""
    weighed = []
    marked: set[tuple[str, str]] = set()
    for line in sorted(world.lines, key=lambda one: one.id):
        points = [*points_of(line, world), *(point for point, _ in together.get(line.id, ()))]
        if not points:
            continue
        points = list(dict.fromkeys(points))
        weighed.append((line, points))
        if _sum(line, points) >= THRESHOLD:
            marked.add((card_of(line), _strongest(points)))
    for line, points in weighed:
        told = {point.rule for point in points if point.rule in FAMILIES}
        if any((card_of(line), rule) in marked for rule in told) and (
            _sum(line, points) == THRESHOLD - 1
        ):
            points.append(Point(_strongest(points), 1, "kartu ini juga punya baris lain yang kuat"))
    return weighed


def _alone(line: WatchedLine, points: Sequence[Point]) -> bool:
    """Whether nobody recorded a purchase for a line that something speaks against."""
    return bool(points) and line.kind == "belanja" and not line.has_purchase


def _sum(line: WatchedLine, points: Sequence[Point]) -> int:
    return sum(point.worth for point in points) + _alone(line, points)


def _strongest(points: Iterable[Point]) -> str:
    """The rule with most points; of equal ones the first of the table."""
    worth: dict[str, int] = defaultdict(int)
    for point in points:
        worth[point.rule] += point.worth
    order = list(rules.table())
    return min(worth, key=lambda rule: (-worth[rule], order.index(rule)))


def _cause(line: WatchedLine, rule: str, together: Grouped) -> str:
    keys = [key for point, key in together.get(line.id, ()) if point.rule == rule]
    return f"{keys[0] if keys else f'kartu:{card_of(line)}'}/{rule}"


def _hit(
    rule: str,
    cause: str,
    lines: Sequence[WatchedLine],
    points: Sequence[Point],
    alone: bool,
    rulings: Rulings,
) -> Hit:
    """The hit with all points as its evidence, the heaviest first."""
    told, first = rules.table()[rule], lines[0]
    amount = total(line.amount for line in lines)
    seen: dict[str, list[str]] = defaultdict(list)
    for point in sorted(points, key=lambda one: -one.worth):
        seen[rules.table()[point.rule].label].append(f"{point.seen} ({point.worth})")
    evidence = {label: "; ".join(parts) for label, parts in seen.items()}
    if alone:
        evidence["Belanja"] = "Belum ada belanja yang tercatat untuk baris ini. (1)"
    return Hit(
        rule=rule,
        severity=_severity(told, points),
        lines=tuple(line.id for line in lines),
        amount=Rupiah(amount.sen),
        cause=cause,
        message=told.sentence.format(
            nilai=amount,
            toko=first.merchant,
            hari=brief(min(line.day for line in lines)),
            kartu=first.card_last4,
            banyak=len(lines),
        ),
        clears=told.clears,
        basis=rulings[rule].basis,
        evidence=evidence,
    )


def _severity(rule: rules.Rule, points: Sequence[Point]) -> Severity:
    """The rule's own; where no single rule says enough, it asks for a look only."""
    worth = sum(point.worth for point in points if point.rule == rule.name)
    return rule.severity if worth >= THRESHOLD else "perhatian"
