"""Certificates for peers, by the openssl command."""

import subprocess


def _openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, timeout=60)


def _new(folder, file, name, *more):
    certificate, key = folder / f"{file}.pem", folder / f"{file}.key"
    _openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
             "-addext", f"subjectAltName=DNS:{name}", "-keyout", key, "-out", certificate, *more)
    return certificate, key


def self_signed(folder, name):
    """Certificate and key files that nobody vouches for."""
    return _new(folder, f"{name}.self_signed", name, "-x509", "-days", 2)


def issued(folder, name, data):
    """Certificate and key files; the deployment's authority signs."""
    request, key = _new(folder, name, name)
    certificate, extensions = folder / f"{name}.issued.pem", folder / f"{name}.ext"
    extensions.write_text(f"subjectAltName=DNS:{name}\n")
    _openssl("x509", "-req", "-in", request, "-CA", data / "ca.pem", "-CAkey", data / "ca.key", "-set_serial", 4711,
             "-days", 2, "-extfile", extensions, "-out", certificate)
    return certificate, key
