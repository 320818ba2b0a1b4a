#!/usr/bin/python3
"""Who gets in, how, and for how long."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from loopback.house import House, PATIENCE, eventually, main, sip  # noqa: E402


class SignIn(House):
    settings = {"sip.tcp": "clients", "server.shards": 3}

    def setUp(self):
        super().setUp()
        self.start()

    def test_over_tls_and_over_tcp(self):
        for transport, epid in (("tls", "0000000001"), ("tcp", "0000000002")):
            alice = self.signed_in("alice", "--epid", epid, transport=transport)
            (live,) = self.endpoints("alice")
            self.assertEqual((live["transport"], live["epid"]), (transport, epid))
            self.assertEqual(alice.end(), 0)
            eventually(lambda: self.endpoints("alice"), [])

    def test_a_wrong_password(self):
        alice = self.client("alice", password="not hers")
        alice.expect("sign_in_failed", PATIENCE)
        self.assertEqual(alice.code(), 4)
        self.assertEqual(self.endpoints("alice"), [])

    def test_somebody_who_does_not_exist(self):
        self.assertEqual(self.client("carol").code(), 4)

    def test_disabled_while_signed_in(self):
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        self.do("user disable", user=sip("bob"))
        bob.expect("signed_out", PATIENCE)
        self.assertEqual(bob.code(), 4)
        self.assertEqual(self.endpoints("bob"), [])
        alice.do("page", to="bob", text="are you there?")
        alice.expect("undelivered", PATIENCE)
        self.assertEqual(self.client("bob").code(), 4)
        self.do("user enable", user=sip("bob"))
        self.signed_in("bob")
        alice.do("page", to="bob", text="welcome back")
        alice.expect("delivered", PATIENCE)

    def test_who_is_sent_away_hears_it_before_the_connection_closes(self):
        """The notice starts at the user's home shard, the connection is another's: many users, all the ways there are."""
        guests = {f"guest{n}": self.do("user add", user=sip(f"guest{n}"), password="secret") for n in range(9)}
        clients = {name: self.client(name, password="secret") for name in guests}
        for c in clients.values():
            c.expect("signed_in", PATIENCE)
        for name, c in clients.items():
            self.do("user disable", user=sip(name))
            c.expect("signed_out", PATIENCE)
            self.assertEqual(c.code(), 4)

    def test_live_shards_hear_of_changes(self):
        """Each shard has its own copy of the directory; three users have three homes, if they have luck."""
        for name in ("dora", "emil", "frida"):
            self.do("user add", user=sip(name), password="old")
            self.assertEqual(self.signed_in(name, password="old").end(), 0)
        emil = self.signed_in("emil", password="old")
        self.do("user set-password", user=sip("emil"), password="new")
        emil.expect("signed_out", PATIENCE)
        self.assertEqual(emil.code(), 4)
        self.assertEqual(self.client("emil", password="old").code(), 4)
        emil = self.signed_in("emil", password="new")
        frida = self.signed_in("frida", password="old")
        self.do("user remove", user=sip("emil"))
        self.assertEqual(emil.code(), 4)
        frida.do("page", to="emil", text="?")
        self.assertEqual(frida.expect("undelivered", PATIENCE)["status"], 404)

    def test_a_server_that_comes_back(self):
        for stop in (self.server.stop, self.server.kill):
            with self.subTest(stop.__name__):
                alice = self.signed_in("alice", do="sign-in")
                stop()
                self.start()
                alice.expect("signed_in", PATIENCE)
                self.assertEqual(len(self.endpoints("alice")), 1)
                alice.process.terminate()
                self.assertEqual(alice.code(), 0)


if __name__ == "__main__":
    main()
