"""Who wants to be somebody: by a challenge meant for another, by names given in advance, by what the answers tell."""

import base64
import re
import statistics
import subprocess
import time

import ntlm
from client import DOMAIN, quoted, text_of

from .case import case


@case
def relayed_challenges(target):
    """NTLM relay: somebody in the middle hands a victim's answers on. They open nothing but the victim's own
    sign-in, and to that he lacks the keys."""
    bob = target.client("bob").sign_in()
    # The same challenge on another connection of the middle man's.
    victim = target.client("alice")
    challenge = victim.ask_challenge()
    proof = victim.answer_challenge(challenge)
    middle = target.client("alice", epid=victim.epid)
    target.note()
    middle.wire.send(proof)
    middle.expect(401)
    assert target.counted("registrar_accepted_total") == 0
    # He asks himself and lets the victim answer: in his own name the proof is not his.
    mallory = target.client("mallory")
    field = mallory.ask_challenge()
    keys = ntlm.Answer(base64.b64decode(quoted(field, "gssapi-data")), "alice", victim.password)
    data = base64.b64encode(keys.message).decode()
    fields = mallory.register_fields_without_instance()
    unsigned = (f'NTLM qop="auth", realm="{mallory.realm}", opaque="{quoted(field, "opaque")}", targetname="{mallory.target}", '
                f'crand="01020304", cnum="1", response="{"0" * 32}", gssapi-data="{data}", version=4')
    mallory.wire.send(text_of(f"REGISTER sip:{DOMAIN} SIP/2.0", fields + [("Authorization", unsigned)]))
    assert mallory.expect_final().status in (401, 403)
    # In the victim's name the last leg has to be signed, with a key that only she has.
    middle = target.client("alice")

    def hand_on(version):
        field = middle.ask_challenge()
        keys = ntlm.Answer(base64.b64decode(quoted(field, "gssapi-data")), "alice", victim.password)
        data = base64.b64encode(keys.message).decode()
        fields = middle.register_fields_without_instance()
        unsigned = (f'NTLM qop="auth", realm="{middle.realm}", opaque="{quoted(field, "opaque")}", targetname="{middle.target}", '
                    f'crand="01020304", cnum="1", response="{"0" * 32}", gssapi-data="{data}", version={version}')
        middle.wire.send(text_of(f"REGISTER sip:{DOMAIN} SIP/2.0", fields + [("Authorization", unsigned)]))
        return middle.expect_final().status

    assert hand_on(4) == 401
    assert target.counted("registrar_accepted_total") == 0
    # The versions before do not sign that leg, and old clients speak them: docs/security.md names what that is worth to
    # him. He is deaf no more, but dumb: nothing that he says is taken.
    assert [hand_on(version) for version in (3, 2)] == [200, 200]
    middle.keys = None
    middle.send("MESSAGE", bob.aor)
    middle.expect(401)
    bob.hears_nothing()


@case(**{"auth.lowest_version": 4})
def answers_of_old_versions(target):
    """auth.lowest_version = 4: an unsigned last leg opens nothing, whatever version it says that it is of."""
    victim, middle = target.client("alice"), target.client("alice")
    target.note()
    for version in (4, 3, 2, None):
        field = middle.ask_challenge()
        keys = ntlm.Answer(base64.b64decode(quoted(field, "gssapi-data")), "alice", victim.password)
        data = base64.b64encode(keys.message).decode()
        fields = middle.register_fields_without_instance()
        unsigned = (f'NTLM qop="auth", realm="{middle.realm}", opaque="{quoted(field, "opaque")}", targetname="{middle.target}", '
                    f'gssapi-data="{data}"' + (f", version={version}" if version else ""))
        middle.wire.send(text_of(f"REGISTER sip:{DOMAIN} SIP/2.0", fields + [("Authorization", unsigned)]))
        refused = middle.expect(401)
        assert refused.get("ms-diagnostics-public").startswith("1000;"), refused.octets
        assert ("version" in refused.get("ms-diagnostics-public").lower()) == (version != 4), refused.octets
        assert "version=4" in refused.get("www-authenticate"), refused.octets
    assert target.counted("registrar_accepted_total") == 0
    target.expect_count("sipstack_old_versions_total", 3)
    # Nor does the first leg begin anything.
    first = (f'NTLM qop="auth", realm="{middle.realm}", targetname="{middle.target}", gssapi-data="", version=3')
    middle.wire.send(text_of(f"REGISTER sip:{DOMAIN} SIP/2.0",
                             middle.register_fields_without_instance() + [("Authorization", first)]))
    assert "gssapi-data" not in middle.expect(401).get("www-authenticate")
    victim.sign_in()  # speaks version 4
    for one in (victim, middle):
        one.close()


