"""The client's side of NTLMv2 over SIP: MD4 and RC4 by hand, because no library of Python's has them."""

import hashlib
import hmac
import os
import struct

FLAGS = 0x62988255  # what Communicator answers. digest MS-SIPAE 3.7
SEQUENCE = struct.pack("<I", 100)  # of every message, both ways. digest MS-SIPAE 3.6


def md4(data):
    """RFC 1320."""
    mask = 0xFFFFFFFF
    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]
    padded = data + b"\x80" + b"\0" * (-(len(data) + 9) % 64) + struct.pack("<Q", 8 * len(data))
    rounds = (
        (lambda x, y, z: (x & y) | (~x & z), 0, (3, 7, 11, 19), range(16)),
        (lambda x, y, z: (x & y) | (x & z) | (y & z), 0x5A827999, (3, 5, 9, 13),
         [i + 4 * j for i in range(4) for j in range(4)]),
        (lambda x, y, z: x ^ y ^ z, 0x6ED9EBA1, (3, 9, 11, 15), [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15]),
    )
    for at in range(0, len(padded), 64):
        words = struct.unpack("<16I", padded[at:at + 64])
        a, b, c, d = state
        for mix, constant, shifts, order in rounds:
            for step, k in enumerate(order):
                t = (a + (mix(b, c, d) & mask) + words[k] + constant) & mask
                s = shifts[step % 4]
                a, b, c, d = d, ((t << s) | (t >> (32 - s))) & mask, b, c
        state = [(x + y) & mask for x, y in zip(state, (a, b, c, d))]
    return struct.pack("<4I", *state)


def rc4(key, data):
    box = list(range(256))
    j = 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) & 255
        box[i], box[j] = box[j], box[i]
    out = bytearray()
    i = j = 0
    for octet in data:
        i = (i + 1) & 255
        j = (j + box[i]) & 255
        box[i], box[j] = box[j], box[i]
        out.append(octet ^ box[(box[i] + box[j]) & 255])
    return bytes(out)


def hmac_md5(key, data):
    return hmac.new(key, data, "md5").digest()


def owf_v2(user, domain, password):
    """NTOWFv2: what the user's password amounts to. digest MS-SIPAE 3.7"""
    return hmac_md5(md4(password.encode("utf-16-le")), (user.upper() + domain).encode("utf-16-le"))


class Keys:
    """Signs what the client sends. digest MS-SIPAE 3.6"""

    def __init__(self, exported):
        self.sign_key = hashlib.md5(exported + b"session key to client-to-server signing key magic constant\0").digest()
        self.seal_key = hashlib.md5(exported + b"session key to client-to-server sealing key magic constant\0").digest()
        self.sealed_with = hashlib.md5(self.seal_key + SEQUENCE).digest()

    def sign(self, buffer):
        mac = hmac_md5(self.sign_key, SEQUENCE + buffer)[:8]
        return (struct.pack("<I", 1) + rc4(self.sealed_with, mac) + SEQUENCE).hex()


def authenticate(challenge, user, domain, password):
    """The AUTHENTICATE_MESSAGE for that CHALLENGE_MESSAGE, and the keys of the session."""
    server_challenge = challenge[24:32]
    size, _, at = struct.unpack_from("<HHI", challenge, 40)
    target_info = challenge[at:at + size]
    client_challenge = os.urandom(8)
    owf = owf_v2(user, domain, password)
    blob = b"\x01\x01" + b"\0" * 14 + client_challenge + b"\0" * 4 + target_info + b"\0" * 4
    proof = hmac_md5(owf, server_challenge + blob)
    exchange_key = hmac_md5(owf, proof)
    exported = os.urandom(16)
    lm = hmac_md5(owf, server_challenge + client_challenge) + client_challenge
    parts = [domain.encode("utf-16-le"), user.encode("utf-16-le"), "ATTIC".encode("utf-16-le"),
             lm, proof + blob, rc4(exchange_key, exported)]
    offsets, payload = [], b""
    for part in parts:
        offsets.append(struct.pack("<HHI", len(part), len(part), 72 + len(payload)))
        payload += part
    named, named_user, station, lm_at, nt_at, key_at = offsets
    head = (b"NTLMSSP\0" + struct.pack("<I", 3) + lm_at + nt_at + named + named_user + station + key_at +
            struct.pack("<I", FLAGS) + bytes.fromhex("0502ce0e0000000f"))
    return head + payload, Keys(exported)
