"""What the twin does before the first trade of a session: code changes, delistings, ex-dates and the payment of dividends."""

import math
from fractions import Fraction

from tests.naive_orders import Lot
from tests.naive_rules import FEN, LI, MICRO, half_up, is_fund, session_since, tick_of


def open_session(account):
    """Nothing of this happens on the window's first session: nothing is held yet."""
    for change in account.case["code_changes"]:
        rename(account, *change)
    for i in range(len(account.case["boards"])):
        delist(account, i)
    for i in range(len(account.case["boards"])):
        if account.terms["actions"] == "cash":
            pay_out(account, i)
        else:
            reinvest(account, i)
    receive(account)


def is_today(account, day):
    """Whether this is the first session on or after the day."""
    return session_since(account.case, day) == account.session(account.t)


# -------------------------------------------------------------------------------------------------- code changes, delistings


def rename(account, day, old, new):
    if not is_today(account, day):
        return
    if old in account.left:
        account.left[new] = account.left.pop(old)
    for ticket in account.tickets:
        if ticket.stock == old:
            ticket.stock = new
    if old in account.held:
        account.held[new] = account.held.pop(old)
        account.tell("renamed", new, old, account.held[new].shares())


def delist(account, i):
    if not account.case["delist_date"][i] or not is_today(account, account.case["delist_date"][i]):
        return
    p = account.held.get(i)
    if p:
        price = account.last(account.t - 1, i)
        value = p.shares() * price
        account.cash += value
        account.sums["delisted"] += value
        p.flow += value
        account.tell("delisted", i, p.shares(), price, value)
        p.lots = []
        account.close(i)
    account.lapse([ticket for ticket in account.tickets if ticket.stock == i], "cancelled")


# ------------------------------------------------------------------------------------------------------------------ ex-dates


def prices_of(account, i):
    """(last close, the session's reference price)"""
    t, case = account.t, account.case
    day = [case["bars"][u][i] for u in range(t, len(case["sessions"])) if case["sessions"][u] == case["sessions"][t]]
    references = [bar["pre_close"] for bar in day if bar is not None]
    return account.last(t - 1, i), references[0] if references else account.last(t, i)


def factor_moved(account, i):
    """Also the reference price must differ from the last close; never on the first bar of a stock."""
    last, reference = prices_of(account, i)
    factor = account.case["factor"]
    return factor[account.t][i] != factor[account.t - 1][i] and account.case["last"][account.t - 1][i] and reference and reference != last


def records_of(account, i):
    if account.terms["actions"] != "cash":
        return []
    return [row for row in account.case["dividends"] if row["stock"] == i and is_today(account, row["ex_date"])]


def divisor(account, i):
    """(last close, reference) by which prices are divided at this session's opening, None where they stay."""
    last, reference = prices_of(account, i)
    if factor_moved(account, i) or (records_of(account, i) and last and reference and last != reference):
        return last, reference
    return None


def divide_prices(account, i, last, reference):
    tick = tick_of(account.case["boards"][i])
    if i in account.held:
        p = account.held[i]
        p.entry, p.high = half_up(p.entry * reference / last, LI), half_up(p.high * reference / last, LI)
    for ticket in account.tickets:
        if ticket.stock == i:
            ticket.divide(reference, last, tick)
    freeze_anew(account, i)


def freeze_anew(account, i):
    """At the fees of the ex-date."""
    for ticket in account.tickets:
        if ticket.stock == i:
            account.freeze(ticket)


def reinvest(account, i):
    """Shares grow by the factor, rounded down; the fraction is paid at the reference price."""
    if not factor_moved(account, i):
        return
    last, reference = prices_of(account, i)
    divide_prices(account, i, last, reference)
    if i not in account.held:
        return
    p, factor = account.held[i], account.case["factor"]
    exact = p.shares() * Fraction(factor[account.t][i], factor[account.t - 1][i])
    shares = math.floor(exact)
    paid = half_up((exact - shares) * reference, LI)
    p.lots = [Lot(p.session, 0, shares)] if shares else []
    p.flow += paid
    account.cash += paid
    account.sums["fractions"] += paid
    account.tell("ex date", i, shares, reference, paid)
    if not shares:
        account.close(i)


def pay_out(account, i):
    """Records of dividends; a day that moves the factor without a record is an issue of rights, which are not taken up."""
    records, moved = records_of(account, i), divisor(account, i)
    if moved:
        divide_prices(account, i, *moved)
    elif records:
        freeze_anew(account, i)
    if i not in account.held:
        return
    if records:
        pay_records(account, i, records, bool(moved))
    elif moved:
        account.tell("rights", i, account.held[i].shares(), moved[1])


def pay_records(account, i, records, moved):
    """What several records of one session give adds up; the latest of their dates counts. Funds' dividends are not taxed."""
    p, held, session = account.held[i], account.held[i].shares(), account.session(account.t)
    bonus_rate, cash_rate = (sum(record[kind] for record in records) for kind in ("bonus", "cash"))
    payday, listing = (max(session_since(account.case, record[kind]) for record in records) for kind in ("pay_date", "list_date"))
    payday, bonus = max(payday, session), half_up(held * bonus_rate, 1)
    grown = [math.floor(lot.shares * bonus_rate) for lot in p.lots]
    grown[-1] += bonus - sum(grown)
    for lot, more in zip(p.lots, grown, strict=True):
        lot.gross += 0 if is_fund(account.case["boards"][i]) else int(lot.shares * cash_rate / MICRO)
        lot.shares += more
    if bonus:
        p.lock_bonus(bonus, session, listing)
    if bonus or moved:
        account.tell("ex date", i, p.shares(), prices_of(account, i)[1], Fraction(0))
    cash = half_up(held * cash_rate, FEN)
    if cash:
        p.flow += cash
        account.receivables.append((payday, cash))
        account.tell("dividend", i, held, cash)


def receive(account):
    """Dividends whose pay session this is."""
    paid = sum((cash for session, cash in account.receivables if session <= account.session(account.t)), Fraction(0))
    account.receivables = [(session, cash) for session, cash in account.receivables if session > account.session(account.t)]
    if paid:
        account.cash += paid
        account.sums["dividends"] += paid
        account.tell("paid", -1, paid)
