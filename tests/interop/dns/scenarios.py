"""The scenarios. Each gets the world, the name server and a caller; gateways are its own."""

import time

from agents import ADDRESS, Gateway, diagnosis, status
from name_server import A, SRV

BY_TCP = "sip:1@pstn.test;transport=tcp"


def _two_places(names, transport="tcp"):
    names.add_srv(f"_sip._{transport}.pstn.test", 10, 0, 6001, "a.pstn.test")
    names.add_srv(f"_sip._{transport}.pstn.test", 20, 0, 6002, "b.pstn.test")
    names.add_host("a.pstn.test", ADDRESS)
    names.add_host("b.pstn.test", ADDRESS)


def _expect(answer, wanted, wanted_diagnosis=None):
    assert status(answer) == wanted, answer
    assert wanted_diagnosis in (None, diagnosis(answer)), answer


def dead_port(world, names, caller):
    """Nobody listens at the first place: the second one gets the call, at once."""
    _two_places(names)
    second = Gateway(6002)
    began = time.monotonic()
    _expect(caller.ask("INVITE", BY_TCP), 200)
    assert time.monotonic() - began < 3
    assert second.heard == ["INVITE"], second.heard
    _expect(caller.ask("OPTIONS", BY_TCP), 200)
    assert names.asked.count(("_sip._tcp.pstn.test", SRV)) == 1, names.asked  # remembered


def says_503(world, names, caller):
    """The first place is overloaded, over UDP; any other refusal is final."""
    _two_places(names, "udp")
    first, second = Gateway(6001, 503, "udp"), Gateway(6002, 200, "udp")
    _expect(caller.ask("OPTIONS", "sip:1@pstn.test;transport=udp"), 200)
    assert (first.heard, second.heard) == (["OPTIONS"], ["OPTIONS"])
    world.server.admin("trusted", "add", "busy.test")
    names.add_srv("_sip._udp.busy.test", 10, 0, 6003, "a.pstn.test")
    names.add_srv("_sip._udp.busy.test", 20, 0, 6002, "b.pstn.test")
    Gateway(6003, 486, "udp")
    _expect(caller.ask("OPTIONS", "sip:1@busy.test;transport=udp"), 486)
    assert second.heard == ["OPTIONS"]


def by_priority(world, names, caller):
    """Both places live: the one with the lower number gets everything."""
    _two_places(names)
    first, second = Gateway(6001), Gateway(6002)
    for _ in range(5):
        _expect(caller.ask("OPTIONS", BY_TCP), 200)
    assert (len(first.heard), second.heard) == (5, [])


def no_srv(world, names, caller):
    """No SRV record: the address; and with a port nobody asks for SRV."""
    names.add_host("pstn.test", ADDRESS)
    gateway = Gateway(5060)
    _expect(caller.ask("OPTIONS", BY_TCP), 200)
    assert ("_sip._tcp.pstn.test", SRV) in names.asked and ("pstn.test", A) in names.asked
    names.asked.clear()
    other = Gateway(6005)
    _expect(caller.ask("OPTIONS", "sip:1@pstn.test:6005;transport=tcp"), 200)
    assert (gateway.heard, other.heard) == (["OPTIONS"], ["OPTIONS"])
    assert not any(kind == SRV for _, kind in names.asked), names.asked


def by_naptr(world, names, caller):
    """Neither port nor transport: the domain's NAPTR records say which, and under which name."""
    names.add_naptr("pstn.test", 20, 0, "SIP+D2U", "_sip._udp.pstn.test")
    names.add_naptr("pstn.test", 10, 0, "SIP+D2T", "_sip._tcp.trunks.test")
    names.add_srv("_sip._tcp.trunks.test", 0, 0, 6001, "a.pstn.test")
    names.add_srv("_sip._udp.pstn.test", 0, 0, 6002, "a.pstn.test")
    names.add_host("a.pstn.test", ADDRESS)
    over_tcp, over_udp = Gateway(6001), Gateway(6002, 200, "udp")
    _expect(caller.ask("OPTIONS", "sip:1@pstn.test"), 200)
    assert (over_tcp.heard, over_udp.heard) == (["OPTIONS"], [])


def many_records(world, names, caller):
    """An answer too large for a datagram is fetched over TCP."""
    names.add_srv("_sip._tcp.pstn.test", 10, 0, 6001, "a.pstn.test")
    for number in range(30):
        names.add_srv("_sip._tcp.pstn.test", 20, 0, 7000 + number, f"far{number}.pstn.test")
    names.add_host("a.pstn.test", ADDRESS)
    Gateway(6001)
    _expect(caller.ask("OPTIONS", BY_TCP), 200)
    assert names.over_tcp == 1


def nobody_there(world, names, caller):
    """What the caller hears: no record, no address, every place dead, a stranger."""
    _expect(caller.ask("OPTIONS", BY_TCP), 504, 1008)
    _expect(caller.ask("OPTIONS", "sip:1@pstn.test:5060;transport=tcp"), 504, 1014)
    world.server.admin("trusted", "add", "dead.test")
    names.add_host("dead.test", ADDRESS)
    _expect(caller.ask("OPTIONS", "sip:1@dead.test:6009;transport=tcp"), 500)
    names.add_host("stranger.test", "192.0.2.1")
    _expect(caller.ask("OPTIONS", "sip:1@stranger.test:5060;transport=tcp"), 404, 1005)


def silent_name_server(world, names, caller):
    """Nobody answers: 504 when the patience is over; and when it comes back, so do the calls."""
    _two_places(names)
    Gateway(6001)
    names.silent = True
    began = time.monotonic()
    _expect(caller.ask("OPTIONS", BY_TCP), 504, 1008)
    assert 1 < time.monotonic() - began < 6
    names.silent = False
    time.sleep(3)  # that nobody could tell is remembered for two seconds
    _expect(caller.ask("OPTIONS", BY_TCP), 200)


def without_rport(world, names, caller):
    """RFC 3261 18.2.2: over UDP, to the port in Via; with rport to where it came from."""
    server = f"sip:{world.domain}"
    elsewhere = caller.other_socket()
    _expect(caller.ask("OPTIONS", server, sent_by=elsewhere, rport=False), 200)
    _expect(caller.ask("OPTIONS", server, sent_by=elsewhere, rport=True), 200)
