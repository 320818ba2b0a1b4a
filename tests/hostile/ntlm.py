"""A client's NTLM in the connectionless form, as SIP uses it, and the signatures that follow. [MS-NLMP] 3.3.2, 3.4.4.2;
digest MS-SIPAE 3.6, 3.7. hashlib has no MD4 any more and never had RC4."""

import hashlib
import hmac
import os
import struct

UNICODE, REQUEST_TARGET, SIGN, DATAGRAM, NTLM = 0x1, 0x4, 0x10, 0x40, 0x200
ALWAYS_SIGN, EXTENDED, IDENTIFY, TARGET_INFO = 0x8000, 0x80000, 0x100000, 0x800000
VERSION, KEY_128, KEY_EXCHANGE = 0x2000000, 0x20000000, 0x40000000
CLIENT_FLAGS = (UNICODE | REQUEST_TARGET | SIGN | DATAGRAM | NTLM | ALWAYS_SIGN | EXTENDED | IDENTIFY | TARGET_INFO | VERSION |
                KEY_128 | KEY_EXCHANGE)
SEQUENCE = 100  # every message of a SIP session has this number


def md4(data):
    """RFC 1320."""
    mask = 0xFFFFFFFF
    a, b, c, d = 0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476
    data = data + b"\x80" + bytes((55 - len(data)) % 64) + struct.pack("<Q", 8 * len(data))
    rounds = [
        (lambda x, y, z: (x & y) | (~x & z), 0, (3, 7, 11, 19), list(range(16))),
        (lambda x, y, z: (x & y) | (x & z) | (y & z), 0x5A827999, (3, 5, 9, 13), [i % 4 * 4 + i // 4 for i in range(16)]),
        (lambda x, y, z: x ^ y ^ z, 0x6ED9EBA1, (3, 9, 11, 15), [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15]),
    ]
    for at in range(0, len(data), 64):
        words = struct.unpack("<16I", data[at:at + 64])
        old = (a, b, c, d)
        for mix, constant, shifts, order in rounds:
            for i, index in enumerate(order):
                total = (a + mix(b, c, d) + words[index] + constant) & mask
                shift = shifts[i % 4]
                a, b, c, d = d, ((total << shift) | (total >> (32 - shift))) & mask, b, c
        a, b, c, d = ((x + y) & mask for x, y in zip(old, (a, b, c, d)))
    return struct.pack("<4I", a, b, c, d)


def rc4(key, data):
    box = list(range(256))
    j = 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    out, i, j = bytearray(), 0, 0
    for octet in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(octet ^ box[(box[i] + box[j]) % 256])
    return bytes(out)


def keyed(key, *parts):
    return hmac.digest(key, b"".join(parts), "md5")


def nt_hash(password):
    return md4(password.encode("utf-16-le"))


def _payload(message, at):
    size, _, offset = struct.unpack_from("<HHI", message, at)
    return message[offset:offset + size]


class Answer:
    """The answer to a CHALLENGE_MESSAGE, and the keys that were agreed on."""

    def __init__(self, challenge, user, password, domain="", flags=CLIENT_FLAGS):
        if challenge[:12] != b"NTLMSSP\0\2\0\0\0":
            raise ValueError("no CHALLENGE_MESSAGE")
        server_challenge, target_info = challenge[24:32], _payload(challenge, 40)
        own = os.urandom(8)
        owf = keyed(nt_hash(password), (user.upper() + domain).encode("utf-16-le"))
        blob = b"\1\1" + bytes(6) + struct.pack("<Q", 131_000_000_000_000_000) + own + bytes(4) + target_info + bytes(4)
        proof = keyed(owf, server_challenge, blob)
        exported = os.urandom(16)
        items = [domain.encode("utf-16-le"), user.encode("utf-16-le"), "PC".encode("utf-16-le"),
                 keyed(owf, server_challenge, own) + own, proof + blob, rc4(keyed(owf, proof), exported)]
        slots, at = [], 72
        for item in items:
            slots.append(struct.pack("<HHI", len(item), len(item), at))
            at += len(item)
        order = [3, 4, 0, 1, 2, 5]  # LM, NT, domain, user, workstation, session key
        self.message = (b"NTLMSSP\0\3\0\0\0" + b"".join(slots[i] for i in order) + struct.pack("<I", flags) +
                        b"\5\2\xce\x0e\0\0\0\x0f" + b"".join(items))
        self.client = Signer(exported, "client-to-server")
        self.server = Signer(exported, "server-to-client")


class Signer:
    """The signatures of one side. The key stream is the same for every message: its number is."""

    def __init__(self, exported, direction):
        def key(use):
            return hashlib.md5(exported + f"session key to {direction} {use} key magic constant\0".encode()).digest()

        number = struct.pack("<I", SEQUENCE)
        self._sign = key("signing")
        self._stream = rc4(hashlib.md5(key("sealing") + number).digest(), bytes(8))

    def sign(self, text):
        number = struct.pack("<I", SEQUENCE)
        checksum = keyed(self._sign, number, text)[:8]
        veiled = bytes(x ^ y for x, y in zip(checksum, self._stream))
        return (struct.pack("<I", 1) + veiled + number).hex()


def self_check():
    """The published vectors: RFC 1320 A.5, and [MS-NLMP] 4.2.4 by way of digest MS-SIPAE 9.4."""
    assert md4(b"").hex() == "31d6cfe0d16ae931b73c59d7e0c089c0"
    assert md4(b"message digest").hex() == "d9130a8164549fe818874806e1c7014b"
    assert md4(b"1234567890" * 8).hex() == "e33b4ddc9c38f2199c3e7b164fcc0536"
    assert keyed(nt_hash("Password"), "USERDomain".encode("utf-16-le")).hex() == "0c868a403bfd7a93a3001ef22ef02e3f"
    key = bytes.fromhex("8de40ccadbc14a82f15cb0ad0de95ca3")
    assert rc4(key, b"\x55" * 16).hex() == "c5dad2544fc9799094ce1ce90bc9d03e"
