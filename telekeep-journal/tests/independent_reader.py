"""Reads a Telekeep archive of format 1 knowing nothing but docs/format.md.

Usage: independent_reader.py ARCHIVE PASSPHRASE    (packages: pyrage, zstandard)
Prints every record as "JOURNAL LINE" and after a media record "blob NAME SIZE SHA256". Checks everything it reads.
"""
import hashlib, hmac, io, json, pathlib, sys
import pyrage, zstandard

root, passphrase = pathlib.Path(sys.argv[1]), sys.argv[2]
out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def derive(identity, purpose):  # HKDF-SHA-256 without salt, 32 bytes
    prk = hmac.new(bytes(32), identity, hashlib.sha256).digest()
    return hmac.new(prk, b"telekeep/1/" + purpose + b"\x01", hashlib.sha256).digest()


def statement(path, mac_key):
    text = path.read_bytes()
    before, checksum = text.rsplit(b',"checksum":"', 1)
    assert checksum == sha256(before).encode() + b'"}\n', f"{path}: wrong checksum"
    fields = json.loads(text)
    assert fields["format"] == 1, f"{path}: unknown format"
    if mac_key:
        signed = before.rsplit(b',"mac":"', 1)[0]
        assert fields["mac"] == hmac.new(mac_key, signed, hashlib.sha256).hexdigest(), f"{path}: wrong mac"
    return fields, sha256(text)


marker, _ = statement(root / "telekeep.json", None)
identity, end = None, ""
if marker["encryption"] == "age":
    key = next(key for key in marker["keys"] if key["kind"] == "passphrase")
    wrapped = (root / key["file"]).read_bytes()
    assert sha256(wrapped) == key["sha256"]
    text = pyrage.passphrase.decrypt(wrapped, passphrase).decode()
    secret = next(line for line in text.splitlines() if not line.startswith("#"))
    identity, end = pyrage.x25519.Identity.from_str(secret), ".age"
    seal_key, name_key = derive(secret.encode(), b"seal"), derive(secret.encode(), b"blob-name")
    statement(root / "telekeep.json", derive(secret.encode(), b"marker"))


def stored(entry):
    data = (root / entry["file"]).read_bytes()
    assert len(data) == entry["size"] and sha256(data) == entry["sha256"], f"{entry['file']}: damaged"
    return pyrage.decrypt(data, [identity]) if identity else data


def blob(name):
    single = root / "blobs" / name[:2] / (name + end)
    files = [single] if single.is_file() else sorted((root / "blobs" / name[:2] / name).iterdir())
    data = b"".join(stored(blobs[file.relative_to(root).as_posix()]) for file in files)
    assert name == (hmac.new(name_key, sha256(data).encode(), hashlib.sha256).hexdigest() if identity else sha256(data))
    return data


for journal in sorted(path.name for path in (root / "journals").iterdir()):
    prev, last, blobs = "0" * 64, 0, {}
    for number, path in enumerate(sorted((root / "journals" / journal).glob("*.seal.json")), 1):
        seal, this = statement(path, seal_key if identity else None)
        assert (seal["journal"], seal["segment"], seal["prev"], seal["first"]) == (journal, number, prev, last + 1)
        blobs.update((entry["file"], entry) for entry in seal["blobs"])
        plain = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(stored(seal)), read_across_frames=True).read()
        head, *lines = plain.decode().split("\n")[:-1]
        expected = {"format": 1, "journal": journal, "segment": number, "first": last + 1, "prev": prev}
        assert json.loads(head) == expected, f"{path}: segment head"
        for last, line in enumerate(lines, seal["first"]):
            record = json.loads(line)
            assert record["seq"] == last
            out.write(f"{journal} {line}\n")
            if record["kind"] == "media":
                data = blob(record["body"]["blob"])
                out.write(f"blob {record['body']['blob']} {len(data)} {sha256(data)}\n")
        assert last == seal["last"]
        prev = this
out.flush()
