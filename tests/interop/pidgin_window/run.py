#!/usr/bin/python3
"""The real Pidgin on a virtual screen: signs in, shows contacts, holds a conversation. Makes pictures; needs root.

    run.py conversation --bin build/release/bin --driver build/release/bin/purple_drive \\
        --cure build/release/lib/pidgin_libxml2_cure.so --out /tmp/interop [--images docs/images]
"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "pidgin_sipe")]

from desktop import Desktop, write_purple_folder  # noqa: E402
from harness import sandbox, world  # noqa: E402
from harness.server import DOMAIN  # noqa: E402
from pidgin import Pidgin  # noqa: E402


def conversation(surroundings):
    """Alice at the window, bob driven."""
    server = surroundings.start_server(users=("alice", "bob", "carol"))
    _give_contacts(surroundings)
    sandbox.run("mount", "--bind", server.ca_dir, "/etc/ssl/certs")  # as if our CA were installed

    bob = Pidgin(surroundings, "bob")
    bob.sign_in()
    machine = surroundings.network.add_host("alice-window")
    home = surroundings.scratch / "alice-home"
    write_purple_folder(home / ".purple", "alice", f"sip.{DOMAIN}:{server.ports['sip_tls']}")
    desktop = Desktop(surroundings, machine, home, surroundings.options.cure)
    try:
        desktop.start_pidgin()
        server.wait_for_counts(30, registrations=2)
        desktop.wait_for_window("^Buddy List$")
        bob.im("alice", "Hello Alice, do you see me?")
        desktop.wait_for_window("bob", 30)
        bob.im("alice", "Grüße, żółć, καλημέρα")
        desktop.place("^Buddy List$", 0, 0, 300, 560)
        desktop.place("bob", 310, 0, 640, 560)
        desktop.type("bob", "Very well, thank you.")
        bob.expect_im("alice", "Very well, thank you.", 30)
        desktop.settle()
        desktop.picture("pidgin_conversation.png")
        desktop.picture("pidgin_buddy_list.png", "^Buddy List$")
    finally:
        desktop.stop()
    server.wait_for_counts(10, registrations=1)


def _give_contacts(surroundings):
    """Contacts for alice, made by an earlier session of hers."""
    alice = Pidgin(surroundings, "alice")
    alice.sign_in()
    alice.wait_for_contact_list()
    for name in ("bob", "carol"):
        alice.send(f"add-buddy {name}@{DOMAIN} Friends {name.capitalize()}")
        alice.wait_for_debug(f"<m:URI>sip:{name}@{DOMAIN}</m:URI>")
    alice.wait_for_change(1)
    alice.sign_out()


SCENARIOS = {"conversation": conversation}


def main():
    parser = world.arguments(__doc__.splitlines()[0], SCENARIOS)
    parser.add_argument("--driver", required=True, help="the purple_drive program")
    parser.add_argument("--cure", required=True, help="pidgin_libxml2_cure.so")
    parser.add_argument("--images", help="folder for the pictures; the scenario's own if not given")
    options = parser.parse_args()
    sandbox.enter()
    world.run_scenario(options.scenario, SCENARIOS[options.scenario], options)


if __name__ == "__main__":
    main()
