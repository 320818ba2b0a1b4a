"""The suite's own NTLM against figures from a capture: a client that cannot sign proves nothing."""

import hashlib

from ntlm import Keys, hmac_md5, md4, owf_v2, rc4


def vectors(_):
    # digest MS-SIPAE 9.1
    assert md4("Pa$$word".encode("utf-16-le")).hex() == "1a4b1757588cab6298e29e91c06df58d"
    assert md4(b"").hex() == "31d6cfe0d16ae931b73c59d7e0c089c0"  # RFC 1320 A.5
    owf = owf_v2("User", "COSMO", "Pa$$word")
    assert owf.hex() == "164b086e00d2f393529fa3a98209f99e"
    base = hmac_md5(owf, bytes.fromhex("8dc0c800ae76eca606d2b9fbebd04731"))
    assert base.hex() == "02959b1d938e14ccc8412639311cdd49"
    exported = rc4(base, bytes.fromhex("31cb739e1ca80a498591e8ae797115e4"))
    assert exported.hex() == "6742fbe37bb1946b49d86a525bd29a9b"
    keys = Keys(exported)
    assert keys.sign_key.hex() == "ea5e87c195ae65338f7c023e7600690d"
    assert keys.sealed_with.hex() == "9c4f4700459447d91cd5f161601e400c"
    buffer = (b"<NTLM><13317733><1><SIP Communications Service><cosmo-ocs-r2.cosmo.local><4037df9284354df39065195bd57a4b14>"
              b"<3><REGISTER><sip:user@cosmo.local><3e49177a52><sip:user@cosmo.local><><><><>")
    assert keys.sign(buffer) == "0100000029618e9651b65a7764000000", hashlib.md5(buffer).hexdigest()


CASES = [vectors]
