"""Two endpoints of one user."""

from pidgin import Pidgin, sip

# RFC 6026 keeps an accepted INVITE transaction for 64*T1 = 32 s on every transport.
TRANSACTIONS_GONE = 45


def two_endpoints(world):
    """Bob is signed in twice; a conversation reaches one of the two, and nothing of it stays at the other."""
    server = world.start_server()
    alice = Pidgin(world, "alice")
    desk, laptop = Pidgin(world, "bob", host="bob-desk"), Pidgin(world, "bob", host="bob-laptop")
    for client in (alice, desk, laptop):
        client.send("connect")  # in the same second: equal Call-IDs and tags at both endpoints
    for client in (alice, desk, laptop):
        client.expect("signed-on", 20)
    server.wait_for_counts(5, registrations=3, connections=3)

    alice.im("bob", "which one?")
    winner, loser = _who_got(desk, laptop, "which one?")
    winner.im("alice", "this one")
    alice.expect_im("bob", "this one")
    for text in ("second", "third"):
        alice.im("bob", text)
        winner.expect_im("alice", text)
    loser.expect_none("im-received", 3)
    loser.expect_none("conversation-created", 0)
    assert loser.conversations() == [], "a window without a conversation at the other endpoint"
    assert winner.count("im-received") == 3, "a message arrived twice"
    assert alice.conversations() == [sip("bob")]
    alice.expect_none("im-error", 0)

    # The endpoint that lost can begin a conversation of its own.
    loser.im("alice", "from the other one")
    alice.expect_im("bob", "from the other one")
    for client in (alice, desk, laptop):
        client.check_signatures()
        client.sign_out()
    server.wait_for_counts(5, registrations=0, connections=0)
    server.wait_for_counts(TRANSACTIONS_GONE, transactions=0, response_contexts=0)


def _who_got(first, second, text):
    """The endpoint that received the text, then the other one."""
    for _ in range(60):
        for winner, loser in ((first, second), (second, first)):
            if winner.count("im-received", text=text):
                winner.expect_im("alice", text)
                return winner, loser
        first.wait_for_change(0.25)
    raise AssertionError(f"neither endpoint got {text!r}")


def one_endpoint_leaves(world):
    """When an endpoint of bob's is gone, by sign-off or by its cable, the other one is reached."""
    server = world.start_server()
    alice = Pidgin(world, "alice")
    desk, laptop = Pidgin(world, "bob", host="bob-desk"), Pidgin(world, "bob", host="bob-laptop")
    for client in (alice, desk, laptop):
        client.sign_in()
    server.wait_for_counts(5, registrations=3)
    desk.sign_out()
    server.wait_for_counts(5, registrations=2)
    alice.im("bob", "are you there?")
    laptop.expect_im("alice", "are you there?", 20)
    alice.expect_none("im-error", 1)
    assert not desk.count("im-received")
