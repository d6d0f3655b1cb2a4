"""One method an indicator, by its definition, for those that look at the style-colour alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.hits.brute.counting import Counting, Value, missing, ratio
from tests.hits.brute.facts import DAY, Row


class Indicators(Counting):
    """Indicators 1, 3-7, 9-13, 15, 16 and 18-22 of a style-colour at an as-of day."""

    # -- 1, 3, 4, 7 -----------------------------------------------------------------------

    def days_since_launch(self, skc: str, d: date) -> Value:
        reason = self.launch_reason(skc, d)
        return missing(reason) if reason else Value(self.age(skc, d))

    def cum_net_units(self, skc: str, d: date) -> Value:
        reason = self.launch_reason(skc, d) or self.blocked(skc, d)
        return missing(reason) if reason else Value(self.net(skc, self.since(skc), d))

    def net_units_7d(self, skc: str, d: date) -> Value:
        reason = self.sale_reason(skc, d) or self.blocked(skc, d)
        return missing(reason) if reason else Value(self.net(skc, d - 6 * DAY, d, is_presale=False))

    def wow_growth(self, skc: str, d: date) -> Value:
        reason = self.sale_reason(skc, d) or self.blocked(skc, d)
        if reason:
            return missing(reason)
        age = self.age(skc, d)
        if age is not None and age < 14:
            return missing("immature")
        this = self.gross(skc, d - 6 * DAY, d, d, is_presale=False)
        before = self.gross(skc, d - 13 * DAY, d - 7 * DAY, d, is_presale=False)
        if before < self.t["stage_min_base"]:
            return missing("small_base")
        return Value(this / before - 1, this, before)

    # -- 5, 6 -----------------------------------------------------------------------------

    def opens_with_stock(self, skc: str, store: str, day: date) -> bool:
        return self.f.units(skc, store, day - DAY, "avail_units") > 0

    def is_stocked(self, skc: str, store: str, day: date) -> bool:
        """Stock at opening or a sale that day, from launch, while the store is open."""
        if day < self.since(skc) or not self.f.is_open(store, day):
            return False
        return self.opens_with_stock(skc, store, day) or any(
            line["store_code"] == store and line["sale_date"] == day
            for line in self.f.sales[skc]
            if line["channel_group"] == "store"
        )

    def stocked_days(self, skc: str, store: str, d: date, days: int) -> int:
        return sum(self.is_stocked(skc, store, d - n * DAY) for n in range(days))

    def units_per_store_day(self, skc: str, d: date) -> Value:
        reason = self.sale_reason(skc, d) or self.blocked(skc, d)
        if reason:
            return missing(reason)
        shops = self.f.shops()
        units = sum(
            self.net(skc, d - 13 * DAY, d, channel_group="store", store_code=s) for s in shops
        )
        days = self.stocked_store_days(skc, d)
        return ratio(units, days) if days else missing("no_stock")

    def stocked_store_days(self, skc: str, d: date) -> int:
        """Of 14 days; a day whose file has not come is out of the count."""
        return sum(
            self.is_stocked(skc, store, day)
            for store in self.f.shops()
            for day in (d - n * DAY for n in range(14))
            if (store, day) not in self.f.late
        )

    def first_stocked(self, skc: str, store: str) -> date | None:
        """Day of the first stock or sale; stock that came before launch counts."""
        days = [
            r["valid_from"] for r in self.f.stock_in.get((skc, store), []) if r["avail_units"] > 0
        ]
        days += [
            line["sale_date"]
            for line in self.f.sales[skc]
            if line["store_code"] == store and line["channel_group"] == "store"
        ]
        return min(days, default=None)

    def selling_stores(self, skc: str, d: date) -> tuple[int, int]:
        """Eligible stores that sold in 14 days, and those that had the chance to."""
        base, active = 0, 0
        for store in self.f.covered(skc, d):
            first = self.first_stocked(skc, store)
            if first is None or (d - first).days <= self.t["new_store_days"]:
                continue
            if self.stocked_days(skc, store, d, 14):
                base += 1
                active += (
                    self.net(skc, d - 13 * DAY, d, channel_group="store", store_code=store) >= 1
                )
        return active, base

    def store_active_rate(self, skc: str, d: date) -> Value:
        reason = self.sale_reason(skc, d) or self.blocked(skc, d)
        if reason:
            return missing(reason)
        active, base = self.selling_stores(skc, d)
        if base:
            return ratio(active, base)
        stocked = any(self.stocked_days(skc, s, d, 14) for s in self.f.shops())
        return missing("immature" if stocked else "no_stock")

    # -- 9, 10, 11 ------------------------------------------------------------------------

    def carrying(self, skc: str, d: date) -> dict[str, int]:
        """Pieces, on their way included, in the shops that carry the style-colour."""
        units = {
            s: self.f.units(skc, s, d, "avail_units")
            + max(self.f.units(skc, s, d, "transit_units") - self.f.aged(skc, s, d), 0)
            for s in self.f.covered(skc, d)
        }
        return {s: n for s, n in units.items() if n > 0}

    def distribution_rate(self, skc: str, d: date) -> Value:
        if self.blocked(skc, d):
            return missing("dq_blocked")
        covered = self.f.covered(skc, d)
        return (
            ratio(len(self.carrying(skc, d)), len(covered)) if covered else missing("insufficient")
        )

    def distribution_depth(self, skc: str, d: date) -> Value:
        if self.blocked(skc, d):
            return missing("dq_blocked")
        carrying = self.carrying(skc, d)
        return ratio(sum(carrying.values()), len(carrying)) if carrying else missing("no_stock")

    def core_runs(self, skc: str, store: str) -> list[set[str]]:
        """Configured runs of the store's zone; any three neighbours where no size is configured."""
        codes = {s["size_code"] for s in self.f.sizes[skc]}
        every = [
            ({r["size_1"], r["size_2"], r["size_3"]}, r["zone_group"]) for r in self.f.core_runs
        ]
        if any(run <= codes for run, _ in every):
            zone = self.f.zone.get(self.f.stores[store]["climate_zone"], "south")
            return [run for run, of_zone in every if of_zone == zone and run <= codes]
        order = sorted({(s["size_order"], s["size_code"]) for s in self.f.sizes[skc]})
        names = [code for _, code in order]
        return [set(names[i : i + 3]) for i in range(len(names) - 2)]

    def full_size_rate(self, skc: str, d: date) -> Value:
        if len({s["size_code"] for s in self.f.sizes[skc]}) < self.t["core_min_sizes"]:
            return missing("not_judged")
        if self.blocked(skc, d):
            return missing("dq_blocked")
        judged, full = 0, 0
        for store in self.f.covered(skc, d):
            sizes = {
                size for size, n in self.f.size_units(skc, store, d, "avail_units").items() if n > 0
            }
            if sizes:
                judged += 1
                full += any(run <= sizes for run in self.core_runs(skc, store))
        return ratio(full, judged) if judged else missing("no_stock")

    # -- 12, 13 ---------------------------------------------------------------------------

    def sell_through_rate(self, skc: str, d: date) -> Value:
        reason = self.launch_reason(skc, d) or self.blocked(skc, d)
        if reason:
            return missing(reason)
        received = sum(m["recv_units"] for m in self.f.moves[skc] if m["move_date"] <= d)
        sold = self.net(skc, self.since(skc), d)
        return ratio(sold, received) if received > 0 else missing("no_stock")

    def supply(self, skc: str, d: date) -> int:
        """Own available and in-transit pieces, less presale due that nothing is reserved for.

        Shops that send no sales are customers: what they hold is sold in (rule D8).
        """
        shops = self.f.shops()
        pieces = reserved = 0
        for r in self.f.stock[skc]:
            if r["valid_from"] <= d < r["valid_to"]:
                kind = self.f.stores[r["store_code"]]["location_type"] or "store"
                if kind in ("store", "popup") and r["store_code"] not in shops:
                    continue
                pieces += r["avail_units"] + r["transit_units"]
                reserved += r["reserved_units"] if kind == "dc" else 0
        return pieces - max(self.presale_due(skc, d) - reserved, 0)

    def presale_due(self, skc: str, d: date) -> int:
        """Presale pieces ordered and neither cancelled nor shipped."""
        ordered = sum(
            o["presale_units"]
            for o in self.f.presale[skc]
            if o["deposit_date"] is not None
            and o["deposit_date"] <= d
            and not (o["cancelled_date"] is not None and o["cancelled_date"] <= d)
        )
        shipped = self.gross(skc, self.since(skc), d, d, is_presale=True)
        return max(ordered - shipped, 0)

    def weeks_of_supply(self, skc: str, d: date) -> Value:
        reason = self.sale_reason(skc, d) or self.blocked(skc, d)
        if reason:
            return missing(reason)
        age = self.age(skc, d)
        weeks = 1 if age is not None and age < 28 else 4
        weekly = self.net(skc, d - (7 * weeks - 1) * DAY, d, is_presale=False) / weeks
        return ratio(self.supply(skc, d), weekly) if weekly > 0 else missing("no_sales")

    # -- 15, 16 ---------------------------------------------------------------------------

    def ordered(self, skc: str, d: date, po_type: str) -> int:
        units = 0
        for line in self.f.orders[skc]:
            if line["po_type"] == po_type and line["order_date"] <= d:
                cancelled = line["cancelled_date"] or line["order_date"]
                units += line["ordered_units"]
                units -= (line["cancelled_units"] or 0) if cancelled <= d else 0
        return units

    def presale_ratio(self, skc: str, d: date) -> Value:
        first = self.ordered(skc, d, "first")
        if first <= 0:
            return missing("no_order")
        if self.blocked(skc, d):
            return missing("dq_blocked")
        until = min(d, self.launch(skc) or d)
        cap = int(self.t["presale_bulk_units"])
        paid = deposits = 0
        for order in self.f.presale[skc]:
            if order["deposit_date"] is None or order["deposit_date"] > until:
                continue
            if order["cancelled_date"] is not None and order["cancelled_date"] <= until:
                continue
            if order["balance_date"] is not None and order["balance_date"] <= until:
                paid += min(order["presale_units"], cap)
            else:
                deposits += min(order["presale_units"], cap)
        return ratio(round(paid + deposits * self.balance_rate(skc), 2), first)

    def balance_rate(self, skc: str) -> float:
        """Share of deposits of the year until 30 days before that were followed by a balance."""
        began = min(
            (o["deposit_date"] for o in self.f.presale[skc] if o["deposit_date"]), default=None
        )
        if began is None:
            return 0.0
        units = paid = 0
        for orders in self.f.presale.values():
            for o in orders:
                if o["deposit_date"] and began - 395 * DAY < o["deposit_date"] <= began - 30 * DAY:
                    units += o["presale_units"]
                    paid += o["presale_units"] if o["balance_date"] is not None else 0
        enough = units >= self.t["presale_rate_min_units"]
        return paid / units if enough else self.t["presale_balance_rate"]

    def reorder_rate(self, skc: str, d: date) -> Value:
        first = self.ordered(skc, d, "first")
        if first <= 0:
            return missing("no_order")
        if self.blocked(skc, d):
            return missing("dq_blocked")
        return ratio(self.ordered(skc, d, "reorder"), first)

    # -- 18, 19, 20 -----------------------------------------------------------------------

    def amount(self, skc: str, d: date, of_sale: str, of_return: str) -> Decimal | None:
        """Net amount since launch; None where a line that counts has none."""
        total = Decimal(0)
        for line in self.sold(skc, self.since(skc), d):
            if line[of_sale] is None:
                if line["units"]:
                    return None
                continue
            total += line[of_sale] * line["units"] / line["sale_units"]
        return total - sum(
            (r[of_return] or Decimal(0)) for r in self.returned(skc, self.since(skc), d)
        )

    def discount_rate(self, skc: str, d: date) -> Value:
        reason = self.launch_reason(skc, d) or self.blocked(skc, d)
        if reason:
            return missing(reason)
        paid = self.amount(skc, d, "sale_amt", "ret_amt")
        tag = self.amount(skc, d, "tag_amt", "ret_tag_amt")
        return ratio(paid, tag) if tag and tag > 0 else missing("no_sales")

    def gross_margin_rate(self, skc: str, d: date) -> Value:
        reason = self.launch_reason(skc, d) or self.blocked(skc, d)
        if reason:
            return missing(reason)
        cost = self.amount(skc, d, "cogs_amt", "ret_cogs_amt")
        if cost is None:
            return missing("no_cost")
        paid = self.amount(skc, d, "sale_amt", "ret_amt")
        if paid is None or paid <= 0:
            return missing("no_sales")
        vat = self.amount(skc, d, "vat_amt", "ret_vat_amt")
        exvat = paid - (vat or Decimal(0))
        return ratio(exvat - cost, exvat)

    def return_rate(self, skc: str, d: date) -> Value:
        """Lines whose return window closed in the last 28 days; exchanges are shown apart."""
        reason = self.sale_reason(skc, d) or self.blocked(skc, d)
        if reason:
            return missing(reason)
        back, sold = self.closed(skc, d)
        if sold <= 0:
            recent = self.gross(skc, d - 27 * DAY, d, d)
            return missing("immature" if recent > 0 else "no_sales")
        return ratio(back, sold)

    def closed(self, skc: str, d: date) -> tuple[int, int]:
        """Returned and sold pieces of the lines whose window closed in the last 28 days."""
        units = {
            line["sale_line_id"]: line["units"]
            for line in self.sold(skc, date.min, d)
            if line["closes_on"] is not None and d - 27 * DAY <= line["closes_on"] <= d
        }
        back = sum(
            r["ret_units"] - (r["exch_units"] or 0)
            for r in self.returned(skc, date.min, d)
            if r["sale_line_id"] in units
        )
        return back, sum(units.values())

    # -- 21, 22 ---------------------------------------------------------------------------

    def kept(self, lines: list[Row], d: date) -> bool:
        """Whether anything of a purchase is left at d."""
        left = 0
        for line in lines:
            gone = line["cancelled_date"] is not None and line["cancelled_date"] <= d
            left += line["sale_units"] - ((line["cancel_units"] or 0) if gone else 0)
            left -= sum(
                r["ret_units"]
                for r in self.f.returns_of.get(line["sale_line_id"], [])
                if r["post_date"] <= d
            )
        return left > 0

    def repurchase_rate(self, skc: str, d: date) -> Value:
        reason = self.sale_reason(skc, d) or self.blocked(skc, d)
        if reason:
            return missing(reason)
        age = self.age(skc, d)
        if age is not None and age < 31:
            return missing("immature")
        buyers = again = 0
        for person in self.f.buyers[skc]:
            days = self.f.people[person]
            own = sorted(
                day
                for day, bought in days.items()
                if self.since(skc) <= day <= d and skc in bought and self.kept(bought[skc], d)
            )
            if not own or not d - 90 * DAY <= own[0] <= d - 30 * DAY:
                continue
            buyers += 1
            again += any(
                own[0] < day <= own[0] + 30 * DAY
                and any(self.kept(lines, d) for lines in bought.values())
                for day, bought in days.items()
            )
        return ratio(again, buyers) if buyers else missing("no_sales")

    def view_to_cart_rate(self, skc: str, d: date) -> Value:
        if self.blocked(skc, d):
            return missing("dq_blocked")
        seen: dict[str, set[str]] = {"pdp_view": set(), "add_cart": set()}
        for event in self.f.events[skc]:
            if d - 6 * DAY <= event["event_date"] <= d and event["visitor_key"] is not None:
                seen[event["event"]].add(event["visitor_key"])
        if not seen["pdp_view"]:
            return missing("no_views")
        return ratio(len(seen["add_cart"]), len(seen["pdp_view"]))
