#!/usr/bin/python3
"""What two people, at three places, say to each other."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from loopback.house import House, PATIENCE, main, sip  # noqa: E402


class Messages(House):
    settings = {"sip.tcp": "clients", "server.shards": 3}

    def setUp(self):
        super().setUp()
        self.start()

    def test_both_ways(self):
        for transport in ("tls", "tcp"):
            with self.subTest(transport):
                alice, bob = self.signed_in("alice"), self.signed_in("bob", transport=transport)
                alice.do("im", to="bob", text="Grüße 👋")
                self.assertEqual(bob.expect("im_received", PATIENCE, **{"from": sip("alice")})["text"], "Grüße 👋")
                alice.expect("delivered", PATIENCE, id=1)
                for n, (here, there, name) in enumerate([(bob, alice, "alice"), (alice, bob, "bob")] * 3):
                    here.do("im", to=name, text=f"line {n}")
                    there.expect("im_received", PATIENCE, text=f"line {n}", paged=False)
                    here.expect("delivered", PATIENCE)
                for c in (alice, bob):
                    self.assertEqual(c.count("conversation_opened"), 1)
                alice.do("leave", to="bob")
                bob.expect("conversation_closed", PATIENCE)
                self.assertEqual((alice.end(), bob.end()), (0, 0))

    def test_typing(self):
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        alice.do("im", to="bob", text="wait")
        bob.expect("im_received", PATIENCE)
        alice.expect("delivered", PATIENCE)
        bob.do("typing", to="alice")
        alice.expect("typing_received", PATIENCE, typing=True, **{"from": sip("bob")})
        bob.do("im", to="alice", text="I waited")
        alice.expect("im_received", PATIENCE, text="I waited")

    def test_page(self):
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        alice.do("page", to="bob", text="by itself")
        bob.expect("im_received", PATIENCE, text="by itself", paged=True)
        alice.expect("delivered", PATIENCE)
        self.assertEqual((alice.count("conversation_opened"), bob.count("conversation_opened")), (0, 0))
        self.assertEqual(bob.end(), 0)
        alice.do("page", to="bob", text="gone?")
        self.assertEqual(alice.expect("undelivered", PATIENCE)["status"], 480)
        self.assertEqual(alice.end(), 1)

    def test_a_long_text(self):
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        for n, length in enumerate((10000, 60000)):
            alice.do("im", to="bob", text="y" * length)
            self.assertEqual(len(bob.expect("im_received", PATIENCE)["text"]), length)
            alice.expect("delivered", PATIENCE, id=n + 1)

    def test_two_endpoints_one_conversation(self):
        desk = self.signed_in("bob", "--epid", "00000000d1")
        phone = self.signed_in("bob", "--epid", "00000000e2", "--answer-delay", 600)  # rings, and nobody picks up
        alice = self.signed_in("alice")
        self.assertEqual(len(self.endpoints("bob")), 2)
        for text in ("first", "second", "third"):
            alice.do("im", to="bob", text=text)
            desk.expect("im_received", PATIENCE, text=text)
            alice.expect("delivered", PATIENCE)
        desk.do("im", to="alice", text="here")
        alice.expect("im_received", PATIENCE, text="here")
        for c in (alice, desk):
            self.assertEqual(c.count("conversation_opened"), 1)
        # What comes after it has come after all that went to the phone before.
        alice.do("page", to="bob", text="to both")
        phone.expect("im_received", PATIENCE, text="to both")
        self.assertEqual(phone.count("im_received"), 1)
        self.assertEqual(phone.count("conversation_opened"), 0)
        self.assertEqual(phone.end(), 0)
        alice.do("im", to="bob", text="still there?")
        desk.expect("im_received", PATIENCE, text="still there?")


if __name__ == "__main__":
    main()
