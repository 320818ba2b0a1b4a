"""Instant messages between two users."""

from harness.server import DOMAIN
from pidgin import Pidgin, sip

TEXTS = (
    "hello",
    "Grüße aus Köln, żółć, Ωμέγα, 日本語, שלום",
    "family \U0001f468\u200d\U0001f469\u200d\U0001f467, flag \U0001f1ea\U0001f1fa, thumbs \U0001f44d\U0001f3fd",
    "1 < 2 && 3 > 2; <b>not bold</b> &amp; <script>alert('x')</script>",
    "two\nlines",
    "\"quoted\" 'single' back\\slash",
)


def _two_signed_in(world):
    world.start_server()
    alice, bob = Pidgin(world, "alice"), Pidgin(world, "bob")
    alice.sign_in()
    bob.sign_in()
    return alice, bob


def conversation(world):
    """Both ways, in one conversation, every text unharmed; then the same begun by the other."""
    alice, bob = _two_signed_in(world)
    for text in TEXTS:
        alice.im("bob", text)
        bob.expect_im("alice", text)
        bob.im("alice", f"{text} indeed")
        alice.expect_im("bob", f"{text} indeed")
    alice.im_html("bob", "<b>bold</b> and <i>slanted</i>")
    received = bob.expect_im("alice", "bold and slanted")
    assert "<b>" in received["html"].lower(), received
    assert bob.conversations() == [sip("alice")] and alice.conversations() == [sip("bob")]
    alice.send(f"close bob@{DOMAIN}")
    alice.expect("conversation-closed")
    bob.wait_for_debug("\nBYE ")  # a text that crosses it is rightly reported as undelivered
    bob.im("alice", "still there?")
    alice.expect_im("bob", "still there?")
    for client in (alice, bob):
        client.expect_none("im-error", 1)
        client.check_signatures()


def long_message(world):
    """64 KiB, in a standing conversation and as the first text of one (which travels in the INVITE as well)."""
    alice, bob = _two_signed_in(world)
    long = "".join(f"{line:07d} lorem\n" for line in range(64 * 1024 // 14)).rstrip("\n")
    alice.im("bob", "short")
    bob.expect_im("alice", "short")
    alice.im("bob", long)
    bob.expect_im("alice", long, 30)
    bob.im("alice", long[::-1])
    alice.expect_im("bob", long[::-1], 30)
    alice.send(f"close bob@{DOMAIN}")
    alice.expect("conversation-closed")
    alice.im("bob", long)
    bob.expect_im("alice", long, 30)
    for client in (alice, bob):
        client.expect_none("im-error", 1)


def typing(world):
    """The notification, and its end with the message."""
    alice, bob = _two_signed_in(world)
    alice.im("bob", "hello")
    bob.expect_im("alice", "hello")
    bob.send(f"typing alice@{DOMAIN}")
    alice.expect("typing", who=sip("bob"), state="typing")
    alice.send(f"typing bob@{DOMAIN}")
    bob.expect("typing", who=sip("alice"), state="typing")
    bob.im("alice", "hello yourself")
    alice.expect_im("bob", "hello yourself")


def undelivered(world):
    """The sender is told: user signed out, user unknown here, user who left in mid-conversation."""
    alice, bob = _two_signed_in(world)
    alice.im("bob", "before")
    bob.expect_im("alice", "before")
    bob.sign_out()
    alice.im("bob", "after")
    alice.expect("im-error", 30, who=sip("bob"))
    alice.im("nobody", "anyone?")
    alice.expect("im-error", 30, who=sip("nobody"))
    bob.sign_in()
    alice.im("bob", "back again")
    bob.expect_im("alice", "back again")
    alice.check_signatures()
