"""What the roles are asked in bad faith: by signed-in users, in the name of others, or too fast."""

import uuid

from client import DOMAIN, tag_of

from .case import case

CONTACTS = [("Event", "vnd-microsoft-roaming-contacts"), ("Supported", "ms-piggyback-first-notify")]


def _subscribe(client, expires, dialog=None):
    """A SUBSCRIBE to one's own contact list; dialog: (Call-ID, our tag, To) of one that stands."""
    call, tag, to = dialog or (None, None, None)
    fields = client.fields("SUBSCRIBE", client.aor, to=to, call=call, tag=tag, cseq=2 if dialog else 1)
    return fields + CONTACTS + [("Expires", str(expires))]


@case
def end_and_begin_at_once(target):
    """The end of a subscription and a new one, both waiting for the same look into the store."""
    alice = target.client("alice").sign_in()
    for _ in range(20):
        first = _subscribe(alice, 3600)
        alice.wire.send(alice.request("SUBSCRIBE", alice.aor, fields=first))
        ok = alice.expect(200)
        value = dict(first)
        dialog = (value["Call-ID"], tag_of(value["From"]), ok.get("to"))
        alice.wire.send(alice.request("SUBSCRIBE", alice.aor, fields=_subscribe(alice, 0, dialog)) +
                        alice.request("SUBSCRIBE", alice.aor, fields=_subscribe(alice, 0)))
        assert alice.expect(200) and alice.expect(200)


@case
def another_mans_request_uri(target):
    """Whom a request is about is one user, or it is refused: Request-URI and To agree."""
    mallory, bob = target.client("mallory").sign_in(), target.client("bob").sign_in()
    for method, more in (("REGISTER", []), ("SUBSCRIBE", CONTACTS),
                         ("SERVICE", [("Content-Type", "application/msrtc-category-publish+xml")])):
        for uri, to in ((mallory.aor, bob.aor), (bob.aor, mallory.aor)):
            fields = mallory.fields(method, uri, to=f"<{to}>") + more
            mallory.wire.send(mallory.request(method, uri, fields=fields))
            assert mallory.expect_final().status in (400, 403), (method, uri, to)
    alice = target.client("alice").sign_in()
    alice.send("MESSAGE", bob.aor)
    bob.wire.send(bob.answer(bob.expect("MESSAGE"), 200))
    alice.expect(200)
    mallory.hears_nothing()


@case
def the_lists_of_others(target):
    """Nobody reads or writes what is another user's."""
    mallory, bob = target.client("mallory").sign_in(), target.client("bob").sign_in()
    for event in ("vnd-microsoft-roaming-contacts", "vnd-microsoft-roaming-self", "vnd-microsoft-roaming-ACL",
                  "vnd-microsoft-provisioning-v2"):
        fields = mallory.fields("SUBSCRIBE", bob.aor) + [("Event", event)]
        mallory.wire.send(mallory.request("SUBSCRIBE", bob.aor, fields=fields))
        assert mallory.expect_final().status >= 400, event
    body = (b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
            b'<m:addGroup xmlns:m="http://schemas.microsoft.com/winrtc/2002/11/sip"><m:name>Mine</m:name>'
            b'<m:externalURI/><m:deltaNum>0</m:deltaNum></m:addGroup></s:Body></s:Envelope>')
    fields = mallory.fields("SERVICE", bob.aor) + [("Content-Type", "application/SOAP+xml")]
    mallory.wire.send(mallory.request("SERVICE", bob.aor, fields=fields, body=body))
    assert mallory.expect_final().status >= 400
    bob.wire.send(bob.request("SUBSCRIBE", bob.aor, fields=_subscribe(bob, 0)))
    assert b"Mine" not in bob.expect(200).body


@case
def what_nobody_understands(target):
    """An option that is required and unknown is named in the refusal. RFC 3261 8.2.2.3"""
    alice = target.client("alice").sign_in()
    fields = _subscribe(alice, 0) + [("Require", "adhoclist, telepathy")]
    alice.wire.send(alice.request("SUBSCRIBE", alice.aor, fields=fields))
    assert alice.expect(420).get("unsupported") == "telepathy"
    fields = _subscribe(alice, 0) + [("Require", "adhoclist")]
    alice.wire.send(alice.request("SUBSCRIBE", alice.aor, fields=fields))
    alice.expect(200)


@case
def contacts_of_one_request(target):
    """Many in one REGISTER: some come, some go, and some make room for those that follow. RFC 3261 10.3 step 7"""
    mallory = target.client("mallory").sign_in()
    some = [str(uuid.uuid4()) for _ in range(40)]

    def contact(n, expires):
        return ("Contact", f'{mallory.contact};proxy=replace;+sip.instance="<urn:uuid:{some[n]}>";expires={expires}')

    for round in range(30):
        more = [contact(n, 0 if n % 3 == round % 3 else 600) for n in range(round, round + 10)]
        fields = mallory.register_fields_without_instance() + more
        mallory.wire.send(mallory.request("REGISTER", fields=fields))
        ok = mallory.expect_final()
        assert ok.status == 200, ok.octets
    last = " ".join(ok.all("contact"))
    assert all((some[n] in last) == (n % 3 != 2) for n in range(29, 39)), last
    mallory.close()
