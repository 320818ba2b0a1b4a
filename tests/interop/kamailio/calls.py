"""The scenarios: sipp agents, with Kamailio in front of the server, behind it, or on both sides."""

from agents import ADDRESS, Agent, wait_for_port
from proxy import PORT, Kamailio

CALLER = 7000
PHONE = 6001
AUDIO = "audio [media_port] RTP/AVP 0"


def _register(world, contact, **arguments):
    Agent(world, "register", PHONE, user="bob", contact=contact,
          fill={"contact": contact.replace(".", "[.]")}, **arguments).finish()


def _answers(world, calls=5):
    phone = Agent(world, "call_uas", PHONE, calls=calls,
                  fill={"ring": 200, "ackmaymiss": "false", "linger": 1000, "media": AUDIO})
    wait_for_port(PHONE, "udp")
    return phone


def _calls_up(world, calls=5, **arguments):
    return Agent(world, "call_uac", CALLER, user="bob", calls=calls, fill={"media": AUDIO}, **arguments)


def _finish(proxy, caller, *called):
    for agent in (caller, *called):
        agent.finish()
    proxy.finish()


def in_front(world):
    """Kamailio is the caller's outbound proxy: REGISTER and calls, with two Record-Routes."""
    proxy = Kamailio(world)
    _register(world, f"sip:callee@{ADDRESS}:{PHONE};transport=udp", to=PORT)
    phone = _answers(world)
    _finish(proxy, _calls_up(world, to=PORT), phone)
    for what in ("REGISTER", "INVITE", "ACK", "BYE"):
        assert proxy.carried(what), f"no {what} went through it"


def in_front_tcp(world):
    """The same; it goes on over TCP where the caller came over UDP."""
    proxy = Kamailio(world, transport="tcp")
    _register(world, f"sip:callee@{ADDRESS}:{PHONE};transport=udp", to=PORT)
    phone = _answers(world)
    _finish(proxy, _calls_up(world, to=PORT), phone)


def behind(world):
    """Kamailio is where bob's binding leads: it gets what the server forwards."""
    proxy = Kamailio(world, inside=PHONE)
    _register(world, f"sip:callee@{ADDRESS}:{PORT};transport=udp")
    phone = _answers(world)
    _finish(proxy, _calls_up(world), phone)
    assert proxy.carried("INVITE") == 5, f"{proxy.carried('INVITE')} INVITEs for 5 calls"


def behind_tcp(world):
    """The same over a connection that the server opens."""
    proxy = Kamailio(world, inside=PHONE)
    _register(world, f"sip:callee@{ADDRESS}:{PORT};transport=tcp")
    phone = _answers(world)
    _finish(proxy, _calls_up(world), phone)


def messages_behind(world):
    """Pager messages, their answers taken by Kamailio's transactions."""
    proxy = Kamailio(world, inside=PHONE)
    _register(world, f"sip:callee@{ADDRESS}:{PORT};transport=udp")
    phone = Agent(world, "message_uas", PHONE, calls=20, fill={"hops": 68})
    wait_for_port(PHONE, "udp")
    _finish(proxy, Agent(world, "message_uac", CALLER, calls=20, user="bob", fill={"status": 200}), phone)


def cancel_behind(world):
    """The caller gives up: the server's CANCEL matches the INVITE that Kamailio holds, and its ACK the 487."""
    proxy = Kamailio(world, inside=PHONE)
    _register(world, f"sip:callee@{ADDRESS}:{PORT};transport=udp")
    phone = Agent(world, "ring_cancelled_uas", PHONE, calls=5, fill={"ring": 0})
    wait_for_port(PHONE, "udp")
    _finish(proxy, Agent(world, "cancel_ringing_uac", CALLER, user="bob", calls=5), phone)
    assert proxy.carried("CANCEL") == 5, f"{proxy.carried('CANCEL')} CANCELs for 5 calls"


def cancel_in_front(world):
    """Kamailio forwards the caller's CANCEL, and the server has to find the INVITE that it forwarded."""
    proxy = Kamailio(world)
    _register(world, f"sip:callee@{ADDRESS}:{PHONE};transport=udp", to=PORT)
    phone = Agent(world, "ring_cancelled_uas", PHONE, calls=5, fill={"ring": 0})
    wait_for_port(PHONE, "udp")
    _finish(proxy, Agent(world, "cancel_ringing_uac", CALLER, user="bob", calls=5, to=PORT), phone)
