"""The scenarios: a trusted gateway's agents register bob and talk to him through the server."""

import re
import socket

from agents import ADDRESS, Agent, wait_for_port

CALLER = 7000
PHONES = (6001, 6002, 6003)
AUDIO = "audio [media_port] RTP/AVP 0"
TEXT = "message 5060 sip null"


def _bob(world, scenario, port, *, transport="udp", register_from=None, **arguments):
    """One of bob's phones, registered from its own port unless told otherwise, and listening."""
    contact = f"sip:callee@{ADDRESS}:{port};transport={transport}"
    Agent(world, "register", register_from or port, transport=transport, user="bob", contact=contact,
          fill={"contact": contact.replace(".", "[.]")}).finish()
    agent = Agent(world, scenario, port, transport=transport, **arguments)
    wait_for_port(port, transport)
    return agent


def _answering(ring):
    return {"ring": ring, "ackmaymiss": "false", "linger": 1000, "media": AUDIO}


def _call_up(world, transport="udp", media=AUDIO, **arguments):
    return Agent(world, "call_uac", CALLER, transport=transport, user="bob", fill={"media": media}, **arguments)


def _run(caller, *called):
    for agent in (caller, *called):
        agent.finish()


def _messages(world, transport="udp", **arguments):
    bob = _bob(world, "message_uas", 6001, transport=transport, calls=20, **arguments)
    _run(Agent(world, "message_uac", CALLER, transport=transport, calls=20, user="bob", fill={"status": 200}), bob)


def messages_udp(world):
    """REGISTER, and pager-mode messages relayed to the binding."""
    _messages(world)


def messages_tcp(world):
    """The same over TCP: the server connects to where the Contact says, as the phone's own connection is gone."""
    _messages(world, "tcp")


def messages_by_contact(world):
    """A gateway registers a phone that is elsewhere: the Contact counts, not the sender of the REGISTER."""
    _messages(world, register_from=6900)


def _calls(world, transport):
    bob = _bob(world, "call_uas", 6001, transport=transport, calls=10, fill=_answering(200))
    _run(_call_up(world, transport, calls=10), bob)


def call_udp(world):
    """INVITE, 180, 200, ACK, BYE along the recorded route."""
    _calls(world, "udp")


def call_tcp(world):
    """The same over TCP, to a phone that the server connects to."""
    _calls(world, "tcp")


def fork(world):
    """Three agents of bob's ring, one answers, the others are cancelled."""
    losers = [_bob(world, "ring_cancelled_uas", port, fill={"ring": 0}) for port in (6001, 6003)]
    winner = _bob(world, "call_uas", 6002, fill=_answering(1000))
    _run(_call_up(world), winner, *losers)


def fork_all_answer(world):
    """Two agents accept an IM session although they lost and were cancelled: the server acknowledges and ends theirs."""
    losers = [_bob(world, "answer_cancelled_uas", port) for port in (6001, 6003)]
    winner = _bob(world, "call_uas", 6002, fill={**_answering(300), "media": TEXT})
    _run(_call_up(world, media=TEXT), winner, *losers)


def cancel(world):
    """The caller gives up while it rings, at all three agents."""
    called = [_bob(world, "ring_cancelled_uas", port, calls=5, fill={"ring": 0}) for port in PHONES]
    _run(Agent(world, "cancel_ringing_uac", CALLER, user="bob", calls=5), *called)


def cancel_before_ringing(world):
    """CANCEL right behind the INVITE, to an agent that gives no sign of life for a second."""
    bob = _bob(world, "ring_cancelled_uas", 6001, fill={"ring": 1000})
    _run(Agent(world, "cancel_at_once_uac", CALLER, user="bob"), bob)


def cancel_too_late(world):
    """CANCEL and 200 cross: the call stands."""
    bob = _bob(world, "answer_cancelled_uas", 6001)
    _run(Agent(world, "cancel_too_late_uac", CALLER, user="bob"), bob)


def _lossy_calls(world, caller_loses, called_loses):
    # A round trip fails with 19 %. The called side lives on long enough for seven attempts of a BYE.
    linger = 16000 if called_loses else 1000
    # When an ACK is lost, the 200 goes again after half a second; on a busy machine the BYE may by then be on its way, and
    # overtake the second ACK. When 180 and 200 are lost, the INVITE comes again while sipp waits for an ACK.
    bob = _bob(world, "call_uas", 6001, calls=10, lost=called_loses, forgives={"ACK", "INVITE"},
               fill={**_answering(200), "ackmaymiss": "true", "linger": linger})
    _run(_call_up(world, calls=10, lost=caller_loses), bob)
    heard = bob.message_text()
    acknowledged = heard.count("\nACK sip:callee")
    assert acknowledged >= 5, f"only {acknowledged} ACKs arrived for 10 calls"
    invited = set(re.findall(r"\nINVITE sip:callee.*?;branch=([^;]+)", heard, re.S))
    assert len(invited) == 10, f"{len(invited)} INVITEs that are not the same one again for 10 calls"


def lossy_caller(world):
    """A tenth of what the caller sends and hears is lost, 200 and ACK included: every call comes about."""
    _lossy_calls(world, 10, 0)


def lossy_called(world):
    """The same on the other side."""
    _lossy_calls(world, 0, 10)


def refused(world):
    """404 for a user that does not exist, 480 for one who is not there; MESSAGE and INVITE."""
    for user, status in (("nobody", 404), ("carol", 480)):
        for scenario in ("message_uac", "invite_refused_uac"):
            for transport in ("udp", "tcp"):
                Agent(world, scenario, CALLER, transport=transport, user=user, fill={"status": status}).finish()


def not_trusted(world):
    """Without `lyceum trusted add` nobody gets a word in: a datagram is not answered, a connection is closed."""
    for transport in ("udp", "tcp"):
        world.server.admin("trusted", "remove", ADDRESS, "--transport", transport)
    request = (f"OPTIONS sip:{world.domain} SIP/2.0\r\nVia: SIP/2.0/UDP {ADDRESS}:{CALLER};branch=z9hG4bKstranger\r\n"
               f"From: <sip:stranger@pstn.test>;tag=1\r\nTo: <sip:{world.domain}>\r\nCall-ID: stranger\r\n"
               "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n").encode()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.bind((ADDRESS, CALLER))
        datagrams.settimeout(2)
        datagrams.sendto(request, (ADDRESS, world.server.ports["sip_udp"]))
        try:
            raise AssertionError(f"a stranger was answered: {datagrams.recv(65536)!r}")
        except TimeoutError:
            pass
    with socket.create_connection((ADDRESS, world.server.ports["sip_tcp"]), timeout=5) as stream:
        try:
            stream.sendall(request)
            answer = stream.recv(65536)
        except ConnectionError:
            answer = b""
        assert answer == b"", f"a stranger was answered: {answer!r}"