@case
def names_given_in_advance(target):
    """Association fixation: the opaque is the server's to choose, and an endpoint's own."""
    wanted = "DEADBEEF"
    mallory = target.client("mallory")
    mallory.ask_challenge()
    empty = (f'NTLM qop="auth", realm="{mallory.realm}", targetname="{mallory.target}", opaque="{wanted}", '
             'gssapi-data="", version=4')
    mallory.wire.send(text_of(f"REGISTER sip:{DOMAIN} SIP/2.0",
                              mallory.register_fields_without_instance() + [("Authorization", empty)]))
    answer = mallory.expect_final()
    if answer.status == 401 and quoted(answer.get("www-authenticate"), "gssapi-data"):
        assert quoted(answer.get("www-authenticate"), "opaque") != wanted
    # One connection, two people: the handshake that one has begun is not ended by the other.
    alice = target.client("alice")
    begun = alice.ask_challenge()
    other = target.client("mallory", wire=alice.wire)
    other.realm, other.target = alice.realm, alice.target
    alice.wire.send(other.answer_challenge(begun))
    assert alice.expect_final().status in (401, 403)
    other.keys = None
    # And what stands is nobody's to take over: alice's next words under the opaque of mallory's association.
    mallory = target.client("mallory").sign_in()
    alice = target.client("alice", wire=mallory.wire).sign_in()
    assert alice.opaque != mallory.opaque
    alice.opaque = mallory.opaque
    alice.ask("OPTIONS", 401)
    seen = {quoted(target.client("carol").ask_challenge(), "opaque") for _ in range(50)}
    assert len(seen) == 50 and all(len(x) >= 8 for x in seen), seen


def shape(answer):
    """What an answer tells, without what is new in each."""
    fields = [(n, re.sub(r'(gssapi-data|opaque)="[^"]*"', r"\1", v)) for n, v in answer.fields
              if n not in ("via", "from", "to", "call-id", "cseq", "date")]
    return answer.start, fields, answer.body


@case(**{"auth.throttle_failures": 100000})
def who_is_there(target):
    """User enumeration: neither words nor time tell whether somebody exists."""
    stranger = target.client("alice")
    for method in ("INVITE", "MESSAGE", "OPTIONS", "SUBSCRIBE", "REGISTER"):
        seen = []
        for name in ("bob", "nobody"):
            stranger.send(method, f"sip:{name}@{DOMAIN}")
            seen.append(shape(stranger.expect_final()))
        assert seen[0] == seen[1], f"{method}: {seen}"
    seen = []
    for name in ("bob", "nobody"):
        stranger.send("MESSAGE", f"sip:carol@{DOMAIN}", from_uri=f"sip:{name}@{DOMAIN}")
        seen.append(shape(stranger.expect_final()))
    assert seen[0] == seen[1], f"From: {seen}"
    known = target.client("bob", password="wrong")
    unknown = target.client("nob", password="wrong")
    times = {"known": [], "unknown": []}
    shapes = {"known": set(), "unknown": set()}
    for _ in range(150):
        for name, client in (("known", known), ("unknown", unknown)):
            octets = client.answer_challenge(client.ask_challenge())
            began = time.perf_counter()
            client.wire.send(octets)
            answer = client.expect_final()
            times[name].append(time.perf_counter() - began)
            shapes[name].add(repr(shape(answer)))
            client.keys = None
    assert shapes["known"] == shapes["unknown"] and len(shapes["known"]) == 1, shapes
    medians = {name: statistics.median(t) for name, t in times.items()}
    difference = abs(medians["known"] - medians["unknown"])
    print(f"medians: {medians['known'] * 1e6:.0f} us known, {medians['unknown'] * 1e6:.0f} us unknown")
    # Generous: a look at the disk or a slow hash would be seen, a cache line would not.
    assert difference < max(0.001, 0.5 * max(medians.values())), medians


def s_client(target, *options):
    """What the openssl command says of a connection, and whether it came about."""
    done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{target.tls}", *options],
                          input="", capture_output=True, text=True, timeout=30)
    said = done.stdout + done.stderr
    return said, done.returncode == 0 and "Cipher is (NONE)" not in said


@case(**{"sip.handshake_patience": "5 s"})
def weaker_tls(target):
    """TLS downgrade: nothing weaker is agreed on than both can do, and not because somebody pretends so."""
    said, came = s_client(target)
    assert came and "TLSv1.3" in said, said[-500:]
    # A client that falls back although it could do more says so; somebody has cut its first try. RFC 7507
    said, came = s_client(target, "-tls1_2", "-fallback_scsv")
    assert not came and "inappropriate fallback" in said, said[-500:]
    target.note()
    weak = ["NULL", "EXPORT", "LOW", "RC4", "aNULL", "3DES", "MD5"]
    for ciphers in weak:
        said, came = s_client(target, "-tls1_2", "-cipher", f"{ciphers}:@SECLEVEL=0")
        assert not came, f"{ciphers}: {said[-500:]}"
    for version in ("-tls1", "-tls1_1"):
        said, came = s_client(target, version, "-cipher", "DEFAULT:@SECLEVEL=0")
        assert not came, f"{version}: {said[-500:]}"
    # Forward secrecy, no compression, no renegotiation by the client.
    said, came = s_client(target, "-tls1_2")
    assert came and re.search(r"Cipher is (ECDHE|DHE)-", said), said[-800:]
    assert "Compression: NONE" in said
    said, came = s_client(target, "-tls1_2", "-cipher", "kRSA:@SECLEVEL=0")
    assert not came, f"a key exchange without forward secrecy: {said[-500:]}"
    process = subprocess.Popen(["openssl", "s_client", "-tls1_2", "-connect", f"127.0.0.1:{target.tls}"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    time.sleep(0.5)
    try:
        said = process.communicate("R\n", timeout=10)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        said = process.communicate()[0]
    assert "RENEGOTIATING" in said and "no renegotiation" in said, said[-500:]
