"""What the runs found, as a Markdown table."""

HEAD = ("| case | transport | server | CPU µs each, fixed rate | ratio | CPU µs each, saturated | ratio | most a second | "
        "ratio |")


def _ratio(value, peer):
    return "" if not value or not peer else f"{value / peer:.2f}"


def markdown(rows, peer):
    """rows: dicts with case, transport, server, fixed_us, saturated_us, most. The ratio is to the peer's row of the same
    case and transport."""
    lines = [HEAD, "|" + "---|" * 3 + "---:|" * 6]
    of_peer = {(r["case"], r["transport"]): r for r in rows if r["server"] == peer}
    for r in rows:
        p = {} if r["server"] == peer else of_peer.get((r["case"], r["transport"]), {})
        cells = [r["case"], r["transport"], r["server"]]
        for key, form in (("fixed_us", "{:.0f}"), ("saturated_us", "{:.0f}"), ("most", "{:.0f}")):
            cells += [form.format(r[key]) if r.get(key) else (r.get("invalid") or ""), _ratio(r.get(key), p.get(key))]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
